import { existsSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { expect } from 'chai';
import { JwtManager, KeySet } from '../../src';
import type { Algorithm } from '../../src';
import { cli, useFolder } from '../support/cli';
import { isFull } from '../support/full';

const algorithms: Algorithm[] = [
  ...(['HS256', 'HS384', 'HS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
  // Creating an RSA key takes a while.
  ...(isFull ? (['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const) : (['PS256'] as const)),
];

/** Row H3 of docs/security.md, among others. */
describe('keygen', () => {
  const folder = useFolder();

  for (const algorithm of algorithms) {
    it(`creates a key for ${algorithm} that signs and verifies`, async () => {
      const { code, stdout, stderr } = await cli(['keygen', '--alg', algorithm]);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      const keys = KeySet.fromJwks(stdout);
      const { kid, use } = keyIn(stdout);
      expect({ kid, use }).to.deep.equal({ kid: keys.signingKid, use: 'sig' });
      const manager = new JwtManager({ keys, store: false });
      const token = await manager.verify(await manager.createAccessToken('ada'));
      expect(token.identity).to.equal('ada');
    });
  }

  it('creates a key for ES256 with a name that is derived from it', async () => {
    const [one, other] = [await cli(['keygen']), await cli(['keygen'])].map(({ stdout }) => keyIn(stdout));
    expect(one).to.include({ alg: 'ES256', crv: 'P-256' });
    expect(one?.['kid']).to.match(/^[\w-]{43}$/);
    expect(other?.['kid']).to.not.equal(one?.['kid']);
  });

  it('prints JSON that an environment variable can hold', async () => {
    const { stdout } = await cli(['keygen', '--kid', 'a', '--json']);
    expect(stdout.trim()).to.not.include('\n');
    expect(KeySet.fromJwks(stdout).kids).to.deep.equal(['a']);
  });

  it('writes a file that only its user can read, whatever the umask', async () => {
    const file = folder.path('keys.json');
    const umask = process.umask(0);
    const { code, stdout, stderr } = await cli(['keygen', '--kid', '2026-12', '--out', file]);
    process.umask(umask);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.equal(
      `${file}: created the ES256 key 2026-12. Only you can read the file. Keep it out of version control.\n`,
    );
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(KeySet.fromFile(file).signingKid).to.equal('2026-12');
    expect(readdirSync(folder.path('.'))).to.deep.equal(['keys.json']);
  });

  it('names the file and the key as JSON, and nothing of the key', async () => {
    const file = folder.path('keys.json');
    const { stdout } = await cli(['keygen', '--alg', 'EdDSA', '--kid', 'a', '--out', file, '--json']);
    expect(JSON.parse(stdout)).to.deep.equal({ file, algorithm: 'EdDSA', kid: 'a' });
  });

  it('does not replace a file', async () => {
    const file = folder.write('keys.json', 'mine');
    expect(await cli(['keygen', '--out', file])).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: `${file} exists already. It was not changed\n`,
    });
    expect(readFileSync(file, 'utf8')).to.equal('mine');
    expect(readdirSync(folder.path('.'))).to.deep.equal(['keys.json']);
  });

  it('does not replace a link, not even one that leads nowhere', async () => {
    const file = folder.path('keys.json');
    symlinkSync(folder.path('none.json'), file);
    expect(await cli(['keygen', '--out', file])).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: `${file} exists already. It was not changed\n`,
    });
    expect(lstatSync(file).isSymbolicLink()).to.equal(true);
  });

  const unwritable: [path: string, reason: RegExp][] = [
    ['none/keys.json', /cannot be written: there is no such file or folder/],
    ['file/keys.json', /cannot be written: a part of the path is not a folder/],
    ['busy.json', /busy\.json\.new exists: another process is changing the file, or was interrupted/],
    ['x'.repeat(300), /cannot be written: ENAMETOOLONG/],
  ];
  for (const [path, reason] of unwritable) {
    it(`fails if ${path.slice(0, 20)} cannot be written`, async () => {
      folder.write('file', '');
      folder.write('busy.json.new', 'theirs');
      const { code, stdout, stderr } = await cli(['keygen', '--out', folder.path(path)]);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(reason);
      expect(existsSync(folder.path(path))).to.equal(false);
      expect(readFileSync(folder.path('busy.json.new'), 'utf8')).to.equal('theirs');
    });
  }

  const wrong: [line: string[], message: RegExp][] = [
    [['--alg', 'ES257'], /^--alg: algorithm must be one of HS256, .*, EdDSA, Ed25519\. See --help\n$/],
    [['--alg', 'es256'], /^--alg: algorithm must be one of/],
    [['--alg', 'none'], /^--alg: algorithm must be one of/],
    [['--alg', 'constructor'], /^--alg: algorithm must be one of/],
    [['--kid', 'a b'], /^--kid: kid must be 1 to 64 of the characters/],
    [['--kid', 'k'.repeat(65)], /^--kid: kid must be 1 to 64 of the characters/],
    [['--alg', 'HS256', '--kid', 'ä'], /^--kid: kid must be 1 to 64 of the characters/],
  ];
  for (const [line, message] of wrong) {
    it(`rejects ${line.join(' ').slice(0, 40)}`, async () => {
      const { code, stdout, stderr } = await cli(['keygen', ...line]);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.match(message);
    });
  }
});

describe('secret', () => {
  const folder = useFolder();

  for (const [algorithm, characters] of [
    ['HS256', 43],
    ['HS384', 64],
    ['HS512', 86],
  ] as const) {
    it(`creates a secret that is long enough for ${algorithm}`, async () => {
      const { code, stdout, stderr } = await cli(['secret', '--alg', algorithm]);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout.trim()).to.have.length(characters);
      expect(KeySet.fromSecret(stdout.trim(), { algorithm }).signingKid).to.be.a('string');
    });
  }

  it('creates another one each time, for HS256 by default', async () => {
    const [one, other] = [await cli(['secret', '--json']), await cli(['secret', '--json'])].map(
      ({ stdout }) => JSON.parse(stdout) as Record<string, string>,
    );
    expect(one?.['algorithm']).to.equal('HS256');
    expect(one?.['secret']).to.have.length(43).and.not.equal(other?.['secret']);
  });

  it('writes a file that only its user can read and that KeySet.fromFile reads', async () => {
    const file = folder.path('secret.txt');
    const { code, stdout } = await cli(['secret', '--out', file, '--json']);
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({ file, algorithm: 'HS256' });
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(KeySet.fromFile(file).kids).to.have.length(1);
    expect((await cli(['secret', '--out', file])).code).to.equal(1);
  });

  it('says what it did', async () => {
    const file = folder.path('secret.txt');
    const { stdout } = await cli(['secret', '--out', file]);
    expect(stdout).to.match(/: created a secret for HS256\. Only you can read the file\./);
  });

  it('rejects an algorithm that has key pairs', async () => {
    expect(await cli(['secret', '--alg', 'ES256'])).to.deep.equal({
      code: 2,
      stdout: '',
      stderr:
        '--alg must be HS256, HS384 or HS512. Other algorithms have key pairs: use keygen. See --help\n',
    });
  });
});

function keyIn(text: string): Record<string, unknown> {
  const { keys } = JSON.parse(text) as { keys: Record<string, unknown>[] };
  expect(keys).to.have.length(1);
  return keys[0] ?? {};
}
