import { createPublicKey } from 'node:crypto';
import { expect } from 'chai';
import { KeySet } from '../../src/keys/key-set';
import type { KeyPairAlgorithm } from '../../src/keys/key';
import { certificatePem } from '../support/key-files';
import { jwkOf, keyPairFor, testKeyPair } from '../support/keys';
import { secret } from '../support/manager';
import { expectRefused } from '../support/refused-key';

const algorithms: KeyPairAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
algorithms.push('ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519');

describe('KeySet.toJwks', () => {
  for (const algorithm of algorithms) {
    it(`returns the public half of a key for ${algorithm} and nothing else`, () => {
      const { privatePem, publicKey } = keyPairFor(algorithm);
      const keys = KeySet.fromPem(privatePem, { algorithm, kid: 'a' });
      const own = jwkOf(publicKey, { kid: 'a', alg: algorithm, use: 'sig' });
      expect(keys.toJwks()).to.deep.equal({ keys: [own] });
    });

    it(`returns a set that verifies what the private key for ${algorithm} signs, by the same name`, () => {
      const keys = KeySet.fromPem(keyPairFor(algorithm).privatePem, { algorithm });
      const others = KeySet.fromJwks(JSON.stringify(keys.toJwks()));
      expect(others.kids).to.deep.equal(keys.kids);
      const [kid = ''] = keys.kids;
      expect(others.find(kid)?.verifyingKey.equals(keys.signer().verifyingKey)).to.equal(true);
      expect(others.signingKid).to.equal(undefined);
    });
  }

  it('returns an RSA-PSS key as the RSA key that it is, named by its thumbprint', () => {
    const options = {
      modulusLength: 2048,
      hashAlgorithm: 'sha256',
      mgf1HashAlgorithm: 'sha256',
      saltLength: 32,
    };
    const { privatePem } = testKeyPair('rsa-pss', options);
    const keys = KeySet.fromPem(privatePem, { algorithm: 'PS256' });
    const [jwk] = keys.toJwks().keys;
    expect(jwk).to.include({ kty: 'RSA', e: 'AQAB', alg: 'PS256', use: 'sig', kid: keys.kids[0] });
    expect(KeySet.fromJwks(JSON.stringify({ keys: [{ ...jwk, kid: undefined }] })).kids).to.deep.equal(
      keys.kids,
    );
    const der = createPublicKey(privatePem).export({ format: 'der', type: 'spki' });
    expect(der.includes(Buffer.from(String(jwk?.n), 'base64url'))).to.equal(true);
  });

  it('returns all keys that verify, retired ones until their end', () => {
    const keys = KeySet.fromPem(keyPairFor('ES256').privatePem, { algorithm: 'ES256', kid: 'old' });
    keys.add(KeySet.fromPem(certificatePem, { algorithm: 'ES256', kid: 'certificate' }));
    keys.rotate(KeySet.fromPem(keyPairFor('RS256').privatePem, { algorithm: 'RS256', kid: 'new' }));
    const names = () => keys.toJwks().keys.map(({ kid }) => kid);
    expect(names()).to.deep.equal(['old', 'certificate', 'new']);
    keys.retire('old', { after: '1h' });
    expect(names()).to.deep.equal(['old', 'certificate', 'new']);
    keys.retire('old');
    expect(names()).to.deep.equal(['certificate', 'new']);
  });

  it('returns no private member of a JWK that it was given', () => {
    const jwk = jwkOf(keyPairFor('RS256').privateKey, {
      alg: 'RS256',
      kid: 'a',
      oth: [],
      key_ops: ['sign'],
      x5c: ['x'],
    });
    const text = JSON.stringify(KeySet.fromJwks({ keys: [jwk] }).toJwks());
    expect(Object.keys((JSON.parse(text) as { keys: object[] }).keys[0] ?? {})).to.have.members([
      'e',
      'kty',
      'n',
      'kid',
      'alg',
      'use',
    ]);
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const)
      expect(text).not.to.include(String(jwk[name]));
  });

  it('cannot change the set by what it returned', () => {
    const keys = KeySet.fromPem(keyPairFor('ES256').privatePem, { algorithm: 'ES256', kid: 'a' });
    Object.assign(keys.toJwks().keys[0] ?? {}, { kid: 'b', x: 'x' });
    expect(keys.toJwks().keys[0]).to.include({ kid: 'a', x: jwkOf(keyPairFor('ES256').publicKey).x });
  });

  const secrets: [string, () => KeySet][] = [
    ['a secret', () => KeySet.fromSecret(secret)],
    [
      'a secret of a JWK set',
      () => KeySet.fromJwks({ keys: [{ kty: 'oct', alg: 'HS256', k: base64url(secret) }] }),
    ],
    ['several secrets', () => KeySet.fromSecret(secret).add(KeySet.fromSecret(`${secret}.`))],
  ];
  for (const [name, make] of secrets) {
    it(`refuses ${name}`, () =>
      expectRefused(() => make().toJwks(), /^KeySet.toJwks: secrets have no public half/, secret));
  }
});

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
