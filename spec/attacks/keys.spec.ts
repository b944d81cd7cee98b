import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { JwtManager } from '../../src';
import { KeySet } from '../../src/keys/key-set';
import { isFull } from '../support/full';
import { certificatePem, ecdsaSshLine, ed25519SshLine, puttyFile, rsaSshLine } from '../support/key-files';
import { ecKeyPair, jwkOf, keyPairFor, rsaKeyPair, testKeyPair } from '../support/keys';
import { expectRefused, untypedKeySet } from '../support/refused-key';

const rsa = keyPairFor('RS256');
const ec = keyPairFor('ES256');
const secret = 'Wk3vXz8LqTfR1yNbPm5sHd0uGcJa7oEi';

function der(key: KeyObject, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1'): Buffer {
  return key.export({ format: 'der', type: type as 'pkcs1' });
}

function pem(key: KeyObject, type: 'pkcs1' | 'sec1'): string {
  return String(key.export({ format: 'pem', type }));
}

function bodyOf(text: string): string {
  return text.replace(/-----.*-----/g, '').replaceAll('\n', '');
}

describe('A3: the text of a key where a secret belongs', () => {
  const publicDer = der(rsa.publicKey, 'spki');
  const jwk = jwkOf(rsa.publicKey);
  const texts: [string, string | Buffer][] = [
    ['a public PEM', rsa.publicPem],
    ['a private PEM', rsa.privatePem],
    ['an EC public PEM', ec.publicPem],
    ['an EC private PEM', ec.privatePem],
    ['a PKCS#1 public PEM', pem(rsa.publicKey, 'pkcs1')],
    ['a PKCS#1 private PEM', pem(rsa.privateKey, 'pkcs1')],
    ['a SEC1 private PEM', pem(ec.privateKey, 'sec1')],
    ['a PEM after a space', ` ${rsa.publicPem}`],
    ['a PEM after a byte order mark', `\uFEFF${rsa.publicPem}`],
    ['a PEM with CRLF', rsa.publicPem.replaceAll('\n', '\r\n')],
    ['a PEM with literal \\n', rsa.publicPem.replaceAll('\n', '\\n')],
    ['a PEM on one line', rsa.publicPem.replaceAll('\n', ' ')],
    ['a PEM in quotes', `"${rsa.publicPem}"`],
    ['a PEM in UTF-16', Buffer.from(`\uFEFF${rsa.publicPem}`, 'utf16le')],
    ['a PEM in base64', Buffer.from(rsa.publicPem).toString('base64')],
    ['a PEM as in a URL', encodeURIComponent(rsa.publicPem)],
    ['a JWK as in a URL', encodeURIComponent(JSON.stringify(jwkOf(rsa.publicKey, { alg: 'RS256' })))],
    ['a JWK as in a URI', encodeURI(JSON.stringify(jwkOf(rsa.publicKey, { alg: 'RS256' })))],
    ['a PEM in hex', Buffer.from(rsa.publicPem).toString('hex')],
    ['a PEM without its first line', rsa.publicPem.replace(/^.*\n/, '')],
    ['a PEM without its last line', rsa.publicPem.replace(/-----END.*\n/, '')],
    ['a PEM that is cut off', rsa.publicPem.slice(0, 100)],
    ['a PEM whose start is cut off', rsa.publicPem.slice(40)],
    ['the body of a PEM', bodyOf(rsa.publicPem)],
    ['the body of a PEM with its line breaks', rsa.publicPem.replace(/-----.*-----\n/g, '')],
    ['the body of an EC PEM', bodyOf(ec.publicPem)],
    ['the body with literal \\n', rsa.publicPem.replace(/-----.*-----\n/g, '').replaceAll('\n', '\\n')],
    ['DER', publicDer],
    ['PKCS#1 DER', der(rsa.publicKey, 'pkcs1')],
    ['EC DER', der(ec.publicKey, 'spki')],
    ['private DER', der(rsa.privateKey, 'pkcs8')],
    ['private PKCS#1 DER', der(rsa.privateKey, 'pkcs1')],
    ['private SEC1 DER', der(ec.privateKey, 'sec1')],
    ['DER in base64', publicDer.toString('base64')],
    ['DER in base64url', publicDer.toString('base64url')],
    ['DER in hex', publicDer.toString('hex')],
    ['DER in hex with colons', publicDer.toString('hex').replace(/(..)(?=.)/g, '$1:')],
    ['an Ed25519 key', testKeyPair('ed25519', {}).publicPem],
    ['the body of an Ed25519 key', bodyOf(testKeyPair('ed25519', {}).publicPem)],
    ['a certificate', certificatePem],
    ['the body of a certificate (x5c)', bodyOf(certificatePem)],
    ['a certificate in DER', Buffer.from(bodyOf(certificatePem), 'base64')],
    ['a JWK', JSON.stringify(jwk)],
    ['a JWK, indented', JSON.stringify(jwk, null, 2)],
    ['a JWK in quotes', JSON.stringify(JSON.stringify(jwk))],
    ['a JWK in base64url', Buffer.from(JSON.stringify(jwk)).toString('base64url')],
    ['a JWK of a secret', JSON.stringify({ kty: 'oct', k: secret })],
    ['a JWK set', JSON.stringify({ keys: [jwk] })],
    ['a JWK set in single quotes', `'${JSON.stringify({ keys: [jwk] })}'`],
    ['a JWK set that is cut off', JSON.stringify({ keys: [jwk] }).slice(0, 60)],
    ['a JWK set whose start is cut off', JSON.stringify({ keys: [jwk] }).slice(5)],
    ['a JWK set after the name of a variable', `JWT_KEYS=${JSON.stringify({ keys: [jwk] })}`],
    ['a JWK with escaped quotes', JSON.stringify(jwk).replaceAll('"', '\\"')],
    ['a JWK of an Ed25519 key', JSON.stringify(jwkOf(testKeyPair('ed25519', {}).publicKey))],
    ['an ssh-rsa key', rsaSshLine],
    ['an ssh-ed25519 key', ed25519SshLine],
    ['an ecdsa-sha2 key', ecdsaSshLine],
    ['an ssh key with options', `no-pty,command="x" ${ed25519SshLine}`],
    ['the body of an ssh key', rsaSshLine.split(' ')[1] ?? ''],
    ['an OpenSSH private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU'],
    [
      'the body of an OpenSSH private key',
      'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2g',
    ],
    ['an SSH2 key file', `---- BEGIN SSH2 PUBLIC KEY ----\n${rsaSshLine.split(' ')[1] ?? ''}`],
    ['a PuTTY key', puttyFile],
  ];

  for (const [name, text] of texts) {
    it(`refuses ${name} as a string or a Buffer`, async () => {
      await expectRefused(() => KeySet.fromSecret(text), /text of another kind of key.*fromPem/, text);
      const bytes = Buffer.from(text as string);
      await expectRefused(() => KeySet.fromSecret(bytes), /text of another kind of key/, text);
      await expectRefused(
        () => KeySet.fromSecret(createSecretKey(bytes)),
        /text of another kind of key/,
        text,
      );
      await expectRefused(() => new JwtManager({ secret: text }), /text of another kind of key/, text);
    });
  }

  it('takes random secrets in every form, those that start like DER too', () => {
    for (let round = 0; round < (isFull ? 500 : 25); round++) {
      const bytes = randomBytes(64);
      bytes[0] = 0x30;
      const forms = [bytes, bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')];
      for (const form of forms) expect(KeySet.fromSecret(form).kids).to.have.length(1);
    }
  }).timeout(300_000);
});

describe('A6: algorithms that are none', () => {
  const wrong: unknown[] = [
    'none',
    'None',
    '',
    'hs256',
    'rs256',
    'HS256 ',
    'xxHS256yy',
    'HS128',
    'ES256K',
    'RS1',
    'Ed448',
    'eddsa',
    'HS256,RS256',
    'toString',
    '__proto__',
    [],
    ['none'],
    ['HS256'],
    ['RS256'],
    ['HS256', 'RS256'],
    {},
    0,
    true,
    null,
  ];
  for (const algorithm of wrong) {
    it(`refuses ${JSON.stringify(algorithm)} everywhere`, async () => {
      const says = /algorithm must be/;
      await expectRefused(() => untypedKeySet.fromSecret(secret, { algorithm }), says, secret);
      await expectRefused(() => untypedKeySet.fromPem(rsa.publicPem, { algorithm }), says, rsa.publicPem);
      await expectRefused(() => untypedKeySet.generate(algorithm), says);
      const [publicJwk, secretJwk] = [jwkOf(rsa.publicKey), { kty: 'oct', k: secret }];
      for (const jwk of [publicJwk, secretJwk]) {
        await expectRefused(() => untypedKeySet.fromJwks({ keys: [jwk] }, { algorithm }), says, secret);
        await expectRefused(
          () => untypedKeySet.fromJwks({ keys: [{ ...jwk, alg: algorithm }] }),
          says,
          secret,
        );
      }
    });
  }

  it('refuses a missing algorithm', async () => {
    await expectRefused(
      () => untypedKeySet.fromPem(rsa.publicPem, {}),
      /algorithm must be given for this type/,
    );
    await expectRefused(() => untypedKeySet.fromPem(rsa.publicPem), /algorithm must be given for this type/);
    await expectRefused(() => untypedKeySet.fromJwks({ keys: [jwkOf(rsa.publicKey)] }), /without alg/);
    await expectRefused(() => untypedKeySet.generate(), /algorithm must be one of/);
  });

  it('refuses the algorithms of the other kind of key', async () => {
    await expectRefused(
      () => untypedKeySet.fromSecret(secret, { algorithm: 'ES256' }),
      /algorithm must be HS256, HS384 or HS512/,
      secret,
    );
    await expectRefused(() => untypedKeySet.fromPem(rsa.publicPem, { algorithm: 'HS256' }), /for a key pair/);
    const publicJwk = jwkOf(rsa.publicKey, { alg: 'HS256' });
    await expectRefused(() => KeySet.fromJwks({ keys: [publicJwk] }), /for a key pair/);
  });
});

describe('A10: secrets that are too small', () => {
  const sizes = { HS256: [0, 1, 16, 31], HS384: [0, 1, 32, 47], HS512: [0, 1, 32, 48, 63] };
  for (const [algorithm, lengths] of Object.entries(sizes)) {
    for (const length of lengths) {
      it(`refuses ${String(length)} bytes for ${algorithm} in every form`, async () => {
        const bytes = Buffer.from(randomBytes(length).toString('hex').slice(0, length));
        for (const form of [bytes, bytes.toString(), createSecretKey(bytes)]) {
          const attempt = () => untypedKeySet.fromSecret(form, { algorithm });
          await expectRefused(
            attempt,
            /secret is (too short|missing).*npx routing-controllers-jwt secret/,
            bytes,
          );
        }
        const jwk = { kty: 'oct', alg: algorithm, k: bytes.toString('base64url') };
        await expectRefused(() => KeySet.fromJwks({ keys: [jwk] }), /secret is (too short|missing)/, bytes);
      });
    }
  }

  const known = [
    'secret',
    'password',
    'changeme',
    'your-256-bit-secret',
    'your-384-bit-secret',
    'jwt',
    'key',
  ];
  for (const word of known) {
    it(`refuses the well-known secret ${word}, alone and repeated`, async () => {
      await expectRefused(() => KeySet.fromSecret(word), /too short/);
      if (word.length <= 16) await expectRefused(() => KeySet.fromSecret(word.repeat(30)), /can be guessed/);
    });
  }
});

describe('A11: weak keys and keys for something else', () => {
  const pss = (hash: string, mgf1: string, saltLength: number) =>
    testKeyPair('rsa-pss', {
      modulusLength: 2048,
      hashAlgorithm: hash,
      mgf1HashAlgorithm: mgf1,
      saltLength,
    });
  type Row = [string, { publicPem: string; privatePem: string }, string, RegExp];
  /** Keys that take a moment to create. */
  const others = (): Row[] => [
    ['RSA of 2047 bits', rsaKeyPair(2047), 'RS256', /too short: 2048/],
    ['e = 257', testKeyPair('rsa', { modulusLength: 2048, publicExponent: 257 }), 'PS256', /exponent/],
    [
      'a DSA key',
      testKeyPair('dsa', { modulusLength: 2048, divisorLength: 256 }),
      'RS256',
      /of the type dsa/,
    ],
    ['an RSA-PSS key with SHA-1 in MGF1', pss('sha256', 'sha1', 32), 'PS256', /MGF1/],
    ['an RSA-PSS key with a longer salt', pss('sha256', 'sha256', 33), 'PS256', /salt/],
    ['an RSA-PSS key for any hash', testKeyPair('rsa-pss', { modulusLength: 2048 }), 'PS256', /PS256 needs/],
  ];
  const keys: Row[] = [
    ...(isFull ? others() : []),
    ['RSA of 512 bits', rsaKeyPair(512), 'RS256', /too short: 2048/],
    ['RSA of 1024 bits', rsaKeyPair(1024), 'RS256', /too short: 2048/],
    ['RSA of 1024 bits', rsaKeyPair(1024), 'PS512', /too short: 2048/],
    ['e = 3', testKeyPair('rsa', { modulusLength: 2048, publicExponent: 3 }), 'RS256', /exponent/],
    ['P-256', ec, 'ES512', /another curve: ES512 needs secp521r1/],
    ['P-256', ec, 'ES384', /another curve/],
    ['P-384', keyPairFor('ES384'), 'ES256', /another curve/],
    ['P-192', ecKeyPair('prime192v1'), 'ES256', /another curve/],
    ['secp256k1', ecKeyPair('secp256k1'), 'ES256', /another curve/],
    ['an EC key', ec, 'RS256', /of the type ec: RS256 needs rsa/],
    ['an RSA key', rsa, 'ES256', /of the type rsa: ES256 needs ec/],
    ['an X25519 key', testKeyPair('x25519', {}), 'ES256', /of the type x25519/],
    ['an Ed25519 key', testKeyPair('ed25519', {}), 'ES256', /of the type ed25519.*there are RS256, .*ES512/],
    ['an Ed448 key', testKeyPair('ed448', {}), 'ES512', /of the type ed448/],
    ['an Ed448 key', testKeyPair('ed448', {}), 'EdDSA', /of the type ed448: EdDSA needs ed25519/],
    ['an X25519 key', testKeyPair('x25519', {}), 'EdDSA', /of the type x25519: EdDSA needs ed25519/],
    ['an EC key', ec, 'EdDSA', /of the type ec: EdDSA needs ed25519/],
    ['an RSA key', rsa, 'EdDSA', /of the type rsa: EdDSA needs ed25519/],
    ['an Ed25519 key', testKeyPair('ed25519', {}), 'RS256', /of the type ed25519: RS256 needs rsa/],
    ['an RSA-PSS key', pss('sha256', 'sha256', 32), 'RS256', /of the type rsa-pss: RS256 needs rsa/],
    ['an RSA-PSS key for SHA-256', pss('sha256', 'sha256', 32), 'PS384', /PS384 needs: SHA-384/],
  ];
  for (const [name, { publicPem, privatePem }, algorithm, says] of keys) {
    it(`refuses ${name} for ${algorithm}, public and private`, async () => {
      await expectRefused(() => untypedKeySet.fromPem(publicPem, { algorithm }), says, publicPem);
      await expectRefused(() => untypedKeySet.fromPem(privatePem, { algorithm }), says, privatePem);
    });
  }

  const members: [string, object, RegExp][] = [
    ['e = 1', { e: 'AQ' }, /exponent/],
    ['e = 65535', { e: '__8' }, /exponent/],
    ['an even e', { e: 'AQAC' }, /exponent/],
    ['e = 0', { e: 'AA' }, /exponent/],
    [
      'a modulus filled up with zeros',
      { n: Buffer.alloc(256).fill(7, 128).toString('base64url') },
      /too short/,
    ],
  ];
  for (const [name, changed, says] of members) {
    it(`refuses an RSA key with ${name}`, async () => {
      const jwk = jwkOf(rsa.publicKey, { alg: 'RS256', ...changed });
      await expectRefused(() => KeySet.fromJwks({ keys: [jwk] }), says);
    });
  }

  it('refuses private keys whose halves are of two keys', async () => {
    const otherEc = jwkOf(testKeyPair('ec', { namedCurve: 'prime256v1' }).privateKey);
    const halves = [
      { ...jwkOf(ec.privateKey), alg: 'ES256', d: otherEc.d },
      jwkOf(rsa.privateKey, { alg: 'RS256', n: Buffer.alloc(256, 0xfe).toString('base64url') }),
    ];
    for (const jwk of halves) {
      await expectRefused(() => untypedKeySet.fromJwks({ keys: [jwk] }), /does not fit/, String(jwk.d));
    }
  });
});

describe('A12: keys of a set that are for something else, or not to be told apart', () => {
  const publicJwk = jwkOf(ec.publicKey, { alg: 'ES256', kid: 'a' });
  const privateJwk = jwkOf(ec.privateKey, { alg: 'ES256', kid: 'a' });
  const secretJwk = { kty: 'oct', alg: 'HS256', kid: 'a', k: Buffer.from(secret).toString('base64url') };
  const otherJwk = jwkOf(keyPairFor('ES384').publicKey, { alg: 'ES384', kid: 'b' });
  const sets: [string, object[], RegExp][] = [
    ['use: enc', [{ ...publicJwk, use: 'enc' }], /use must be sig/],
    ['use: null', [{ ...publicJwk, use: null }], /use must be sig/],
    ['one key of two for encryption', [otherJwk, { ...publicJwk, use: 'enc' }], /use must be sig/],
    ['a public key to encrypt', [{ ...publicJwk, key_ops: ['encrypt'] }], /key_ops/],
    ['a public key to sign', [{ ...publicJwk, key_ops: ['sign'] }], /key_ops/],
    ['a public key to verify and to wrap', [{ ...publicJwk, key_ops: ['verify', 'wrapKey'] }], /key_ops/],
    ['a private key to verify', [{ ...privateJwk, key_ops: ['verify'] }], /key_ops/],
    ['a private key to derive', [{ ...privateJwk, key_ops: ['deriveBits'] }], /key_ops/],
    ['a secret to encrypt', [{ ...secretJwk, key_ops: ['encrypt', 'decrypt'] }], /key_ops/],
    ['a secret that may not verify', [{ ...secretJwk, key_ops: ['sign'] }], /key_ops/],
    ['an operation twice', [{ ...publicJwk, key_ops: ['verify', 'verify'] }], /key_ops/],
    ['no operation', [{ ...publicJwk, key_ops: [] }], /key_ops/],
    ['an operation that is no list', [{ ...publicJwk, key_ops: 'verify' }], /key_ops/],
    ['use and key_ops that disagree', [{ ...publicJwk, use: 'sig', key_ops: ['encrypt'] }], /key_ops/],
    ['two keys with one kid', [publicJwk, { ...otherJwk, kid: 'a' }], /two keys with the kid 'a'/],
    ['one key twice', [otherJwk, otherJwk], /two keys with the kid 'b'/],
    ['a secret and a public key', [{ ...secretJwk, kid: 'c' }, publicJwk], /secrets or key pairs, not both/],
    [
      'a private key and a secret',
      [privateJwk, { ...secretJwk, kid: 'c' }],
      /secrets or key pairs, not both/,
    ],
  ];
  for (const [name, keys, says] of sets) {
    it(`refuses ${name}`, async () => {
      await expectRefused(() => untypedKeySet.fromJwks({ keys }), says, secret);
      await expectRefused(() => KeySet.fromJwks(JSON.stringify({ keys })), says, secret);
    });
  }

  it('refuses the same when sets are put together', async () => {
    const keys = KeySet.fromPem(ec.privatePem, { algorithm: 'ES256', kid: 'a' });
    const others = KeySet.fromPem(rsa.publicPem, { algorithm: 'RS256', kid: 'a' });
    await expectRefused(() => keys.add(others), /two keys with the kid 'a'/);
    await expectRefused(() => keys.add(keys), /two keys with the kid 'a'/);
    await expectRefused(() => keys.add(KeySet.fromSecret(secret)), /secrets or key pairs, not both/, secret);
    expect(keys.kids).to.deep.equal(['a']);
  });
});

describe('C16: names of keys', () => {
  const wrong: unknown[] = [
    '',
    'a b',
    'a/b',
    '../../../../dev/null',
    "x' UNION SELECT '1';--",
    '|sleep 10',
    '\u0141bc',
    'é',
    'a\n',
    'a\0',
    '\r\n',
    'a+b',
    'a=',
    'x'.repeat(65),
    'x'.repeat(10_000),
    0,
    1,
    true,
    null,
    ['a'],
    {},
  ];
  for (const kid of wrong) {
    it(`refuses ${JSON.stringify(kid).slice(0, 40)}`, async () => {
      const says = /kid must be 1 to 64 of the characters/;
      await expectRefused(() => untypedKeySet.fromSecret(secret, { kid }), says, secret);
      await expectRefused(() => untypedKeySet.fromPem(ec.publicPem, { algorithm: 'ES256', kid }), says);
      await expectRefused(() => untypedKeySet.generate('HS256', { kid }), says);
      await expectRefused(() => untypedKeySet.generate('ES256', { kid }), says);
      const jwk = jwkOf(ec.publicKey, { alg: 'ES256', kid });
      await expectRefused(() => KeySet.fromJwks({ keys: [jwk] }), says);
    });
  }

  for (const kid of [
    'a',
    '0',
    '2026-01',
    'A.b_c~d-e',
    'x'.repeat(64),
    '__proto__',
    'constructor',
    'toString',
  ]) {
    it(`finds a key named ${kid} and nothing else`, () => {
      const keys = KeySet.fromSecret(secret, { kid });
      expect(keys.kids).to.deep.equal([kid]);
      expect(keys.find(kid)?.kid).to.equal(kid);
      for (const other of ['hasOwnProperty', 'valueOf', `${kid}\0`, kid.slice(1), 'x'.repeat(65)])
        expect(keys.find(other)).to.equal(undefined);
    });
  }
});

describe('G5: a KeySet that is printed', () => {
  const sets: [string, () => KeySet, string[]][] = [
    [
      'a secret',
      () => KeySet.fromSecret(secret, { kid: 'a' }),
      [secret, Buffer.from(secret).toString('hex')],
    ],
    [
      'a private key',
      () => KeySet.fromPem(ec.privatePem, { algorithm: 'ES256', kid: 'a' }),
      [bodyOf(ec.privatePem).slice(0, 20), String(jwkOf(ec.privateKey).d), String(jwkOf(ec.privateKey).x)],
    ],
  ];
  const prints: [string, (keys: KeySet) => string][] = [
    ['inspect', (keys) => inspect(keys)],
    ['inspect of everything', (keys) => inspect({ keys }, { depth: null, showHidden: true, getters: true })],
    ['JSON.stringify', (keys) => JSON.stringify({ keys })],
    ['String', (keys) => String(keys)],
    ['a template', (keys) => [keys].join()],
  ];
  for (const [name, make, material] of sets) {
    for (const [print, printed] of prints) {
      it(`shows the kid and the algorithm of ${name}, not the key (${print})`, () => {
        const text = printed(make());
        expect(text)
          .to.include('a')
          .and.to.match(/HS256|ES256/)
          .and.to.include('[redacted]');
        for (const piece of material) expect(text).not.to.include(piece);
      });
    }
  }

  it('has no member that holds a key', () => {
    const keys = KeySet.fromSecret(secret);
    expect(Reflect.ownKeys(keys)).to.deep.equal([]);
    expect(Object.entries(structuredClone(keys))).to.deep.equal([]);
  });

  it('is not shown by the manager that uses it', () => {
    const manager = new JwtManager({ secret });
    const text = inspect(manager, { depth: null, showHidden: true }) + JSON.stringify(manager);
    expect(text).not.to.include(secret.slice(0, 12));
  });
});
