import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { JwtManager, KeySet, TokenInvalidError, type KeyFileOptions } from '../../src';
import { isFull } from '../support/full';
import { jwkOf, keyPairFor } from '../support/keys';
import { otherSecret, secret } from '../support/manager';
import { manualTimer, type ManualTimer } from '../support/manual-timer';
import { expectRefused, untypedKeySet } from '../support/refused-key';
import { refusalOf } from '../support/rejected';

const algorithms = ['ES256', 'RS256', 'EdDSA', 'ES384'] as const;
const jwks = algorithms.map((algorithm) =>
  jwkOf(keyPairFor(algorithm).privateKey, { alg: algorithm, kid: algorithm }),
);
const [es256 = {}, rs256 = {}, eddsa = {}, es384 = {}] = jwks;
const setOf = (...keys: object[]) => JSON.stringify({ keys });

let directory: string;
let file: string;

/** As `mv` does: whoever reads sees one file or the other. */
function write(text: string | Buffer): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'key-file-'));
  file = join(directory, 'keys.json');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('KeySet.fromFile', () => {
  const texts: [string, string, KeyFileOptions, string | undefined][] = [
    ['a JWK set', setOf(rs256, es256), {}, 'RS256'],
    ['a JWK', JSON.stringify(es256), {}, 'ES256'],
    ['a PEM', keyPairFor('ES256').privatePem, { kid: 'a' }, 'a'],
    ['a public PEM', keyPairFor('RS256').publicPem, { algorithm: 'RS256' }, undefined],
    ['a secret and a newline', `${secret}\n`, { algorithm: 'HS384', kid: 'a' }, 'a'],
  ];
  for (const [what, text, options, signs] of texts) {
    it(`reads ${what}`, () => {
      write(text);
      expect(KeySet.fromFile(file, options).signingKid).to.equal(signs);
    });
  }

  it('reads the file that a symbolic link leads to', () => {
    write(setOf(es256));
    const link = join(directory, 'link.json');
    symlinkSync(file, link);
    expect(KeySet.fromFile(link).kids).to.deep.equal(['ES256']);
  });

  const refused: [string, () => unknown, RegExp][] = [
    ['a file that is not there', () => undefined, /^KeySet.fromFile: \S+keys.json cannot be read: ENOENT/],
    [
      'a directory',
      () => {
        mkdirSync(file);
      },
      /keys.json is not a file/,
    ],
    [
      'an empty file',
      () => {
        write('');
      },
      /keys.json is empty/,
    ],
    [
      'an error message',
      () => {
        write('error: unable to fetch the secret jwt-keys from the vault: permission denied (403)');
      },
      /keys.json was read as a secret: there are spaces within, as in an error message\. Write a random secret/,
    ],
    [
      'a large file',
      () => {
        write(' '.repeat(1_048_577));
      },
      /keys.json is larger than 1 MiB/,
    ],
    [
      'bytes',
      () => {
        write(Buffer.from('f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a59687', 'hex'));
      },
      /not text in UTF-8/,
    ],
    [
      'a secret in UTF-16',
      () => {
        write(Buffer.from(`\uFEFF${secret}`, 'utf16le'));
      },
      /not text in UTF-8/,
    ],
    [
      'half a JWK set',
      () => {
        write(setOf(es256).slice(0, 99));
      },
      /keys.json was read as a JWK set: jwks is not valid JSON/,
    ],
    [
      'a path in the file',
      () => {
        write('/run/secrets/production/jwt.pem');
      },
      /was read as a secret: secret is a path/,
    ],
    [
      'a short secret',
      () => {
        write(secret.slice(0, 20));
      },
      /was read as a secret: secret is too short/,
    ],
  ];
  for (const [what, prepare, says] of refused) {
    it(`refuses ${what}`, async () => {
      prepare();
      await expectRefused(() => KeySet.fromFile(file), says, secret);
      await expectRefused(() => KeySet.fromFile(file, { reload: '1m' }), says, String(es256['d']));
    });
  }

  const paths: [string, unknown, RegExp][] = [
    ['undefined', undefined, /path must be the path of a file/],
    ['an empty path', '', /path must be the path of a file/],
    ['a Buffer', Buffer.from('keys.json'), /path must be the path of a file/],
    ['a secret', secret, /^KeySet.fromFile: the file cannot be read: ENOENT/],
    ['a PEM', keyPairFor('ES256').privatePem, /^KeySet.fromFile: the file cannot be read/],
    ['a JWK set', setOf(es256), /^KeySet.fromFile: the file cannot be read/],
    ['a device', '/dev/zero', /\/dev\/zero is not a file/],
    ['a path with a zero byte', 'keys\0.json', /cannot be read/],
  ];
  for (const [what, path, says] of paths) {
    it(`refuses ${what} as the path`, () =>
      expectRefused(
        () => untypedKeySet.fromFile(path),
        says,
        typeof path === 'string' && path.length > 31 ? path : '',
      ));
  }

  const options: [string, unknown, RegExp][] = [
    [
      'an unknown option',
      { watch: true },
      /^KeySet.fromFile has no option 'watch'; there are: algorithm, kid, passphrase, reload/,
    ],
    ['an interval without a unit', { reload: '60' }, /^KeySet.fromFile: reload must be a whole number/],
    ['an interval of nothing', { reload: 0 }, /^KeySet.fromFile: reload must be between 1 and 86400/],
    ['an interval of two days', { reload: '2d' }, /^KeySet.fromFile: reload must be between/],
    ['true', { reload: true }, /^KeySet.fromFile: reload must be a whole number/],
  ];
  for (const [what, given, says] of options) {
    it(`refuses ${what}`, () => {
      write(setOf(es256));
      return expectRefused(() => untypedKeySet.fromFile(file, given), says);
    });
  }
});

