import { inspect } from 'node:util';
import { expect } from 'chai';
import { ConfigurationError, JwtManager, type JwtManagerOptions } from '../../src';
import { registeredClaims } from '../../src/claims/registered';
import { partsOf } from '../support/forge';
import { secret, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

const manager = testManager();
const issuers = ['createAccessToken', 'createRefreshToken', 'createTokenPair'] as const;

async function expectNotIssued(options: object, says: RegExp): Promise<void> {
  for (const create of issuers) {
    const error = await refusalOf(manager[create]('ada', options), ConfigurationError);
    expect(error.message).to.match(says);
  }
}

describe("C13: claims that would take the library's place", () => {
  const reserved = [
    ...Object.keys(registeredClaims),
    ...'sub jti iat nbf exp auth_time sid gen roles scope iss aud amr acr act client_id cnf typ token_use'.split(
      ' ',
    ),
  ];
  for (const name of new Set(reserved)) {
    it(`are refused at issue when one is called ${name}, whatever it says`, async () => {
      for (const value of ['x', 0, null, ['admin'], {}, undefined])
        await expectNotIssued(
          { claims: { [name]: value } },
          new RegExp(`^claims must not contain '${name}'`),
        );
    });
  }

  const smuggled: [string, object][] = [
    ['toJSON', { toJSON: () => ({ roles: ['admin'] }) }],
    [
      'toJSON of a class',
      new (class Claims {
        toJSON = () => ({ sid: 'session-1' });
      })(),
    ],
    ['a getter', Object.defineProperty({}, 'aud', { enumerable: true, get: () => 'other' })],
    ['a member that is not enumerable', Object.defineProperty({}, 'iss', { value: 'evil' })],
    ['a proxy', new Proxy({ a: 1 }, { ownKeys: () => ['a', 'exp'] })],
  ];
  for (const [name, claims] of smuggled) {
    it(`are refused at issue when it is smuggled in by ${name}`, () =>
      expectNotIssued({ claims }, /^claims must not contain '/));
  }

  const noClaims: unknown[] = [null, 0, 1, '', 'x', true, [], [{}], () => ({}), Symbol('x'), 1n, new Date()];
  const empty: unknown[] = [{ toJSON: () => undefined }, { toJSON: () => null }, { toJSON: () => ['x'] }];
  for (const claims of [...noClaims, ...empty, { toJSON: () => 'x' }]) {
    it(`are refused at issue when they are no object: ${inspect(claims)}`, () =>
      expectNotIssued({ claims }, /^claims must be an object/));
  }

  it('are refused at issue when they cannot be written', async () => {
    const throwing = {
      toJSON: () => {
        throw new Error('broken');
      },
    };
    const getter = Object.defineProperty({}, 'x', { enumerable: true, get: throwing.toJSON });
    for (const claims of [throwing, { x: throwing }, getter, { x: getter }])
      await expectNotIssued(
        { claims },
        /^claims must be JSON: no cycle, and no getter or toJSON that throws$/,
      );
  });

  const lost: [what: string, value: unknown, says: string][] = [
    ['NaN', NaN, 'NaN or Infinity'],
    ['Infinity', -Infinity, 'NaN or Infinity'],
    ['a function', () => 1, 'a function'],
    ['a class', class Lost {}, 'a function'],
    ['a symbol', Symbol('x'), 'a symbol'],
    ['a bigint', 1n, 'a bigint: write a string'],
    ['undefined in a list', [undefined], 'undefined in a list'],
    ['a Map', new Map([['a', 1]]), 'a Map, a Set or the like: write an object or a list'],
    ['a Set', new Set([1]), 'a Map, a Set or the like: write an object or a list'],
    ['a pattern', /x/, 'a Map, a Set or the like: write an object or a list'],
    ['a promise', Promise.resolve(1), 'a Map, a Set or the like: write an object or a list'],
    ['an error', new Error('x'), 'a Map, a Set or the like: write an object or a list'],
    ['bytes', new Uint8Array([1]), 'a Map, a Set or the like: write an object or a list'],
  ];
  for (const [what, value, says] of lost) {
    it(`are refused at issue by name when JSON would lose ${what}`, async () => {
      for (const claim of [value, { deep: [value] }]) {
        const claims = { before: { claim: 1 }, claim, after: 1 };
        const text = `claims must be JSON: the claim 'claim' cannot be or hold ${says}`;
        await expectNotIssued({ claims }, new RegExp(`^${text}$`));
      }
    });
  }

  for (const [name, claims] of [
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set(['a'])],
    ['an error', new Error('x')],
    ['bytes', new Uint8Array([1])],
  ] as const) {
    it(`are refused at issue when they are ${name} as a whole`, () =>
      expectNotIssued({ claims }, /^claims must be JSON: claims cannot be or hold a Map/));
  }

  it('may leave a member undefined, as classes do, and have a Date written by its toJSON', async () => {
    const at = new Date(0);
    const token = await manager.createAccessToken('ada', {
      claims: { none: undefined, deep: { none: undefined }, at },
    });
    expect((await manager.verify(token)).claims).to.deep.equal({ deep: {}, at: at.toJSON() });
  });

  it('may have any other name, those of inherited methods included', async () => {
    const claims = {
      email: 'ada@example.test',
      SUB: 'bob',
      ' sub': 'bob',
      'sub\0': 'bob',
      azp: 'x',
      nonce: 'n',
      toString: 'x',
      valueOf: 1,
      hasOwnProperty: false,
      isPrototypeOf: {},
      nested: { sub: 'bob', exp: 0, roles: ['admin'] },
    };
    const token = await manager.verify(await manager.createAccessToken('ada', { claims }));
    expect(token).to.deep.include({ identity: 'ada', roles: [] });
    expect(JSON.stringify(token.claims)).to.equal(JSON.stringify(claims));
  });

  const options = ['header', 'algorithm', 'keyid', 'kid', 'jwtid', 'subject', 'issuer', 'notBefore', 'exp'];
  for (const name of [
    ...options,
    'noTimestamp',
    'mutatePayload',
    'encoding',
    'type',
    'allowInsecureKeySizes',
  ]) {
    it(`do not come by an option ${name}, either`, () =>
      expectNotIssued({ [name]: { alg: 'none' } }, new RegExp(`has no option '${name}'`)));
  }

  it('leave the header alone', async () => {
    const claims = { header: { alg: 'none' }, alg: 'none', kid: '../../dev/null', crit: ['x'], b64: false };
    for (const create of ['createAccessToken', 'createRefreshToken'] as const) {
      const { header } = partsOf(await manager[create]('ada', { claims }));
      expect(header).to.have.all.keys('alg', 'typ', 'kid').and.include({ alg: 'HS256' });
    }
  });

  it('leave what was handed over as it was', async () => {
    const claims = Object.freeze({ list: Object.freeze([1]) });
    const given = Object.freeze({ claims, roles: Object.freeze(['a']), scopes: Object.freeze(['b']) });
    await manager.createTokenPair('ada', given);
    expect(given).to.deep.equal({ claims: { list: [1] }, roles: ['a'], scopes: ['b'] });
  });
});

describe('C15: lifetimes that mean something else', () => {
  const texts = ['3600', '0', '', ' ', '1', '1h ', ' 1h', '1 h', '1H', '1.5h', '-1s', '+1s', '1e3s', '0x10s'];
  const units = ['1w', '1y', '1ms', '10min', '1hour', '1 day', 's', 'h1', '1h30m', '1h\n', '1\0h', '\u0661h'];
  const numbers = [NaN, Infinity, -Infinity, -1, 0, -0, 0.5, 1.5, 1e400, 315_360_001, 2 ** 53, 1e15];
  const others = [null, true, false, {}, [], [60], ['15m'], 60n, new Date(), () => 60];
  const long = ['0s', '0d', '3651d', '999999999d', '9999999999s', 'Infinitys', 'NaNs', 'undefined', 'null'];
  const wrong: unknown[] = [...texts, ...units, ...long, ...numbers, ...others];

  for (const value of wrong) {
    it(`are refused: ${inspect(value)}`, async () => {
      await expectNotIssued({ expiresIn: value }, /^create\w+: expiresIn must be /);
      for (const name of ['accessTokenTtl', 'refreshTokenTtl', 'freshFor', 'hookTimeout']) {
        const options = { secret, [name]: value } as JwtManagerOptions;
        const error = await refusalOf(() => new JwtManager(options), ConfigurationError);
        expect(error.message).to.match(new RegExp(`^JwtManager: ${name} must be `));
      }
    });
  }

  it('are refused when they are longer than a logout is remembered, and the option to raise is named', async () => {
    for (const [options, longest] of [
      [{}, 90 * 86_400],
      [{ refreshTokenTtl: '100d' }, 100 * 86_400],
      [{ accessTokenTtl: '2h', refreshTokenTtl: '1h', sessionTtl: '1h' }, 7200],
    ] as const) {
      const manager = testManager(options);
      const message = `expiresIn must be at most ${String(longest)} seconds, the longest time that a revocation is kept. For more, raise sessionTtl of the JwtManager`;
      for (const create of issuers) {
        await manager[create]('ada', { expiresIn: `${String(longest)}s` });
        const later = manager[create]('ada', { expiresIn: `${String(longest + 1)}s` });
        const error = await refusalOf(later, ConfigurationError);
        expect(error.message).to.equal(message);
      }
    }
  });

  const right: [number | string | undefined, number][] = [
    [undefined, 900],
    [1, 1],
    ['1s', 1],
    ['90s', 90],
    ['15m', 900],
    ['2h', 7_200],
    ['30d', 2_592_000],
    [86_400, 86_400],
    ['3650d', 315_360_000],
    ['001m', 60],
  ];
  const lasting = testManager({ sessionTtl: '3650d' });

  it('need a unit above 24 hours, since a number may be in milliseconds, but for refresh tokens', async () => {
    for (const expiresIn of [86_401, 900_000, 315_360_000]) {
      for (const create of ['createAccessToken', 'createTokenPair'] as const) {
        const error = await refusalOf(lasting[create]('ada', { expiresIn }), ConfigurationError);
        expect(error.message).to.match(/^create\w+: expiresIn is a number of seconds, at most 86400\./);
      }
      const { claims } = partsOf(await lasting.createRefreshToken('ada', { expiresIn }));
      expect(Number(claims['exp']) - Number(claims['iat'])).to.equal(expiresIn);
    }
  });

  for (const [expiresIn, seconds] of right) {
    it(`are taken: ${String(expiresIn)} is ${String(seconds)} s`, async () => {
      const { claims } = partsOf(await lasting.createAccessToken('ada', { expiresIn }));
      expect(Number(claims['exp']) - Number(claims['iat'])).to.equal(seconds);
    });
  }
});
