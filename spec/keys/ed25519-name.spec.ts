import { expect } from 'chai';
import { importJWK, jwtVerify } from 'jose';
import { JwtManager, KeySet } from '../../src';
import { partsOf } from '../support/forge';
import { jwkOf, keyPairFor, testKeyPair } from '../support/keys';
import { expectRefused } from '../support/refused-key';
import { expectInvalid, expectTaken, signToken, targetFor } from '../support/target';

const names = ['Ed25519', 'EdDSA'] as const;
const { privateKey, publicKey, privatePem } = keyPairFor('Ed25519');
const jwk = jwkOf(privateKey, { alg: 'Ed25519', kid: 'a' });

/** RFC 9864, section 2.2: Ed25519 says which curve it is, EdDSA does not. */
describe('a key for Ed25519', () => {
  const unnamed = jwkOf(privateKey, { kid: 'a' });
  const sources: [string, () => KeySet][] = [
    ['a JWK that names it', () => KeySet.fromJwks({ keys: [jwk] })],
    ['a JWK and the option', () => KeySet.fromJwks({ keys: [unnamed] }, { algorithm: 'Ed25519' })],
    ['a PEM and the option', () => KeySet.fromPem(privatePem, { algorithm: 'Ed25519', kid: 'a' })],
  ];
  for (const [name, read] of sources) {
    it(`is read from ${name}, and is published by that name`, () => {
      const keys = read();
      expect(keys.find('a')?.algorithm).to.equal('Ed25519');
      const published = jwkOf(publicKey, { kid: 'a', alg: 'Ed25519', use: 'sig' });
      expect(keys.toJwks()).to.deep.equal({ keys: [published] });
    });
  }

  it('signs tokens that name it, and that other libraries verify', async () => {
    const manager = new JwtManager({ keys: KeySet.fromJwks({ keys: [jwk] }), store: false });
    const text = await manager.createAccessToken('ada');
    expect(partsOf(text).header).to.deep.equal({ alg: 'Ed25519', typ: 'at+jwt', kid: 'a' });
    expect((await manager.verify(text)).identity).to.equal('ada');
    const key = await importJWK(jwkOf(publicKey), 'Ed25519');
    const { payload } = await jwtVerify(text, key, { algorithms: ['Ed25519'] });
    expect(payload.sub).to.equal('ada');
  });

  for (const kind of ['ed448', 'x25519']) {
    it(`is none of the type ${kind}`, () => {
      const pair = testKeyPair(kind, {});
      const says = new RegExp(`: the key is of the type ${kind}: Ed25519 needs ed25519`);
      const keys = [jwkOf(pair.privateKey, { alg: 'Ed25519' })];
      return Promise.all([
        expectRefused(() => KeySet.fromPem(pair.privatePem, { algorithm: 'Ed25519' }), says),
        expectRefused(() => KeySet.fromJwks({ keys }), says),
      ]);
    });
  }

  it('is for EdDSA if nothing names the algorithm, as before', () => {
    expect(KeySet.fromPem(privatePem).find(undefined)?.algorithm).to.equal('EdDSA');
  });
});

describe('the name of the algorithm of an Ed25519 key', () => {
  for (const [name, other] of [names, names.toReversed()] as [string, string][]) {
    it(`is ${name} in tokens if it is in the key, and never ${other}`, async () => {
      const { manager, header, claims, key } = targetFor(name as 'EdDSA');
      await expectTaken(manager, signToken('EdDSA', header(), claims(), key));
      await expectInvalid(manager, signToken('EdDSA', header({ alg: other }), claims(), key), 'alg');
    });
  }

  it('can be changed by a rotation to another kid: both kinds of tokens are accepted', async () => {
    const keys = KeySet.fromPem(privatePem, { kid: 'old' });
    const manager = new JwtManager({ keys, store: false });
    const old = await manager.createAccessToken('ada');
    keys.rotate(KeySet.fromPem(privatePem, { algorithm: 'Ed25519', kid: 'new' }));
    const next = await manager.createAccessToken('ada');
    expect([old, next].map((text) => partsOf(text).header)).to.deep.equal([
      { alg: 'EdDSA', typ: 'at+jwt', kid: 'old' },
      { alg: 'Ed25519', typ: 'at+jwt', kid: 'new' },
    ]);
    for (const text of [old, next]) expect((await manager.verify(text)).identity).to.equal('ada');
  });
});
