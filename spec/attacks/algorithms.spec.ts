import type { KeyObject } from 'node:crypto';
import { JwtManager, type Algorithm } from '../../src';
import type { KeyPairAlgorithm } from '../../src/keys/key';
import { encode } from '../support/forge';
import { shortList } from '../support/full';
import { certificatePem } from '../support/key-files';
import { jwkOf, keyPairFor } from '../support/keys';
import { expectInvalid, expectTaken, keysFor, signatureOf, signToken, targetFor } from '../support/target';

const targets = shortList(['HS256', 'RS256', 'ES256', 'EdDSA', 'PS256'] as const, 4).map((algorithm) =>
  targetFor(algorithm),
);

describe('A1: tokens without an algorithm', () => {
  const algorithms: [string, unknown][] = [
    ...['none', 'None', 'NONE', 'nOnE', 'NoNe', 'none ', ' none', 'none\0', 'n\u043Ene', 'nonenone', ''].map(
      (alg): [string, unknown] => [JSON.stringify(alg), alg],
    ),
    ['absent', undefined],
    ['null', null],
    ['"null"', 'null'],
    ['"undefined"', 'undefined'],
    ['[]', []],
    ['{}', {}],
    ['["none"]', ['none']],
    ['["HS256"]', ['HS256']],
    ['[["RS256"]]', [['RS256']]],
    ['{"toString":"HS256"}', { toString: 'HS256' }],
    ['0', 0],
    ['256', 256],
    ['true', true],
    ['false', false],
  ];

  for (const target of targets) {
    const { manager, sign } = target;
    const [, , original = ''] = sign(target.header(), target.claims()).split('.');

    for (const [name, alg] of algorithms) {
      it(`refuses alg ${name} where ${target.algorithm} is pinned, whatever the signature`, async () => {
        const header = target.header({ alg });
        const signed = `${encode(header)}.${encode(target.claims())}`;
        const withoutKey = signatureOf('HS256', signed, '').toString('base64url');
        await expectInvalid(manager, `${signed}.`, 'format');
        await expectInvalid(manager, signed, 'format');
        await expectInvalid(manager, `${signed}.x`, 'format');
        await expectInvalid(manager, `${signed}.AAAA`, 'alg');
        await expectInvalid(manager, `${signed}.${original}`, 'alg');
        await expectInvalid(manager, `${signed}.${withoutKey}`, 'alg');
        await expectInvalid(manager, sign(header, target.claims()), 'alg');
      });
    }

    it(`takes the same token with alg ${target.algorithm}`, async () => {
      await expectTaken(manager, sign(target.header(), target.claims()));
    });

    it(`refuses a token of ${target.algorithm} whose signature was dropped`, async () => {
      const signed = `${encode(target.header())}.${encode(target.claims())}`;
      for (const text of [signed, `${signed}.`, `${signed}.x`]) await expectInvalid(manager, text, 'format');
      await expectInvalid(manager, `${signed}.AAAA`, 'signature');
    });
  }
});

describe('A2: tokens signed by HMAC with the public key as the secret', () => {
  const pairs = ['RS256', 'ES256', 'EdDSA', 'RS512', 'PS256', 'ES384', 'ES512'] as const;
  for (const algorithm of shortList(pairs, 3)) {
    const target = targetFor(algorithm);

    for (const [name, material] of publicTexts(algorithm)) {
      it(`refuses ${name} where ${algorithm} is pinned`, async () => {
        for (const hmac of ['HS256', 'HS384', 'HS512']) {
          const confused = signToken(hmac, target.header({ alg: hmac }), target.claims(), material);
          await expectInvalid(target.manager, confused, 'alg');
          const pinned = signToken(hmac, target.header(), target.claims(), material);
          await expectInvalid(target.manager, pinned, 'signature');
        }
      });
    }
  }

  function publicTexts(algorithm: KeyPairAlgorithm): [string, string | Buffer][] {
    const { publicKey, publicPem } = keyPairFor(algorithm);
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    const jwk = jwkOf(publicKey);
    const { n = '', x = '', y = '' } = jwk;
    return [
      ['the PEM', publicPem],
      ['the PEM without its last line break', publicPem.trimEnd()],
      ['the PEM with CRLF', publicPem.replaceAll('\n', '\r\n')],
      ['the PEM after a space', ` ${publicPem}`],
      ['the PEM after a byte order mark', `\uFEFF${publicPem}`],
      ['the PEM with literal \\n', publicPem.replaceAll('\n', '\\n')],
      ['the PEM on one line', publicPem.replaceAll('\n', '')],
      ['the body of the PEM', publicPem.replace(/-----.*-----|\n/g, '')],
      ['the body with its line breaks', publicPem.replace(/-----.*-----\n/g, '')],
      ['the DER', spki],
      ['the DER in base64url', spki.toString('base64url')],
      ['the DER in hex', spki.toString('hex')],
      ['the JWK', JSON.stringify(jwk)],
      ['the JWK with its alg', JSON.stringify({ ...jwk, alg: algorithm, kid: 'key-1', use: 'sig' })],
      ['the JWK set', JSON.stringify({ keys: [jwk] })],
      ['the bare numbers', Buffer.concat([n, x, y].map((part) => Buffer.from(part, 'base64url')))],
      ['a certificate', certificatePem],
      ['the body of a certificate (x5c)', certificatePem.replace(/-----.*-----|\n/g, '')],
      ['the kid', 'key-1'],
      ['nothing', ''],
      ['what an object looks like', '[object Object]'],
      ...(publicKey.asymmetricKeyType === 'rsa' ? pkcs1Texts(publicKey) : []),
    ];
  }

  function pkcs1Texts(key: KeyObject): [string, string | Buffer][] {
    const pem = String(key.export({ format: 'pem', type: 'pkcs1' }));
    return [
      ['the PKCS#1 PEM', pem],
      ['the PKCS#1 PEM without its last line break', pem.trimEnd()],
      ['the PKCS#1 DER', key.export({ format: 'der', type: 'pkcs1' })],
    ];
  }
});

