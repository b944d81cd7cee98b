import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { expect } from 'chai';
import { JwtManager, KeySet, type Algorithm } from '../../src';
import { cli, spawnCli, useFolder, type Outcome } from '../support/cli';
import { itInFull } from '../support/full';
import { jwkOf, keyPairFor } from '../support/keys';
import { secret } from '../support/manager';

const es256 = jwkOf(keyPairFor('ES256').privateKey, { alg: 'ES256', kid: 'a' });
const publicKey = jwkOf(keyPairFor('EdDSA').publicKey, { alg: 'EdDSA', kid: 'public' });
const setOf = (...keys: object[]) => JSON.stringify({ keys });
const octetKey = { kty: 'oct', k: Buffer.from(secret).toString('base64url'), alg: 'HS256' };

/** Row H3 of docs/security.md, among others. */
describe('rotate', () => {
  const folder = useFolder();
  const rotate = (...line: string[]) => cli(['rotate', folder.path('keys.json'), ...line]);

  function kids(): readonly string[] {
    return KeySet.fromFile(folder.path('keys.json')).kids;
  }

  /** A token of what signs now, and whether the keys of now accept a token. */
  const manager = () => new JwtManager({ keys: KeySet.fromFile(folder.path('keys.json')), store: false });
  const issue = () => manager().createAccessToken('ada');
  const accepts = (token: string) =>
    manager()
      .verify(token)
      .then(
        () => true,
        () => false,
      );

  function expectDone({ code, stderr }: Outcome): void {
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  }

  for (const algorithm of ['ES256', 'EdDSA', 'HS256'] as Algorithm[]) {
    it(`replaces a key for ${algorithm} in three steps and rejects no token on the way`, async () => {
      const file = folder.path('keys.json');
      await cli(['keygen', '--alg', algorithm, '--kid', 'old', '--out', file]);
      const old = await issue();
      expectDone(await rotate('--kid', 'new'));
      expect(kids()).to.deep.equal(['old', 'new']);
      expect(await accepts(old)).to.equal(true);
      const announced = KeySet.fromFile(file);

      expectDone(await rotate('--sign', 'new'));
      expect(KeySet.fromFile(file).signingKid).to.equal('new');
      const next = await issue();
      const slow = new JwtManager({ keys: announced, store: false });
      expect((await slow.verify(next)).identity).to.equal('ada');
      expect([await accepts(old), await accepts(next)]).to.deep.equal([true, true]);

      expectDone(await rotate('--remove', 'old'));
      expect(kids()).to.deep.equal(['new']);
      expect([await accepts(old), await accepts(next)]).to.deep.equal([false, true]);
    });
  }

  it('says what to do next', async () => {
    const file = folder.write('keys.json', setOf(es256));
    const outputs = [
      await rotate('--kid', 'b'),
      await rotate('--sign', 'b'),
      await rotate('--sign', 'b'),
      await rotate('--remove', 'a'),
      await rotate('--leaked', '--kid', 'c', '--alg', 'EdDSA'),
    ];
    expect(outputs.map(({ stdout }) => stdout)).to.deep.equal([
      `${file}: added the ES256 key b, which verifies and does not sign yet.\na signs; all keys that verify: a, b.\n` +
        `Next, when every process and every service that verifies your tokens has it: npx routing-controllers-jwt rotate ${file} --sign b\n`,
      `${file}: b signs.\nb signs; all keys that verify: b, a.\n` +
        `Next, when the last token of a has expired: npx routing-controllers-jwt rotate ${file} --remove a\n`,
      `${file}: b signs already.\nb signs; all keys that verify: b, a.\n`,
      `${file}: removed a. Tokens that it signed are rejected.\nb signs; all keys that verify: b.\n`,
      `${file}: replaced all keys with the EdDSA key c. Tokens of the old keys are rejected.\n` +
        'c signs; all keys that verify: c.\nNext, restart the services that cache your JWK set: ' +
        'until they fetch it again, they accept the old keys\n',
    ]);
  });

  it('replaces a leaked key in a single change', async () => {
    folder.write('keys.json', setOf(es256, publicKey));
    const leaked = await issue();
    const { stdout } = await rotate('--leaked', '--json');
    const file = folder.path('keys.json');
    const { signingKid } = KeySet.fromFile(file);
    expect(JSON.parse(stdout)).to.deep.equal({ file, signs: signingKid, verifies: [signingKid] });
    expect(await accepts(leaked)).to.equal(false);
    expect(await accepts(await issue())).to.equal(true);
  });

  it('keeps keys that only verify, and members that it does not know', async () => {
    folder.write('keys.json', setOf({ ...es256, 'x-note': 'ours' }, publicKey));
    expectDone(await rotate('--kid', 'b'));
    const { keys } = JSON.parse(readFileSync(folder.path('keys.json'), 'utf8')) as { keys: object[] };
    expect(keys.slice(0, 2)).to.deep.equal([{ ...es256, 'x-note': 'ours' }, publicKey]);
    expect(kids()).to.deep.equal(['a', 'public', 'b']);
  });

  for (const [what, text] of [
    ['a single JWK', JSON.stringify(es256)],
    ['keys without names', setOf({ ...es256, kid: undefined })],
    ['a secret without a name', setOf(octetKey)],
    [
      'what an editor on Windows writes',
      `\ufeff${JSON.stringify({ keys: [es256] }, null, '\t').replaceAll('\n', '\r\n')}`,
    ],
  ] as const) {
    it(`takes ${what}, whose tokens stay valid`, async () => {
      folder.write('keys.json', text);
      const [name = ''] = kids();
      const token = await issue();
      expectDone(await rotate('--kid', 'b'));
      expect(kids()).to.deep.equal([name, 'b']);
      expect(await accepts(token)).to.equal(true);
      expectDone(await rotate('--sign', 'b'));
      expectDone(await rotate('--remove', name));
    });
  }

  it('keeps owner and mode of the file, but takes it from others', async () => {
    const file = folder.write('keys.json', setOf(es256));
    chmodSync(file, 0o644);
    // Only root can give a file away.
    if (process.getuid?.() === 0) chownSync(file, 1234, 1235);
    const { uid, gid } = statSync(file);
    expectDone(await rotate());
    const after = statSync(file);
    expect({ mode: after.mode & 0o777, uid: after.uid, gid: after.gid }).to.deep.equal({
      mode: 0o640,
      uid,
      gid,
    });
  });

  it('changes the file that a symbolic link leads to', async () => {
    folder.write('real.json', setOf(es256));
    symlinkSync(folder.path('real.json'), folder.path('keys.json'));
    expectDone(await rotate('--kid', 'b'));
    expect(lstatSync(folder.path('keys.json')).isSymbolicLink()).to.equal(true);
    expect(KeySet.fromFile(folder.path('real.json')).kids).to.deep.equal(['a', 'b']);
  });

  const pem = keyPairFor('ES256').privatePem;
  const broken: [what: string, text: string, line: string[], message: RegExp][] = [
    ['text that is no JSON', '{"keys":[', [], /keys\.json has no JWK set, which is what rotate changes/],
    ['a PEM', pem, [], /has no JWK set/],
    ['a secret', secret, [], /has no JWK set/],
    ['an empty file', '', [], /has no JWK set/],
    ['no keys', '{"keys":[]}', [], /has no JWK set/],
    ['a list', '[]', [], /has no JWK set/],
    ['a key that is no object', '{"keys":[1]}', [], /each key of a JWK set must be an object/],
    [
      'a key without its algorithm',
      setOf({ ...es256, alg: undefined }),
      ['--alg', 'ES256'],
      /keys\.json has a key without alg\. Add it to the key, such as "alg": "ES256"\n/,
    ],
    ['a damaged key', setOf({ ...es256, d: 'AAAA' }), [], /keys\.json: .*key/],
    ['public keys only', setOf(publicKey), [], /has no key that can sign: is it a public JWK set\?/],
    ['two keys of a name', setOf(es256, { ...publicKey, kid: 'a' }), [], /two keys with the kid 'a'/],
    ['secrets and key pairs', setOf(es256, octetKey), [], /secrets or key pairs, not both/],
    [
      'a name that is taken',
      setOf(es256),
      ['--kid', 'a'],
      /keys\.json has a key of this name\. Choose another --kid\n$/,
    ],
    [
      'the name of the leaked key',
      setOf(es256),
      ['--leaked', '--kid', 'a'],
      /has a key of this name\. Choose another --kid\n$/,
    ],
    ['another family', setOf(es256), ['--alg', 'HS256'], /secrets or key pairs, not both/],
    ['no such key to sign', setOf(es256), ['--sign', 'b'], /has no key of this name. Its keys are: a\n/],
    ['no such key to remove', setOf(es256), ['--remove', 'b'], /has no key of this name/],
    ['a key that cannot sign', setOf(es256, publicKey), ['--sign', 'public'], /the key cannot sign/],
    [
      'the key that signs',
      setOf(es256),
      ['--remove', 'a'],
      /a is the key that signs\. Sign with another one first \(--sign\), or use --leaked\n$/,
    ],
  ];
  for (const [what, text, line, message] of broken) {
    it(`leaves the file as it is: ${what}`, async () => {
      const file = folder.write('keys.json', text);
      const { code, stdout, stderr } = await rotate(...line);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(message).and.not.include(secret).and.not.include(es256.d);
      expect(readFileSync(file, 'utf8')).to.equal(text);
      expect(readdirSync(folder.path('.'))).to.deep.equal(['keys.json']);
    });
  }

  it('reads nothing that may have no end, and nothing that is too large for keys', async () => {
    execFileSync('mkfifo', [folder.path('pipe')]);
    folder.write('large.json', ' '.repeat(1_048_577));
    for (const [name, message] of [
      ['pipe', 'it is not a file'],
      ['large.json', 'it is larger than 1 MiB, which is too large for keys'],
    ] as const) {
      const path = folder.path(name);
      const expected = { code: 1, stdout: '', stderr: `${path} cannot be read: ${message}\n` };
      expect(await spawnCli(['rotate', path])).to.deep.equal(expected);
    }
    expect(readdirSync(folder.path('.'))).to.deep.equal(['large.json', 'pipe']);
  });

  it('fails without a file', async () => {
    const { code, stderr } = await rotate();
    expect(code).to.equal(1);
    expect(stderr).to.match(/keys\.json cannot be read: there is no such file or folder/);
    expect(await cli(['rotate', folder.path('.')])).to.have.property('code', 1);
  });

  const wrong: [line: string[], message: string][] = [
    [['--sign', 'a', '--remove', 'b'], '--sign and --remove are two steps: use one of them'],
    [['--sign', 'a', '--leaked'], '--sign and --leaked are two steps: use one of them'],
    [['--sign', 'a', '--kid', 'b'], '--alg and --kid are for a new key, and this step creates none'],
    [['--remove', 'a', '--alg', 'ES256'], '--alg and --kid are for a new key, and this step creates none'],
    [['--sign'], '--sign needs a value'],
    [['--sign='], '--sign needs a value'],
    [['--alg', 'RS1'], '--alg: algorithm must be one of'],
  ];
  for (const [line, message] of wrong) {
    it(`rejects ${line.join(' ')}`, async () => {
      folder.write('keys.json', setOf(es256));
      const { code, stdout, stderr } = await rotate(...line);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.include(message);
      expect(kids()).to.deep.equal(['a']);
    });
  }

  it('needs the name of a file', async () => {
    expect(await cli(['rotate'])).to.deep.equal({
      code: 2,
      stdout: '',
      stderr: 'FILE is missing. See --help\n',
    });
  });

  itInFull(
    'loses no key if several processes rotate at once, and readers never see half a file',
    async function () {
      this.timeout(120_000);
      const file = folder.write('keys.json', setOf(es256));
      let isOver = false;
      const names = ['b', 'c', 'd', 'e'];
      const rotations = Promise.all(names.map((kid) => spawnCli(['rotate', file, '--kid', kid])));
      void rotations.finally(() => (isOver = true));
      let reads = 0;
      while (!isOver) {
        expect(KeySet.fromFile(file).signingKid).to.equal('a');
        reads++;
        await new Promise((done) => setImmediate(done));
      }
      const outcomes = await rotations;
      const added = names.filter((_, index) => outcomes[index]?.code === 0);
      expect(added).to.not.be.empty;
      expect(reads).to.be.above(0);
      expect(kids()).to.have.members(['a', ...added]);
      for (const { code, stderr } of outcomes)
        if (code !== 0) expect(stderr).to.include('another process is changing the file');
      expect(readdirSync(folder.path('.'))).to.deep.equal(['keys.json']);
    },
  );
});