describe('KeySet.fromFile with reload', () => {
  let timer: ManualTimer;
  let keys: KeySet;
  let warnings: string[];
  const record = (warning: Error) => {
    if (warning.name === 'JwtKeyFileWarning') warnings.push(warning.message);
  };

  beforeEach(() => {
    warnings = [];
    process.on('warning', record);
    timer = manualTimer(60_000);
    write(setOf(es256));
    keys = KeySet.fromFile(file, { reload: '1m' });
  });

  afterEach(() => {
    keys.close();
    timer.restore();
    process.off('warning', record);
  });

  /** Warnings are emitted in the next turn. */
  async function check(): Promise<void> {
    await timer.tick();
    await new Promise(setImmediate);
  }

  it('signs with the first key of the file, and verifies with all of them', async () => {
    write(setOf(rs256, es256));
    expect(keys.kids).to.deep.equal(['ES256']);
    await check();
    expect({ kids: keys.kids, signs: keys.signingKid }).to.deep.equal({
      kids: ['RS256', 'ES256'],
      signs: 'RS256',
    });
    expect(warnings).to.deep.equal([]);
  });

  it('rejects tokens of a key that is no longer in the file', async () => {
    const manager = new JwtManager({ keys });
    const token = await manager.createAccessToken('ada');
    write(setOf(rs256));
    expect((await manager.verify(token)).identity).to.equal('ada');
    await check();
    await refusalOf(manager.verify(token), TokenInvalidError);
  });

  it('drops no request while the key changes three times', async () => {
    const manager = new JwtManager({ keys });
    let running = true;
    let requests = 0;
    const issuers = new Set<string | undefined>();
    const traffic = Array.from({ length: 8 }, async () => {
      let previous = await manager.createAccessToken('ada');
      while (running) {
        const token = await manager.createAccessToken('ada');
        await new Promise(setImmediate);
        for (const each of [previous, token]) await manager.verify(each);
        issuers.add(keys.signingKid);
        previous = token;
        requests++;
      }
    });
    const steps = [
      [es256, rs256],
      [rs256, es256],
      [rs256, es256, eddsa],
      [eddsa, rs256],
      [eddsa, rs256, es384],
      [es384, eddsa],
    ];
    for (const step of steps) {
      write(setOf(...step));
      await check();
      const target = requests + 40;
      while (requests < target) await new Promise(setImmediate);
    }
    running = false;
    await Promise.all(traffic);
    expect([...issuers]).to.deep.equal(['ES256', 'RS256', 'EdDSA', 'ES384']);
    expect(warnings).to.deep.equal([]);
  });

  it('keeps a key that stays as the same Key object', async () => {
    const key = keys.find('ES256');
    write(setOf(rs256, es256));
    await check();
    expect(keys.find('ES256')).to.equal(key);
    write(setOf(rs256, jwkOf(keyPairFor('ES256').publicKey, { alg: 'ES256', kid: 'ES256' })));
    await check();
    expect(keys.find('ES256')).not.to.equal(key);
    expect(keys.find('ES256')?.signingKey).to.equal(undefined);
  });

  it('changes from secrets to key pairs', async () => {
    keys.close();
    write(secret);
    keys = KeySet.fromFile(file, { reload: '1m' });
    write(setOf(es256));
    await check();
    expect(keys.kids).to.deep.equal(['ES256']);
  });

  it('picks up a new secret', async () => {
    keys.close();
    write(`${secret}\n`);
    keys = KeySet.fromFile(file, { reload: '1m' });
    write(`${otherSecret}\n`);
    await check();
    expect(keys.kids).to.deep.equal(KeySet.fromSecret(otherSecret).kids);
  });

  const broken: [string, () => void, RegExp][] = [
    [
      'missing',
      () => {
        rmSync(file);
      },
      /keys.json cannot be read: ENOENT/,
    ],
    [
      'empty',
      () => {
        write('');
      },
      /keys.json is empty/,
    ],
    [
      'half written',
      () => {
        write(setOf(rs256).slice(0, 300));
      },
      /was read as a JWK set: jwks is not valid JSON/,
    ],
    [
      'a directory',
      () => {
        rmSync(file);
        mkdirSync(file);
      },
      /keys.json is not a file/,
    ],
    [
      'too large',
      () => {
        write(' '.repeat(1_048_577));
      },
      /larger than 1 MiB/,
    ],
    [
      'a set of weak keys',
      () => {
        write(setOf({ kty: 'oct', alg: 'HS256', k: 'AAAA' }));
      },
      /too short/,
    ],
    [
      'a set with two keys of one name',
      () => {
        write(setOf(rs256, { ...es384, kid: 'RS256' }));
      },
      /two keys with the kid/,
    ],
    [
      'a text that could be a secret',
      () => {
        write(otherSecret);
      },
      /was read as a secret, and the keys in use are key pairs\. To change to secrets, restart$/,
    ],
    [
      'an error page',
      () => {
        write('<html><head><title>502 Bad Gateway</title></head></html>');
      },
      /was read as a secret: there are spaces within, as in an error message/,
    ],
    [
      'a mixed set',
      () => {
        write(setOf(rs256, { kty: 'oct', alg: 'HS256', k: Buffer.from(secret).toString('base64url') }));
      },
      /not both/,
    ],
    [
      'without a key to sign',
      () => {
        write(setOf(jwkOf(keyPairFor('RS256').publicKey, { alg: 'RS256' })));
      },
      /keys.json has no key that can sign/,
    ],
  ];
  for (const [what, breakIt, says] of broken) {
    it(`keeps the previous keys while the file is ${what}, and warns once`, async () => {
      breakIt();
      for (let round = 0; round < 3; round++) await check();
      expect({ kids: keys.kids, signs: keys.signingKid }).to.deep.equal({ kids: ['ES256'], signs: 'ES256' });
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/^The previous keys remain in use\. KeySet\.fromFile: \S+keys\.json /);
      expect(warnings[0]).to.match(says);
      expect(warnings[0]).not.to.include(String(rs256['d']).slice(0, 12));
    });

    it(`recovers when the file is no longer ${what}`, async () => {
      breakIt();
      await check();
      rmSync(file, { recursive: true, force: true });
      write(setOf(rs256));
      await check();
      expect(keys.kids).to.deep.equal(['RS256']);
      expect(warnings).to.have.length(1);
    });
  }

  it('warns again when the file is broken again', async () => {
    for (const text of ['{', setOf(es256), '{']) {
      write(text);
      await check();
    }
    expect(warnings).to.have.length(2);
  });

  it('gives a set that only verifies a key to sign with', async () => {
    keys.close();
    write(setOf(jwkOf(keyPairFor('ES256').publicKey, { alg: 'ES256' })));
    keys = KeySet.fromFile(file, { reload: '1m' });
    write(setOf(rs256));
    await check();
    expect(keys.signingKid).to.equal('RS256');
  });

  const changes: [string, () => unknown][] = [
    ['add', () => keys.add(KeySet.fromPem(keyPairFor('RS256').publicPem, { algorithm: 'RS256' }))],
    ['rotate', () => keys.rotate(KeySet.fromPem(keyPairFor('ES384').privatePem))],
    ['retire', () => keys.retire('ES256')],
  ];
  for (const [method, change] of changes) {
    it(`is changed by its file, not by ${method}`, async () => {
      await expectRefused(change, new RegExp(`^KeySet.${method}: this set follows a file. Change the file`));
      expect(keys.kids).to.deep.equal(['ES256']);
    });
  }

  for (const method of ['add', 'rotate'] as const) {
    it(`is not copied by ${method} of another set, which would not follow the file`, async () => {
      const other = KeySet.fromPem(keyPairFor('ES384').privatePem, { kid: 'other' });
      await expectRefused(
        () => other[method](keys),
        new RegExp(`^KeySet.${method}: the other set follows a file. Read it without reload`),
      );
      expect(other.kids).to.deep.equal(['other']);
      expect(other[method](KeySet.fromFile(file)).kids).to.deep.equal(['other', 'ES256']);
    });
  }

  it('does not keep the process alive', () => {
    expect({ isSet: timer.isSet, holds: timer.holdsProcess }).to.deep.equal({ isSet: true, holds: false });
  });

  it('stops when it is closed, and can then be changed by code', () => {
    keys.close();
    keys.close();
    expect(timer.isSet).to.equal(false);
    expect(keys.rotate(KeySet.fromPem(keyPairFor('ES384').privatePem, { kid: 'new' })).signingKid).to.equal(
      'new',
    );
  });

  it('applies nothing that it was reading when it was closed', async () => {
    write(setOf(rs256));
    timer.fire();
    keys.close();
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(keys.kids).to.deep.equal(['ES256']);
    expect(timer.isSet).to.equal(false);
  });
});

describe('a process whose keys follow a file', function () {
  this.timeout(120_000);
  if (!isFull) return;

  it('ends by itself', async () => {
    write(setOf(es256));
    const library = join(__dirname, '../../src');
    const program = `
      const { KeySet } = require(${JSON.stringify(library)});
      console.log(KeySet.fromFile(${JSON.stringify(file)}, { reload: '1m' }).signingKid);
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { timeout: 20_000 });
    expect(stdout).to.equal('ES256\n');
  });
});
