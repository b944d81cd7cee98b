import { expect } from 'chai';
import { JwtManager } from '../../src';
import { KeySet } from '../../src/keys/key-set';
import type { Algorithm } from '../../src/keys/key';
import { hasSignatureOf, signClaims } from '../../src/token/codec';
import { callsDuring, type Watch } from '../support/calls';
import { isFull, shortList } from '../support/full';
import { keyPairFor, testKeyPair } from '../support/keys';
import { expectRefused, untypedKeySet } from '../support/refused-key';

const secret = 'Wk3vXz8LqTfR1yNbPm5sHd0uGcJa7oEi';
const algorithms: readonly Algorithm[] = [
  ...(['HS256', 'HS384', 'HS512', 'RS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
  ...(isFull ? (['RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const) : []),
];

describe('KeySet.generate', () => {
  for (const algorithm of algorithms) {
    it(`makes a key that signs and verifies with ${algorithm}`, async () => {
      const keys = await KeySet.generate(algorithm);
      const [kid = ''] = keys.kids;
      const jwt = signClaims({ sub: 'ada' }, 'at+jwt', keys.signer());
      const key = keys.find(kid);
      expect(key?.algorithm).to.equal(algorithm);
      expect(key && hasSignatureOf(jwt, key)).to.equal(true);
      expect(jwt.split('.')[0]).to.equal(
        Buffer.from(JSON.stringify({ alg: algorithm, typ: 'at+jwt', kid })).toString('base64url'),
      );
    });
  }

  it('makes another key each time, as large as its hash or 2048 bits', async () => {
    const [one, other] = [await KeySet.generate('HS512'), await KeySet.generate('HS512')];
    expect(one.kids).not.to.deep.equal(other.kids);
    expect(one.signer().signingKey.symmetricKeySize).to.equal(64);
    const { asymmetricKeyDetails } = (await KeySet.generate('RS256')).signer().verifyingKey;
    expect(asymmetricKeyDetails).to.deep.equal({ modulusLength: 2048, publicExponent: 65_537n });
  });

  it('gives it the name of the caller', async () => {
    expect((await KeySet.generate('ES256', { kid: 'today' })).kids).to.deep.equal(['today']);
    expect((await KeySet.generate('HS256', { kid: 'today' })).kids).to.deep.equal(['today']);
  });

  it('refuses options that do not exist', () =>
    expectRefused(() => untypedKeySet.generate('RS256', { modulusLength: 4096 }), /there are: kid/));
});

describe('RSA-PSS keys', () => {
  for (const bits of shortList([256, 384, 512], 1)) {
    it(`sign and verify when they are bound to SHA-${String(bits)}`, () => {
      const hashAlgorithm = `sha${String(bits)}`;
      const { privatePem, publicPem } = testKeyPair('rsa-pss', {
        modulusLength: 2048,
        hashAlgorithm,
        mgf1HashAlgorithm: hashAlgorithm,
        saltLength: bits / 8,
      });
      const algorithm = `PS${String(bits)}` as 'PS256';
      const [keys, others] = [privatePem, publicPem].map((pem) => KeySet.fromPem(pem, { algorithm }));
      const jwt = signClaims({ sub: 'ada' }, 'at+jwt', (keys as KeySet).signer());
      const key = others?.find(keys?.kids[0]);
      expect(key && hasSignatureOf(jwt, key)).to.equal(true);
    });
  }
});

describe('KeySet.add', () => {
  const own = () => KeySet.fromPem(keyPairFor('ES256').privatePem, { algorithm: 'ES256', kid: 'own' });
  const theirs = () => KeySet.fromPem(keyPairFor('RS256').privatePem, { algorithm: 'RS256', kid: 'theirs' });

  it('adds keys to verify with; its own key goes on signing', () => {
    const keys = own();
    expect(keys.add(theirs())).to.equal(keys);
    expect(keys.kids).to.deep.equal(['own', 'theirs']);
    expect(keys.signer().kid).to.equal('own');
    const jwt = signClaims({}, 'at+jwt', theirs().signer());
    const key = keys.find('theirs');
    expect(key && hasSignatureOf(jwt, key)).to.equal(true);
  });

  it('makes no signer out of a set that only verifies', () => {
    const keys = KeySet.fromPem(keyPairFor('ES256').publicPem, { algorithm: 'ES256' }).add(theirs());
    expect(keys.find('theirs')?.signingKey).to.equal(undefined);
    expect(() => keys.signer()).to.throw('Issuing tokens needs a private key');
  });

  it('adds all keys of the other set or none, and leaves that set as it is', async () => {
    const keys = own();
    const others = theirs().add(
      KeySet.fromPem(keyPairFor('ES384').publicPem, { algorithm: 'ES384', kid: 'own' }),
    );
    await expectRefused(() => keys.add(others), /two keys with the kid 'own'/);
    expect(keys.kids).to.deep.equal(['own']);
    expect(others.kids).to.deep.equal(['theirs', 'own']);
    expect(others.signer().kid).to.equal('theirs');
  });

  for (const other of [undefined, null, {}, secret, { kids: [] }]) {
    it(`does not take ${JSON.stringify(other) ?? 'undefined'}`, () =>
      expectRefused(
        () => own().add(other as unknown as KeySet),
        /^KeySet.add: the argument must be a KeySet/,
        secret,
      ));
  }
});

describe('KeySet.find', () => {
  const one = () => KeySet.fromSecret(secret, { kid: 'one' });
  const two = () => one().add(KeySet.fromSecret(`${secret}.`, { kid: 'two' }));

  it('finds the key that is named', () => {
    expect(two().find('one')?.kid).to.equal('one');
    expect(two().find('two')?.kid).to.equal('two');
    expect(two().find('three')).to.equal(undefined);
  });

  it('finds the only key without a name, and none where there are several', () => {
    expect(one().find(undefined)?.kid).to.equal('one');
    expect(two().find(undefined)).to.equal(undefined);
  });

  it('finds no only key by a wrong name', () => {
    for (const kid of ['', 'ONE', 'one ', 'two', '../one']) expect(one().find(kid)).to.equal(undefined);
  });
});

describe('the lookup of a key', () => {
  const lookups: Watch[] = [[Map.prototype, 'get', 'has', 'values', 'keys', 'entries', 'forEach']];
  const keysOf = (count: number) => {
    const keys = KeySet.fromSecret(secret, { kid: 'key-0' });
    for (let index = 1; index < count; index++)
      keys.add(KeySet.fromSecret(`${secret}${String(index)}`, { kid: `key-${String(index)}` }));
    return keys;
  };

  it('costs the same in a set of eight keys as in a set of one', async () => {
    for (const count of [1, 8]) {
      const keys = keysOf(count);
      expect(await callsDuring(lookups, () => keys.find(`key-${String(count - 1)}`))).to.deep.equal(['get']);
    }
  });

  it('costs one more step while a key is about to end', async () => {
    const keys = keysOf(8).retire('key-3', { after: '1h' });
    expect(await callsDuring(lookups, () => keys.find('key-0'))).to.deep.equal(['get', 'get']);
  });
});

describe('a KeySet', () => {
  it('cannot be changed through what it lists', () => {
    const keys = KeySet.fromSecret(secret, { kid: 'one' });
    (keys.kids as string[]).push('two');
    expect(keys.kids).to.deep.equal(['one']);
  });

  it('serves a manager that is given it', async () => {
    const keys = await KeySet.generate('ES256');
    const manager = new JwtManager({ keys });
    const token = await manager.verify(await manager.createAccessToken('ada'));
    expect(token.identity).to.equal('ada');
  });
});
