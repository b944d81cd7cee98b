import { expect } from 'chai';
import { JwtManager, TokenInvalidError, type Algorithm } from '../../src';
import { reasonFor } from '../../src/errors/errors';
import { KeySet } from '../../src/keys/key-set';
import { keyPairFor } from '../support/keys';
import { otherSecret, secret, testClock } from '../support/manager';
import { expectRefused } from '../support/refused-key';
import { refusalOf } from '../support/rejected';

type Make = (kid: string) => KeySet;

const pair = (algorithm: 'ES256' | 'ES384' | 'RS256' | 'PS512'): Make => {
  const { privatePem } = keyPairFor(algorithm);
  return (kid) => KeySet.fromPem(privatePem, { algorithm, kid });
};
const publicHalf = (algorithm: 'ES256' | 'RS256', kid: string): KeySet =>
  KeySet.fromPem(keyPairFor(algorithm).publicPem, { algorithm, kid });

const rotations: [string, Make, Make, Algorithm][] = [
  [
    'a secret',
    (kid) => KeySet.fromSecret(secret, { kid }),
    (kid) => KeySet.fromSecret(otherSecret, { kid }),
    'HS256',
  ],
  [
    'a secret to a longer hash',
    (kid) => KeySet.fromSecret(secret, { kid }),
    (kid) => KeySet.fromSecret(otherSecret.repeat(2), { kid, algorithm: 'HS512' }),
    'HS512',
  ],
  ['an EC key', pair('ES256'), pair('ES384'), 'ES384'],
  ['an RSA key to an EC key', pair('RS256'), pair('ES256'), 'ES256'],
  ['an EC key to an RSA key', pair('ES256'), pair('PS512'), 'PS512'],
];

async function expectDead(manager: JwtManager, token: string): Promise<void> {
  const error = await refusalOf(manager.verify(token), TokenInvalidError);
  expect(reasonFor(error).reason).to.equal('kid');
}

describe('KeySet.rotate', () => {
  for (const [name, makeOld, makeNew, algorithm] of rotations) {
    it(`replaces ${name}: the new one signs, and both verify`, async () => {
      const keys = makeOld('old');
      const manager = new JwtManager({ keys });
      const before = await manager.createAccessToken('ada');
      expect(keys.rotate(makeNew('new'))).to.equal(keys);
      const after = await manager.createAccessToken('ada');
      expect({ kids: keys.kids, signs: keys.signingKid }).to.deep.equal({
        kids: ['old', 'new'],
        signs: 'new',
      });
      expect(keys.signer().algorithm).to.equal(algorithm);
      for (const token of [before, after]) expect((await manager.verify(token)).identity).to.equal('ada');
    });

    it(`ends ${name} when it is retired`, async () => {
      const keys = makeOld('old');
      const manager = new JwtManager({ keys });
      const before = await manager.createAccessToken('ada');
      keys.rotate(makeNew('new')).retire('old');
      await expectDead(manager, before);
      expect((await manager.verify(await manager.createAccessToken('ada'))).identity).to.equal('ada');
      expect(keys.kids).to.deep.equal(['new']);
    });
  }

  it('keeps a session through a rotation: its refresh token is exchanged for one of the new key', async () => {
    const keys = pair('ES256')('old');
    const manager = new JwtManager({ keys });
    const { refresh_token: before } = await manager.createTokenPair('ada');
    keys.rotate(pair('RS256')('new'));
    const { refresh_token: after } = await manager.refresh(before ?? '');
    keys.retire('old');
    expect((await manager.refresh(after ?? '')).token_type).to.equal('Bearer');
  });

  it('signs with a key that was added before, so that other processes know it first', async () => {
    const keys = pair('ES256')('old').add(publicHalf('RS256', 'new'));
    keys.rotate(pair('RS256')('new'));
    expect({ kids: keys.kids, signs: keys.signingKid }).to.deep.equal({ kids: ['old', 'new'], signs: 'new' });
    const manager = new JwtManager({ keys });
    expect((await manager.verify(await manager.createAccessToken('ada'))).identity).to.equal('ada');
  });

  it('goes back to the previous key, which is then no longer retired', () => {
    const keys = pair('ES256')('one');
    keys
      .rotate(pair('RS256')('two'))
      .retire('one', { after: '1h' })
      .rotate(pair('ES256')('one'))
      .retire('two');
    expect({ kids: keys.kids, signs: keys.signingKid }).to.deep.equal({ kids: ['one'], signs: 'one' });
  });

  it('goes back to a set that it has rotated to before', () => {
    const clock = testClock();
    const [one, two] = [pair('ES256')('one'), pair('RS256')('two')];
    const keys = pair('ES384')('zero').rotate(one).rotate(two);
    keys.retire('one', { after: '1h', clock }).rotate(one);
    clock.advance(3600);
    expect({ kids: keys.kids, signs: keys.signingKid }).to.deep.equal({
      kids: ['zero', 'one', 'two'],
      signs: 'one',
    });
  });

  it('gives a set that only verified a key to sign with', () => {
    const keys = publicHalf('ES256', 'one');
    expect(keys.signingKid).to.equal(undefined);
    expect(keys.rotate(pair('RS256')('two')).signingKid).to.equal('two');
  });

  it('takes all keys of the other set, and those that are there already once', () => {
    const keys = pair('ES256')('old');
    keys.rotate(pair('RS256')('new').add(publicHalf('ES256', 'old')).add(pair('ES384')('more')));
    expect({ kids: keys.kids, signs: keys.signingKid }).to.deep.equal({
      kids: ['old', 'new', 'more'],
      signs: 'new',
    });
    expect(keys.find('more')?.signingKey?.type).to.equal(undefined);
  });

  const refused: [string, () => KeySet | undefined, RegExp][] = [
    ['nothing', () => undefined, /^KeySet.rotate: the argument must be a KeySet/],
    ['a set that only verifies', () => publicHalf('RS256', 'new'), /only verifies/],
    ['a secret', () => KeySet.fromSecret(secret), /secrets or key pairs, not both/],
    ['another key of the same name', () => pair('RS256')('old'), /two keys with the kid 'old'/],
    ['the same key for another algorithm', () => pair('PS512')('rsa'), /two keys with the kid 'rsa'/],
    [
      'a set with another key of the same name',
      () => pair('ES384')('new').add(publicHalf('RS256', 'old')),
      /two keys/,
    ],
  ];
  for (const [name, make, says] of refused) {
    it(`refuses ${name} and leaves everything as it was`, async () => {
      const keys = pair('ES256')('old').add(publicHalf('RS256', 'rsa'));
      await expectRefused(() => keys.rotate(make() as KeySet), says, secret);
      expect({ kids: keys.kids, signs: keys.signingKid }).to.deep.equal({
        kids: ['old', 'rsa'],
        signs: 'old',
      });
    });
  }
});