describe('A4: algorithms that the key could do, and is not for', () => {
  const related: Record<string, string[]> = {
    HS256: ['HS384', 'HS512'],
    HS384: ['HS256', 'HS512'],
    HS512: ['HS256', 'HS384'],
    RS256: ['RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    RS512: ['RS256', 'RS384', 'PS512'],
    PS256: ['PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
    ES256: ['ES384', 'ES512'],
    ES384: ['ES256', 'ES512'],
    ES512: ['ES256', 'ES384'],
  };
  for (const [pinned, others] of Object.entries(related)) {
    for (const other of others) {
      it(`refuses ${other} of a key for ${pinned}`, async () => {
        const target = targetFor(pinned as Algorithm);
        const honest = signToken(other, target.header({ alg: other }), target.claims(), target.key);
        await expectInvalid(target.manager, honest, 'alg');
        const disguised = signToken(other, target.header(), target.claims(), target.key);
        await expectInvalid(target.manager, disguised, 'signature');
      });
    }
  }

  const unknown = ['ES256K', 'RS1', 'HS1', 'Ed448', 'eddsa', 'ESP256', 'HS256/64', 'RSA1_5', 'RSA-OAEP'];
  for (const alg of [...unknown, 'RSA-SHA256', 'dir', 'A128KW', 'A256GCM', 'ECDH-ES', 'PBES2-HS256+A128KW']) {
    it(`refuses ${alg}, which there is not here`, async () => {
      for (const { manager, header, claims, sign } of targets)
        await expectInvalid(manager, sign(header({ alg }), claims()), 'alg');
    });
  }

  it('refuses the algorithm and the signature of another key of the same set', async () => {
    const target = targetFor('RS256', { keys: keysFor('RS256').add(keysFor('ES256', 'key-2')) });
    const { privateKey } = keyPairFor('ES256');
    const own = target.header({ alg: 'ES256', kid: 'key-2' });
    await expectTaken(target.manager, signToken('ES256', own, target.claims(), privateKey));
    const strange = target.header({ alg: 'ES256' });
    await expectInvalid(target.manager, signToken('ES256', strange, target.claims(), privateKey), 'alg');
    const crossed = target.header({ kid: 'key-2' });
    await expectInvalid(target.manager, target.sign(crossed, target.claims()), 'alg');
  });

  it('leaves nothing to whoever verifies with a key of the other kind', async () => {
    const [hmac, rsa] = [targetFor('HS256'), targetFor('RS256')];
    await expectInvalid(rsa.manager, hmac.sign(hmac.header(), hmac.claims()), 'alg');
    await expectInvalid(hmac.manager, rsa.sign(rsa.header(), rsa.claims()), 'alg');
    const both = new JwtManager({ keys: keysFor('RS256'), clock: rsa.clock });
    await expectTaken(both, rsa.sign(rsa.header(), rsa.claims()));
  });
});

describe('A5: other spellings of the algorithm', () => {
  const spellings: [string, (alg: string) => string][] = [
    ['lower case', (alg) => alg.toLowerCase()],
    ['mixed case', (alg) => alg.charAt(0) + alg.slice(1).toLowerCase()],
    ['a space after it', (alg) => `${alg} `],
    ['a space before it', (alg) => ` ${alg}`],
    ['a line break after it', (alg) => `${alg}\n`],
    ['a zero byte after it', (alg) => `${alg}\0`],
    ['a zero byte and more after it', (alg) => `${alg}\0none`],
    ['a dash', (alg) => `${alg.slice(0, 2)}-${alg.slice(2)}`],
    ['a Kelvin sign after it', (alg) => `${alg}\u212A`],
    ['a long s', (alg) => alg.replace('S', '\u017F')],
    ['a Cyrillic letter', (alg) => alg.replace('S', '\u0405')],
    ['a fullwidth character', (alg) => alg.replace(/2|d/, (one) => (one === '2' ? '\uFF12' : '\uFF44'))],
    ['a zero-width space', (alg) => `${alg}\u200B`],
    ['a combining mark', (alg) => `${alg}\u0301`],
    ['a byte order mark', (alg) => `\uFEFF${alg}`],
    ['something around it', (alg) => `xx${alg}yy`],
    ['a list in text', (alg) => `none,${alg}`],
    ['a part of it', (alg) => alg.slice(0, -1)],
    ['a digit more', (alg) => `${alg}0`],
    ['quotes', (alg) => `"${alg}"`],
  ];
  for (const [name, spell] of spellings) {
    it(`refuses ${name}`, async () => {
      for (const { algorithm, manager, header, claims, sign } of targets)
        await expectInvalid(manager, sign(header({ alg: spell(algorithm) }), claims()), 'alg');
    });
  }
});
