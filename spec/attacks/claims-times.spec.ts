import { expect } from 'chai';
import {
  ConfigurationError,
  JwtManager,
  MemoryTokenStore,
  TokenExpiredError,
  TokenRevokedError,
} from '../../src';
import { reasonFor } from '../../src/errors/errors';
import { secret } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { expectInvalid, expectTaken, targetFor, type Target } from '../support/target';

const target = targetFor('HS256');
const { now } = target;

/** A token with claims as JSON text, for numbers that JavaScript does not write. */
function withText(claims: object, member: string): string {
  return target.sign(target.header(), JSON.stringify(target.claims(claims)).replace('}', `,${member}}`));
}

async function expectExpired({ manager }: Target, token: string): Promise<void> {
  const error = await refusalOf(manager.verify(token), TokenExpiredError);
  expect(error.toJSON()).to.deep.equal({ msg: 'Token has expired', code: 'ERR_JWT_EXPIRED' });
  expect(reasonFor(error).reason).to.equal('expired');
}

/** What is no time, as JSON writes it. */
const noTimes: [string, string][] = [
  ['null', 'null'],
  ['text', '"9999999999"'],
  ['text of a date', '"2030-01-01T00:00:00Z"'],
  ['empty text', '""'],
  ['true', 'true'],
  ['false', 'false'],
  ['a list', '[1767225900]'],
  ['an empty list', '[]'],
  ['an object', '{}'],
  ['infinity', '1e400'],
  ['minus infinity', '-1e400'],
  ['-1', '-1'],
  ['a little less than 0', '-0.5'],
  ['2^53', '9007199254740992'],
  ['9e15', '9e15'],
  ['what no Date can hold', '8640000000001'],
  ['milliseconds beyond what a Date can hold', '17672259000000'],
];

describe('C2: expiry', () => {
  for (const [name, json] of noTimes) {
    it(`is refused when it is ${name}`, () =>
      expectInvalid(target.manager, withText({ exp: undefined }, `"exp":${json}`), 'exp'));
  }

  it('is refused when it is absent', () =>
    expectInvalid(target.manager, target.sign(target.header(), target.claims({ exp: undefined })), 'exp'));

  for (const [name, options, longest] of [
    ['90 days', {}, 90 * 86_400],
    ['sessionTtl', { sessionTtl: '3650d' }, 315_360_000],
    ['refreshTokenTtl', { refreshTokenTtl: '10d', sessionTtl: '1d' }, 10 * 86_400],
    ['accessTokenTtl', { accessTokenTtl: '2d', refreshTokenTtl: '1h', sessionTtl: '1d' }, 2 * 86_400],
    ['sessionTtl, without a store', { store: false, sessionTtl: '100d' }, 100 * 86_400],
  ] as const) {
    it(`is refused when it is later after the issue than the longest lifetime: ${name}`, async () => {
      const own = targetFor('HS256', options);
      const at = (exp: number) => own.sign(own.header(), own.claims({ exp }));
      await expectTaken(own.manager, at(now + longest));
      await expectInvalid(own.manager, at(now + longest + 0.5), 'exp');
      await expectInvalid(own.manager, at(now + longest + 1), 'exp');
      await expectInvalid(own.manager, at(8_640_000_000_000), 'exp');
      await expectInvalid(own.manager, at(now * 1000), 'exp');
    });
  }

  it('of a token in a session is refused when it is more than ten years after the issue', async () => {
    const at = (exp: number) => target.sign(target.header(), target.claims({ sid: 'unknown', exp }));
    await refusalOf(target.manager.verify(at(now + 315_360_000)), TokenRevokedError);
    await expectInvalid(target.manager, at(now + 315_360_000.5), 'exp');
  });

  it('never outlives a logout everywhere that came after sessionTtl was lowered', async () => {
    const store = new MemoryTokenStore({ clock: target.clock });
    const longLived = targetFor('HS256', { store, sessionTtl: '365d', clock: target.clock });
    const lowered = targetFor('HS256', { store, sessionTtl: '90d', clock: target.clock });
    const text = await longLived.manager.createAccessToken('ada', { expiresIn: '365d' });
    await expectTaken(longLived.manager, text);
    await expectInvalid(lowered.manager, text, 'exp');
    const pair = await longLived.manager.createTokenPair('ada', { expiresIn: '200d' });
    await expectTaken(lowered.manager, pair.access_token);
    await lowered.manager.refresh(pair.refresh_token);
  });

  for (const [name, exp] of [
    ['0', 0],
    ['long ago', 1],
    ['a second ago', now - 1],
    ['a moment ago', now - 0.001],
    ['now', now],
  ] as const) {
    it(`is over when it is ${name}`, async () => {
      const iat = Math.max(0, exp - 60);
      await expectExpired(target, target.sign(target.header(), target.claims({ exp, iat, nbf: iat })));
    });
  }

  it('is said of a token only when everything else of it is good', async () => {
    const over = { exp: now - 1 };
    for (const [change, reason] of [
      [{ sub: '' }, 'sub'],
      [{ jti: undefined }, 'jti'],
      [{ nbf: now + 6 }, 'nbf'],
      [{ iat: now + 6 }, 'iat'],
      [{ aud: 'other' }, 'aud'],
      [{ roles: 'admin' }, 'roles'],
      [{ scope: '' }, 'scope'],
      [{ sid: 1 }, 'sid'],
    ] as const)
      await expectInvalid(
        target.manager,
        target.sign(target.header(), target.claims({ ...over, ...change })),
        reason,
      );
    const forged = target.sign(target.header(), target.claims(over)).slice(0, -4);
    await expectInvalid(target.manager, `${forged}AAAA`, 'signature');
  });
});

