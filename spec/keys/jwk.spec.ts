import { expect } from 'chai';
import { KeySet } from '../../src/keys/key-set';
import type { Algorithm } from '../../src/keys/key';
import { jwkOf, keyPairFor, testKeyPair } from '../support/keys';
import { expectRefused, untypedKeySet } from '../support/refused-key';

const rsa = keyPairFor('RS256');
const ec = keyPairFor('ES256');
const secret = Buffer.from('Wk3vXz8LqTfR1yNbPm5sHd0uGcJa7oEi');
const k = secret.toString('base64url');
const publicJwk = jwkOf(ec.publicKey, { alg: 'ES256' });

describe('JWK sets', () => {
  it('hold public keys, which verify', () => {
    const keys = KeySet.fromJwks({ keys: [jwkOf(rsa.publicKey, { alg: 'PS256', kid: 'a', use: 'sig' })] });
    const key = keys.find('a');
    expect(key?.algorithm).to.equal('PS256');
    expect(key?.verifyingKey.equals(rsa.publicKey)).to.equal(true);
    expect(() => keys.signer()).to.throw('only verifies');
  });

  it('hold private keys, which sign and verify', () => {
    const key = KeySet.fromJwks({ keys: [jwkOf(ec.privateKey, { alg: 'ES256', kid: 'a' })] }).signer();
    expect(key.signingKey.equals(ec.privateKey)).to.equal(true);
    expect(key.verifyingKey.equals(ec.publicKey)).to.equal(true);
  });

  it('hold secrets', () => {
    const key = KeySet.fromJwks({ keys: [{ kty: 'oct', alg: 'HS256', k }] }).signer();
    expect(key.signingKey.export()).to.deep.equal(secret);
    expect([key.kid]).to.deep.equal(KeySet.fromSecret(secret).kids);
  });

  it('sign with the first key that can', () => {
    const keys = KeySet.fromJwks({
      keys: [
        jwkOf(rsa.publicKey, { alg: 'RS256', kid: 'verifies' }),
        jwkOf(ec.privateKey, { alg: 'ES256', kid: 'first' }),
        jwkOf(keyPairFor('ES384').privateKey, { alg: 'ES384', kid: 'second' }),
      ],
    });
    expect(keys.kids).to.deep.equal(['verifies', 'first', 'second']);
    expect(keys.signer().kid).to.equal('first');
  });

  it('are read from their JSON', () => {
    const keys = KeySet.fromJwks(JSON.stringify({ keys: [{ ...publicJwk, kid: 'a' }], more: 1 }));
    expect(keys.kids).to.deep.equal(['a']);
  });

  it('name keys without a kid by their thumbprint (RFC 7638, section 3.1)', () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB' +
      'ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8' +
      'KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_' +
      'xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    const keys = KeySet.fromJwks({ keys: [{ kty: 'RSA', n, e: 'AQAB', alg: 'RS256' }] });
    expect(keys.kids).to.deep.equal(['NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs']);
  });

  it('get the algorithm of the caller where a key names none', () => {
    const jwks = { keys: [jwkOf(rsa.publicKey, { kid: 'a' }), { ...publicJwk, kid: 'b' }] };
    const keys = KeySet.fromJwks(jwks, { algorithm: 'PS384' });
    expect(jwks.keys.map(({ kid }) => keys.find(String(kid))?.algorithm)).to.deep.equal(['PS384', 'ES256']);
  });

  const secretJwk = { kty: 'oct', alg: 'HS256', k };
  const operations: [string, object, string[], boolean][] = [
    ['a public key to verify', publicJwk, ['verify'], false],
    ['a private key to sign', jwkOf(ec.privateKey, { alg: 'ES256' }), ['sign'], true],
    ['a private key for both', jwkOf(ec.privateKey, { alg: 'ES256' }), ['verify', 'sign'], true],
    ['a secret for both', secretJwk, ['sign', 'verify'], true],
    ['a secret to verify only', secretJwk, ['verify'], false],
  ];
  for (const [name, jwk, key_ops, canSign] of operations) {
    it(`keep to key_ops: ${name}`, () => {
      const keys = untypedKeySet.fromJwks({ keys: [{ ...jwk, use: 'sig', key_ops }] });
      const key = keys.find(undefined);
      expect(key?.verifyingKey.type).to.be.oneOf(['public', 'secret']);
      expect(key?.signingKey !== undefined).to.equal(canSign);
    });
  }

  const sets: [string, unknown, RegExp][] = [
    ['nothing', undefined, /must be a JWK set/],
    ['null', null, /must be a JWK set/],
    ['a number', 1, /must be a JWK set/],
    ['a list', [publicJwk], /must be a JWK set/],
    ['one JWK', publicJwk, /must be a JWK set/],
    ['an empty set', { keys: [] }, /must be a JWK set/],
    ['keys that are no list', { keys: publicJwk }, /must be a JWK set/],
    ['no JSON', `{"keys":[{"k":"${k}"`, /not valid JSON/],
    ['an empty string', '', /not valid JSON/],
    ['JSON that is no object', 'null', /must be a JWK set/],
    ['a Buffer', Buffer.from(JSON.stringify({ keys: [publicJwk] })), /must be a JWK set/],
  ];
  for (const [name, set, says] of sets) {
    it(`are not ${name}`, () => expectRefused(() => untypedKeySet.fromJwks(set), says, k));
  }

  const keys: [string, unknown, RegExp][] = [
    ['null', null, /must be an object/],
    ['text', 'key', /must be an object/],
    ['a list', [], /must be an object/],
    ['an object without members', {}, /JWK without alg needs the option algorithm/],
    ['an unknown type', { kty: 'XYZ', alg: 'RS256' }, /cannot be read/],
    ['no type', { ...publicJwk, kty: undefined }, /cannot be read/],
    ['a type in lower case', { ...publicJwk, kty: 'ec' }, /cannot be read/],
    [
      'an Ed448 key',
      jwkOf(testKeyPair('ed448', {}).publicKey, { alg: 'EdDSA' }),
      /ed448: EdDSA needs ed25519/,
    ],
    ['an X25519 key', jwkOf(testKeyPair('x25519', {}).publicKey, { alg: 'EdDSA' }), /x25519: EdDSA needs/],
    [
      'an Ed25519 key by another name',
      jwkOf(testKeyPair('ed25519', {}).publicKey, { alg: 'ed25519' }),
      /one of RS256/,
    ],
    ['an Ed25519 key in disguise', jwkOf(testKeyPair('ed25519', {}).publicKey, { alg: 'ES256' }), /ed25519/],
    ['an EC key without y', { ...publicJwk, y: undefined }, /cannot be read/],
    ['an EC key off its curve', { ...publicJwk, x: publicJwk.y }, /cannot be read/],
    ['an RSA key without n', jwkOf(rsa.publicKey, { alg: 'RS256', n: undefined }), /cannot be read/],
    ['a private RSA key without primes', jwkOf(rsa.privateKey, { alg: 'RS256', p: undefined }), /cannot be/],
    ['an RSA key with an even modulus', jwkOf(rsa.privateKey, { alg: 'RS256', n: even() }), /does not fit/],
    ['d that is null', { ...publicJwk, d: null }, /cannot be read/],
    ['d that is empty', { ...publicJwk, d: '' }, /does not fit/],
    ['an EC key for RSA', { ...publicJwk, alg: 'RS256' }, /of the type ec/],
    ['a secret without k', { kty: 'oct', alg: 'HS256' }, /k must be base64url/],
    ['a secret whose k is a number', { kty: 'oct', alg: 'HS256', k: 1 }, /k must be base64url/],
    ['a secret in base64', { kty: 'oct', alg: 'HS256', k: `${k}=` }, /k must be base64url/],
    ['a short secret', { kty: 'oct', alg: 'HS256', k: k.slice(0, 40) }, /too short/],
    ['the public key as a secret', { kty: 'oct', alg: 'HS256', k: base64url(ec.publicPem) }, /another kind/],
  ];
  for (const [name, jwk, says] of keys) {
    it(`do not hold ${name}`, () => expectRefused(() => untypedKeySet.fromJwks({ keys: [jwk] }), says, k));
  }

  const options: [string, unknown, RegExp][] = [
    ['unknown options', { alg: 'ES256' }, /no option 'alg'; there are: algorithm/],
    ['an unknown algorithm, even if no key needs it', { algorithm: 'ES' }, /algorithm must be one of HS256/],
  ];
  for (const [name, given, says] of options) {
    it(`are not read with ${name}`, () =>
      expectRefused(() => untypedKeySet.fromJwks({ keys: [publicJwk] }, given), says));
  }

  it('give RSA keys the algorithms for RSA only', async () => {
    const jwks = { keys: [jwkOf(rsa.publicKey)] };
    for (const algorithm of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] satisfies Algorithm[])
      expect(KeySet.fromJwks(jwks, { algorithm }).find(undefined)?.algorithm).to.equal(algorithm);
    await expectRefused(() => KeySet.fromJwks(jwks, { algorithm: 'ES256' }), /needs ec/);
    await expectRefused(() => KeySet.fromJwks(jwks, { algorithm: 'HS256' }), /for a key pair/);
  });
});

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function even(): string {
  const modulus = Buffer.from(String(jwkOf(rsa.publicKey).n), 'base64url');
  modulus[modulus.length - 1] = 2;
  return modulus.toString('base64url');
}