describe('KeySet.retire', () => {
  const rotated = () => pair('ES256')('old').rotate(pair('RS256')('new'));
  const ends: [string, (start: number) => string | number | Date, number][] = [
    ['seconds', () => 900, 900],
    ['a duration', () => '30d', 2_592_000],
    ['a Date', (start) => new Date(start + 60_500), 60.5],
  ];
  for (const [name, after, seconds] of ends) {
    it(`lets a key verify until its end, given as ${name}`, () => {
      const clock = testClock();
      const keys = rotated().retire('old', { after: after(clock()), clock });
      clock.advance(seconds - 0.001);
      expect(keys.find('old')?.kid).to.equal('old');
      expect(keys.kids).to.deep.equal(['old', 'new']);
      clock.advance(0.001);
      expect(keys.find('old')).to.equal(undefined);
      expect(keys.kids).to.deep.equal(['new']);
      expect(keys.find(undefined)?.kid).to.equal('new');
    });
  }

  const atOnce: [string, object | undefined][] = [
    ['no options', undefined],
    ['0', { after: 0 }],
    ['a Date that has passed', { after: new Date(0) }],
  ];
  for (const [name, options] of atOnce) {
    it(`ends a key at once with ${name}`, () => {
      expect(rotated().retire('old', options).kids).to.deep.equal(['new']);
    });
  }

  it('takes another end later', () => {
    const keys = rotated().retire('old', { after: '1h' });
    expect(keys.retire('old').kids).to.deep.equal(['new']);
  });

  it('keeps no key alive by a clock that tells no time', () => {
    const clock = testClock();
    let now: () => number = clock;
    const keys = rotated().retire('old', { after: '1h', clock: () => now() });
    now = () => NaN;
    expect(keys.find('old')).to.equal(undefined);
  });

  it('leaves the name to another key', () => {
    const keys = rotated().retire('old');
    expect(keys.add(pair('ES384')('old')).find('old')?.algorithm).to.equal('ES384');
  });

  it('ends every verification with the key, with the same Key object until then', () => {
    const clock = testClock();
    const keys = pair('ES256')('old');
    const key = keys.find('old');
    keys.rotate(pair('RS256')('new')).retire('old', { after: '1m', clock });
    expect(keys.find('old')).to.equal(key);
    clock.advance(60);
    expect(keys.find('old')).to.equal(undefined);
  });

  const refused: [string, string, unknown, RegExp][] = [
    ['a key that is not there', 'none', {}, /no key 'none'. The keys are: old, new/],
    ['the key that signs', 'new', {}, /'new' is the key that signs. Call rotate\(\)/],
    ['a duration without a unit', 'old', { after: '3600' }, /KeySet.retire: after must be a whole number/],
    ['a negative duration', 'old', { after: -1 }, /KeySet.retire: after must be between/],
    ['a Date that is none', 'old', { after: new Date(NaN) }, /KeySet.retire: after must be a valid Date/],
    ['null', 'old', { after: null }, /KeySet.retire: after must be/],
    ['a clock that is none', 'old', { clock: 1 }, /KeySet.retire: clock must be a function/],
    ['a clock that tells no time', 'old', { clock: () => NaN }, /KeySet.retire: after must be/],
    ['an unknown option', 'old', { at: 1 }, /KeySet.retire has no option 'at'/],
    ['options that are none', 'old', '30d', /KeySet.retire: the options must be an object/],
  ];
  for (const [name, kid, options, says] of refused) {
    it(`refuses ${name}`, async () => {
      const keys = rotated();
      await expectRefused(() => keys.retire(kid, options as object), says);
      expect(keys.kids).to.deep.equal(['old', 'new']);
    });
  }

  it('refuses a key that has ended', async () => {
    const keys = rotated().retire('old');
    await expectRefused(() => keys.retire('old'), /no key 'old'. The keys are: new/);
  });
});