describe('C3: expiry between two seconds', () => {
  it('is kept to the millisecond', async () => {
    const own = targetFor('ES256');
    const token = own.sign(own.header(), own.claims({ exp: now + 0.5, iat: now - 0.25, nbf: now - 0.125 }));
    expect((await expectTaken(own.manager, token)).expiresAt.getTime()).to.equal(now * 1000 + 500);
    own.clock.advance(0.499);
    await expectTaken(own.manager, token);
    own.clock.advance(0.001);
    await expectExpired(own, token);
  });

  it('may be written with an exponent', async () => {
    await expectTaken(target.manager, withText({ exp: undefined }, `"exp":${String(now / 1e5)}9e5`));
  });
});

describe('C4: not before, and issued at', () => {
  for (const claim of ['nbf', 'iat'] as const) {
    for (const [name, json] of noTimes) {
      it(`${claim} is refused when it is ${name}`, () =>
        expectInvalid(target.manager, withText({ [claim]: undefined }, `"${claim}":${json}`), claim));
    }

    for (const seconds of [0, 0.05, 1, 5]) {
      it(`${claim} may be ${String(seconds)} s ahead: the clocks of two servers differ`, async () => {
        const text = target.sign(target.header(), target.claims({ [claim]: now + seconds }));
        await expectTaken(target.manager, text);
      });
    }

    for (const [name, seconds] of [
      ['more than five seconds', 5.001],
      ['six seconds', 6],
      ['a year', 31_536_000],
    ] as const) {
      it(`${claim} is refused when it is ${name} ahead`, () =>
        expectInvalid(
          target.manager,
          target.sign(target.header(), target.claims({ [claim]: now + seconds })),
          claim,
        ));
    }
  }

  it('need not both be there', async () => {
    const without = (claim: string) => target.sign(target.header(), target.claims({ [claim]: undefined }));
    await expectTaken(target.manager, without('nbf'));
    await expectInvalid(target.manager, without('iat'), 'iat');
  });

  it('may be the first second of all', async () => {
    const ancient = target.claims({ iat: 0, nbf: 0, exp: 90 * 86_400 });
    await expectExpired(target, target.sign(target.header(), ancient));
  });

  it('auth_time is refused when it is ahead, or no time', async () => {
    for (const [, json] of noTimes)
      await expectInvalid(target.manager, withText({}, `"auth_time":${json}`), 'auth_time');
    await expectInvalid(target.manager, withText({}, `"auth_time":${String(now + 6)}`), 'auth_time');
    await expectTaken(target.manager, withText({}, `"auth_time":${String(now + 5)}`));
    const token = await expectTaken(target.manager, withText({}, `"auth_time":${String(now)}`));
    expect(token.isFresh(0)).to.equal(true);
  });
});

describe('C5: the clock tolerance', () => {
  const tolerances = [0, 1, 60, 300];
  const offsets = [-1, -0.001, 0, 0.001, 1];

  for (const clockTolerance of tolerances) {
    const tolerant = targetFor('HS256', { clockTolerance });
    const at = (claim: string, offset: number) =>
      tolerant.sign(tolerant.header(), tolerant.claims({ iat: now - 600, nbf: now - 600, [claim]: offset }));

    it(`of ${String(clockTolerance)} s moves expiry by just that`, async () => {
      for (const offset of offsets) {
        const token = at('exp', now - clockTolerance + offset);
        if (offset > 0) await expectTaken(tolerant.manager, token);
        else await expectExpired(tolerant, token);
      }
    });

    for (const claim of ['nbf', 'iat', 'auth_time']) {
      it(`of ${String(clockTolerance)} s moves ${claim} by just that`, async () => {
        for (const offset of offsets) {
          const token = at(claim, now + clockTolerance + offset);
          if (offset <= 0) await expectTaken(tolerant.manager, token);
          else await expectInvalid(tolerant.manager, token, claim);
        }
      });
    }
  }

  const wrong: unknown[] = [
    NaN,
    -1,
    -0.5,
    0.5,
    301,
    3_600,
    Infinity,
    -Infinity,
    '60',
    '',
    '6m',
    '301s',
    '1h',
  ];
  for (const clockTolerance of [...wrong, null, true, {}, [60], 60n]) {
    it(`is refused at construction when it is ${String(clockTolerance)} (${typeof clockTolerance})`, async () => {
      const options = { secret, clockTolerance: clockTolerance as number };
      const error = await refusalOf(() => new JwtManager(options), ConfigurationError);
      expect(error.message).to.match(/^JwtManager: clockTolerance must be /);
    });
  }

  it('may be five minutes', () => {
    for (const clockTolerance of [0, 300, '0s', '5m', '300s']) new JwtManager({ secret, clockTolerance });
  });
});

describe('a clock that tells no time', () => {
  for (const [name, time] of [
    ['NaN', NaN],
    ['infinity', Infinity],
    ['minus infinity', -Infinity],
    ['undefined', undefined],
    ['null', null],
    ['text', '1767225600000'],
    ['a Date', new Date()],
    ['a promise', Promise.resolve(0)],
    ['a bigint', 1_767_225_600_000n],
  ] as const) {
    it(`neither verifies nor issues anything: ${name}`, async () => {
      const good = target.sign(target.header(), target.claims());
      const { manager } = targetFor('HS256', { clock: () => time as number });
      for (const attempt of [manager.verify(good), manager.createAccessToken('ada')]) {
        const error = await refusalOf(attempt, ConfigurationError);
        expect(error.message).to.match(/^clock must return Unix milliseconds/);
      }
    });
  }
});