describe('jwks', () => {
  const folder = useFolder();

  it('shows the public halves of a key file', async () => {
    const file = folder.write('keys.json', setOf(es256));
    const outcome = await cli(['jwks', file]);
    expect(outcome).to.include({ code: 0, stderr: '' });
    const { x, y } = es256;
    const expected = { keys: [{ crv: 'P-256', kty: 'EC', x, y, kid: 'a', alg: 'ES256', use: 'sig' }] };
    expect(JSON.parse(outcome.stdout)).to.deep.equal(expected);
    expect(JSON.parse((await cli(['jwks', file, '--json'])).stdout)).to.deep.equal(expected);
  });

  it('reads a PEM, and an environment variable', async () => {
    const file = folder.write('rsa.pem', keyPairFor('RS256').privatePem);
    const { stdout } = await cli(['jwks', file, '--alg', 'PS256']);
    expect(KeySet.fromJwks(stdout)).to.have.property('signingKid', undefined);
    const name = 'JWT_KEYS_OF_THIS_SPEC';
    process.env[name] = setOf(es256);
    try {
      expect((await cli(['jwks', '--env', name])).stdout).to.include('"kid": "a"');
    } finally {
      Reflect.deleteProperty(process.env, name);
    }
  });

  const failing: [what: string, text: string, line: string[], code: number, message: RegExp][] = [
    [
      'a secret',
      secret,
      [],
      1,
      /^secrets have no public half\. Create a key pair: npx routing-controllers-jwt keygen --out FILE\n$/,
    ],
    ['a broken file', '{"keys":', [], 1, /was read as a JWK set: jwks is not valid JSON/],
    ['an RSA key without --alg', keyPairFor('RS256').privatePem, [], 1, /algorithm must be given/],
    ['an algorithm that does not exist', setOf(es256), ['--alg', 'X'], 2, /^--alg: algorithm must be one of/],
    ['two sources', setOf(es256), ['--env', 'X'], 2, /^give either FILE or --env/],
  ];
  for (const [what, text, line, code, message] of failing) {
    it(`fails: ${what}`, async () => {
      const outcome = await cli(['jwks', folder.write('keys.json', text), ...line]);
      expect(outcome).to.include({ code, stdout: '' });
      expect(outcome.stderr).to.match(message).and.not.include(secret);
    });
  }

  it('fails without keys', async () => {
    expect(await cli(['jwks'])).to.include({ code: 2, stderr: 'give either FILE or --env. See --help\n' });
    expect(await cli(['jwks', folder.path('none.json')])).to.include({ code: 1 });
    expect(await cli(['jwks', '--env', 'NO_SUCH_VARIABLE_HERE'])).to.include({ code: 1 });
  });
});
