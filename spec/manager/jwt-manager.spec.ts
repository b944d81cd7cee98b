import { expect } from 'chai';
import { IsEmail, IsIn, IsOptional } from 'class-validator';
import { inspect } from 'node:util';
import { JwtManager, KeySet, Token, type IssuedEvent, type RejectedEvent } from '../../src';
import { coreOf } from '../../src/manager/manager-base';
import {
  ConfigurationError,
  TokenExpiredError,
  TokenInvalidError,
  WrongTokenTypeError,
} from '../../src/errors/errors';
import { partsOf } from '../support/forge';
import { otherSecret, secret, startOfTime, testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

const now = startOfTime / 1000;

describe('JwtManager issues', () => {
  const clock = testClock();
  const jwtManager = testManager({ clock, issuer: 'https://issuer.test', audience: ['api', 'admin'] });

  it('access tokens with the claims and the header that they must have', async () => {
    const { header, claims } = partsOf(await jwtManager.createAccessToken('ada'));
    expect(header).to.have.all.keys('alg', 'typ', 'kid').and.include({ alg: 'HS256', typ: 'at+jwt' });
    expect(claims).to.deep.equal({
      sub: 'ada',
      jti: claims['jti'],
      iat: now,
      nbf: now,
      exp: now + 900,
      iss: 'https://issuer.test',
      aud: ['api', 'admin'],
    });
    expect(Buffer.from(String(claims['jti']), 'base64url')).to.have.length(16);
  });

  it('every option where it belongs', async () => {
    const token = await jwtManager.createAccessToken('ada', {
      claims: { email: 'ada@example.test', list: [1, { deep: true }] },
      roles: ['member', 'clerk', 'member'],
      scopes: 'read write',
      fresh: true,
      expiresIn: '2h',
      audience: 'other',
    });
    expect(partsOf(token).claims).to.deep.include({
      email: 'ada@example.test',
      list: [1, { deep: true }],
      roles: ['member', 'clerk'],
      scope: 'read write',
      auth_time: now,
      exp: now + 7200,
      aud: 'other',
    });
  });

  it('refresh tokens of a type of their own', async () => {
    const { header, claims } = partsOf(await jwtManager.createRefreshToken('ada'));
    expect(header).to.include({ typ: 'rt+jwt' });
    expect(claims).to.include({ sub: 'ada', exp: now + 30 * 86_400 });
  });

  it('pairs as the body of a token response, fresh unless told otherwise', async () => {
    const pair = await jwtManager.createTokenPair('ada', { scopes: ['read', 'write'], expiresIn: '5m' });
    expect(pair).to.have.all.keys('access_token', 'token_type', 'expires_in', 'refresh_token', 'scope');
    expect(pair).to.include({ token_type: 'Bearer', expires_in: 300, scope: 'read write' });
    expect(partsOf(pair.access_token).claims).to.include({ auth_time: now, exp: now + 300 });
    expect(partsOf(pair.refresh_token).claims).to.include({ auth_time: now, exp: now + 30 * 86_400 });
    const stale = await jwtManager.createTokenPair('ada', { fresh: false });
    expect(stale).not.to.have.property('scope');
    expect(partsOf(stale.access_token).claims).not.to.have.property('auth_time');
  });

  it('a user without roles and scopes', async () => {
    const { claims } = partsOf(await jwtManager.createAccessToken('ada', { roles: [], scopes: [] }));
    expect(claims).not.to.have.any.keys('roles', 'scope');
  });

  it('6,000 bytes of claims', async () => {
    const own = { text: 'x'.repeat(5_850) };
    const token = await testManager().createAccessToken('ada', { claims: own });
    expect(JSON.stringify(partsOf(token).claims).length).to.be.within(5_900, 6_100);
    expect((await testManager().verify(token)).claims).to.deep.equal(own);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  let deep: unknown = 'end';
  for (let level = 0; level < 40; level++) deep = [deep];
  let veryDeep: unknown = 'end';
  for (let level = 0; level < 50_000; level++) veryDeep = [veryDeep];

  const refusedOptions: [string, object, string][] = [
    ['an unknown option', { role: 'admin' }, "has no option 'role'"],
    ['claims that are no object', { claims: ['x'] }, 'claims must be an object'],
    ['claims with a cycle', { claims: cyclic }, 'no cycle'],
    ['claims that are nested too deep', { claims: { deep } }, 'nested at most'],
    ['claims that overflow the stack', { claims: { veryDeep } }, 'less nesting'],
    ['claims that are too large', { claims: { text: 'x'.repeat(7_000) } }, 'claims are too large'],
    ['an empty role', { roles: [''] }, 'roles must be'],
    ['a role that is a number', { roles: [1] }, 'roles must be'],
    ['a scope with a quote', { scopes: 'a"b' }, 'scopes must be'],
    ['a scope with two spaces', { scopes: 'a  b' }, 'scopes must be'],
    ['a fresh that is no boolean', { fresh: 'yes' }, 'fresh must be'],
    ['an empty audience', { audience: [] }, 'audience must be'],
    ['a lifetime without a unit', { expiresIn: '3600' }, 'expiresIn must be'],
    ['a lifetime of nothing', { expiresIn: 0 }, 'expiresIn must be'],
    ['a negative lifetime', { expiresIn: -1 }, 'expiresIn must be'],
    ['an endless lifetime', { expiresIn: Infinity }, 'expiresIn must be'],
    ['a lifetime that is no number', { expiresIn: NaN }, 'expiresIn must be'],
    ['a lifetime of eleven years', { expiresIn: '4015d' }, 'expiresIn must be'],
  ];

  for (const name of [
    'sub',
    'jti',
    'iat',
    'nbf',
    'exp',
    'auth_time',
    'sid',
    'roles',
    'scope',
    'iss',
    'aud',
  ]) {
    refusedOptions.push([
      `a claim called ${name}`,
      { claims: { [name]: 'x' } },
      `must not contain '${name}'`,
    ]);
  }
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    const claims = Object.defineProperty({}, name, { value: { admin: true }, enumerable: true });
    refusedOptions.push([`a claim called ${name}`, { claims }, `must not contain '${name}'`]);
  }

  for (const [name, options, message] of refusedOptions) {
    it(`nothing with ${name}`, async () => {
      for (const create of ['createAccessToken', 'createRefreshToken', 'createTokenPair'] as const) {
        const error = await refusalOf(jwtManager[create]('ada', options), ConfigurationError);
        expect(error.message).to.include(message);
      }
    });
  }

  for (const identity of [undefined, null, 1, {}, [], '', 'x'.repeat(256), 'a\u0000b', 'a\nb', '\ud800']) {
    it(`nothing for the identity ${inspect(identity).slice(0, 20)}`, async () => {
      const error = await refusalOf(jwtManager.createAccessToken(identity as string), ConfigurationError);
      expect(error.message).to.include('identity must be a string');
    });
  }

  it('and tells listeners, without the text', async () => {
    const events: IssuedEvent[] = [];
    const manager = testManager({ clock }).on('issued', (event) => events.push(event));
    const token = await manager.verify(await manager.createAccessToken('ada'));
    expect(events).to.deep.equal([
      {
        type: 'access',
        identity: 'ada',
        tokenId: token.id,
        sessionId: undefined,
        expiresAt: new Date(startOfTime + 900_000),
      },
    ]);
  });
});

describe('JwtManager verifies', () => {
  it('what it issued, into a frozen token', async () => {
    const jwtManager = testManager({ clock: testClock() });
    const text = await jwtManager.createAccessToken('ada', {
      claims: { email: 'a@b.test', nested: { list: [1] } },
      roles: 'member',
      scopes: ['read'],
      fresh: true,
    });
    const token = await jwtManager.verify(text);
    expect(token).to.be.instanceOf(Token);
    expect(token).to.deep.include({ identity: 'ada', type: 'access', roles: ['member'], scopes: ['read'] });
    expect(token.claims).to.deep.equal({ email: 'a@b.test', nested: { list: [1] } });
    expect(token.issuedAt).to.deep.equal(new Date(startOfTime));
    expect(token.authenticatedAt).to.deep.equal(new Date(startOfTime));
    expect(token.expiresAt).to.deep.equal(new Date(startOfTime + 900_000));
    expect(token.sessionId).to.equal(undefined);
    expect(token.raw).to.equal(text);
    for (const part of [token, token.claims, token.roles, token.scopes, token.claims['nested']]) {
      expect(part).to.be.frozen;
    }
  });

  it('without the text in what is printed, logged or spread', async () => {
    const jwtManager = testManager();
    const text = await jwtManager.createAccessToken('ada');
    const token = await jwtManager.verify(text);
    for (const print of [
      JSON.stringify(token),
      inspect(token, { depth: 9 }),
      JSON.stringify(Object.assign({}, token)),
    ]) {
      expect(print).to.include('ada').and.not.include(text.slice(0, 12));
    }
  });

  it('only the type that is expected', async () => {
    const jwtManager = testManager();
    const [access, refresh] = [
      await jwtManager.createAccessToken('a'),
      await jwtManager.createRefreshToken('a'),
    ];
    await refusalOf(jwtManager.verify(refresh), WrongTokenTypeError);
    await refusalOf(jwtManager.verify(access, { type: 'refresh' }), WrongTokenTypeError);
    expect((await jwtManager.verify(refresh, { type: 'refresh' })).type).to.equal('refresh');
    expect((await jwtManager.verify(refresh, { type: 'any' })).type).to.equal('refresh');
    await refusalOf(jwtManager.verify(access, { type: 'id' as 'any' }), ConfigurationError);
  });

  it('until the second in which it expires, and never after', async () => {
    const clock = testClock();
    const jwtManager = testManager({ clock, accessTokenTtl: 10, clockTolerance: 5 });
    const text = await jwtManager.createAccessToken('ada');
    clock.advance(14.999);
    await jwtManager.verify(text);
    clock.advance(0.001);
    const error = await refusalOf(jwtManager.verify(text), TokenExpiredError);
    expect(error.toJSON()).to.deep.equal({ msg: 'Token has expired', code: 'ERR_JWT_EXPIRED' });
  });

  it('the freshness of a login by age', async () => {
    const clock = testClock();
    const jwtManager = testManager({ clock, freshFor: 60 });
    const token = await jwtManager.verify(await jwtManager.createAccessToken('ada', { fresh: true }));
    expect([token.isFresh(), token.isFresh(0)]).to.deep.equal([true, true]);
    clock.advance(60);
    expect([token.isFresh(), token.isFresh('1m'), token.isFresh(59)]).to.deep.equal([true, true, false]);
    clock.advance(1);
    expect([token.isFresh(), token.isFresh('2m')]).to.deep.equal([false, true]);
    expect(() => token.isFresh('60')).to.throw(ConfigurationError, 'maxAge');
    const plain = await jwtManager.verify(await jwtManager.createAccessToken('ada'));
    expect(plain.isFresh()).to.equal(false);
    expect(plain.authenticatedAt).to.equal(undefined);
  });

  it('and reports what it refused, with the reason that the client is not told', async () => {
    const events: RejectedEvent[] = [];
    const jwtManager = testManager().on('rejected', (event) => events.push(event));
    const other = testManager({ secret: otherSecret });
    const error = await refusalOf(jwtManager.verify(await other.createAccessToken('a')), TokenInvalidError);
    expect(events).to.have.length(1);
    expect(events[0]).to.deep.include({ code: 'ERR_JWT_INVALID', error });
    expect(['kid', 'signature']).to.include(events[0]?.reason);
  });

  it('undisturbed by listeners that throw or reject', async () => {
    const warned: Error[] = [];
    const onWarning = (warning: Error) => warned.push(warning);
    process.on('warning', onWarning);
    const jwtManager = testManager()
      .on('rejected', () => {
        throw new Error('broken listener');
      })
      .on('rejected', () => Promise.reject(new Error('broken listener')));
    await refusalOf(jwtManager.verify('x'), TokenInvalidError);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warned.map(({ name }) => name)).to.deep.equal(['JwtListenerWarning', 'JwtListenerWarning']);
  });
});

describe('claims with a class', () => {
  class UserClaims {
    @IsEmail()
    email!: string;

    @IsOptional()
    @IsIn(['free', 'paid'])
    plan?: string;
  }

  const jwtManager = new JwtManager({ secret, claims: UserClaims });

  it('are an instance of it, typed', async () => {
    const token = await jwtManager.verify(
      await jwtManager.createAccessToken('ada', {
        claims: Object.assign(new UserClaims(), { email: 'ada@example.test' }),
      }),
    );
    const email: string = token.claims.email;
    expect(email).to.equal('ada@example.test');
    expect(token.claims).to.be.instanceOf(UserClaims).and.be.frozen;
  });

  const unfit: [name: string, claims: object | undefined, misfits: string][] = [
    ['a wrong value', { email: 'no address' }, 'email'],
    ['a claim that the class does not know', { email: 'a@b.test', extra: 1 }, 'extra'],
    ['two claims', { email: 'no address', plan: 'none' }, 'email, plan'],
    ['a claim that is missing', {}, 'email'],
    ['no claims at all', undefined, 'email'],
  ];

  for (const [name, claims, misfits] of unfit) {
    it(`are refused at issue: ${name}`, async () => {
      const options = claims && { claims: claims as UserClaims };
      const error = await refusalOf(jwtManager.createAccessToken('ada', options), ConfigurationError);
      expect(error.message).to.equal(`claims do not fit UserClaims: see its decorators for ${misfits}`);
    });
  }

  it('are refused at verify when they do not fit, and lose what the class no longer knows', async () => {
    const loose = testManager();
    const bad = await loose.createAccessToken('ada', { claims: { email: 1 } });
    await refusalOf(jwtManager.verify(bad), TokenInvalidError);
    const old = await loose.createAccessToken('ada', { claims: { email: 'a@b.test', gone: true } });
    expect(JSON.parse(JSON.stringify((await jwtManager.verify(old)).claims))).to.deep.equal({
      email: 'a@b.test',
    });
  });
});

describe('JwtManager refuses at construction', () => {
  const options: [string, object | undefined, string][] = [
    [
      'no options',
      undefined,
      'the options must be an object, such as { secret: process.env.JWT_SECRET_KEY }',
    ],
    ['an unknown option', { secret, algorithm: 'HS256' }, "has no option 'algorithm'"],
    ['a secret and keys', { secret, keys: KeySet.fromSecret(secret) }, 'either secret or keys'],
    ['keys that are none', { keys: {} }, 'keys must be a KeySet'],
    ['an empty issuer', { secret, issuer: '' }, 'issuer must be'],
    ['an issuer that is a pattern', { secret, issuer: /x/ }, 'issuer must be'],
    ['an empty audience', { secret, audience: '' }, 'audience must be'],
    ['no audience', { secret, audience: [] }, 'audience must be'],
    ['an audience that is a pattern', { secret, audience: [/x/] }, 'audience must be'],
    ['a lifetime without a unit', { secret, accessTokenTtl: '900' }, 'accessTokenTtl must be'],
    ['a lifetime with an unknown unit', { secret, refreshTokenTtl: '1y' }, 'refreshTokenTtl must be'],
    ['a lifetime of nothing', { secret, accessTokenTtl: 0 }, 'accessTokenTtl must be'],
    [
      'a lifetime that looks like milliseconds',
      { secret, accessTokenTtl: 900_000 },
      'accessTokenTtl is a number of seconds, at most 86400. Is it in milliseconds? For more, write the unit',
    ],
    ['a tolerance that is too large', { secret, clockTolerance: 301 }, 'clockTolerance must be'],
    ['a negative tolerance', { secret, clockTolerance: -1 }, 'clockTolerance must be'],
    ['a tolerance that is text', { secret, clockTolerance: '60' }, 'clockTolerance must be'],
    ['a tolerance that is no number', { secret, clockTolerance: NaN }, 'clockTolerance must be'],
    ['an endless tolerance', { secret, clockTolerance: Infinity }, 'clockTolerance must be'],
    ['a freshness of nothing', { secret, freshFor: 0 }, 'freshFor must be'],
    ['a freshness in milliseconds', { secret, freshFor: 900_000 }, 'freshFor is a number of seconds'],
    ['claims that are no class', { secret, claims: {} }, 'claims must be a class'],
    [
      'claims whose class has no decorators',
      { secret, claims: class Plain {} },
      'class-validator decorators',
    ],
    ['claims that are a function', { secret, claims: () => ({}) }, 'class-validator decorators'],
    ['a clock that is a number', { secret, clock: 1 }, 'clock must be'],
    ['a hook that may hang for ever', { secret, hookTimeout: '1h' }, 'hookTimeout must be'],
    ['a store that is just wanted', { secret, store: true }, 'store must be a TokenStore'],
    ['a store without its verbs', { secret, store: {} }, 'store must be a TokenStore'],
  ];

  for (const [name, given, message] of options) {
    it(name, () => {
      const construct = () => new JwtManager(given as object);
      expect(construct).to.throw(ConfigurationError, message);
      expect(construct).to.throw(/^(JwtManager: |JwtManager has |KeySet\b|secret )/);
      expect(construct).not.to.throw(secret);
    });
  }

  it('and never shows its keys', () => {
    const jwtManager = testManager({ issuer: 'me' });
    for (const print of [inspect(jwtManager, { depth: 9, showHidden: true }), JSON.stringify(jwtManager)]) {
      expect(print).to.include('[redacted]').and.not.include(secret.slice(0, 12));
    }
  });
});

describe('JwtManager listens', () => {
  it('to every event that there is, and to no other', async () => {
    const jwtManager = testManager();
    const names = [
      'issued',
      'rejected',
      'sessionCreated',
      'sessionRotated',
      'sessionReplayed',
      'sessionReused',
    ];
    for (const name of [...names, 'sessionRevoked'])
      expect(jwtManager.on(name as 'issued', () => undefined)).to.equal(jwtManager);
    const { message } = await refusalOf(
      () => jwtManager.on('rejectd' as 'rejected', () => undefined),
      ConfigurationError,
    );
    expect(message).to.match(/^there is no event 'rejectd'; there are: issued, rejected, session/);
    const listener = 'log' as unknown as () => void;
    await refusalOf(() => jwtManager.on('rejected', listener), ConfigurationError);
  });

  it('and hands out nothing of its settings but limits', () => {
    const { tokenLimit, ...durations } = coreOf(testManager()).limits;
    expect(durations).to.deep.equal({ freshFor: 900, hookTimeout: 5, rotationGrace: 10 });
    expect(tokenLimit).to.deep.include({ length: 8192 });
    expect(coreOf(testManager({ store: false })).limits).to.include({ rotationGrace: 0 });
  });
});

describe('JwtManager without a store', () => {
  const jwtManager = testManager({ store: false });

  const verbs: [string, () => Promise<unknown>][] = [
    ['refresh', () => jwtManager.refresh('text')],
    ['revoke', () => jwtManager.revoke('text')],
    ['revokeSession', () => jwtManager.revokeSession('session')],
    ['revokeAll', () => jwtManager.revokeAll('ada')],
    ['listSessions', () => jwtManager.listSessions('ada')],
    ['forget', () => jwtManager.forget('ada')],
    ['createRefreshToken', () => jwtManager.createRefreshToken('ada')],
    ['createTokenPair', () => jwtManager.createTokenPair('ada')],
  ];

  for (const [name, attempt] of verbs) {
    it(`says that ${name} needs one`, async () => {
      const { message } = await refusalOf(attempt, ConfigurationError);
      expect(message).to.equal(`${name} needs a store: remove the option store: false`);
    });
  }

  it('issues access tokens, and verifies them', async () => {
    const { identity, sessionId } = await jwtManager.verify(await jwtManager.createAccessToken('ada'));
    expect({ identity, sessionId }).to.deep.equal({ identity: 'ada', sessionId: undefined });
  });
});

describe('JwtManager at run time', () => {
  it('has the members that are documented, and none of its insides', () => {
    const members = new Set<string | symbol>();
    const manager = testManager();
    for (let link: object = manager; link !== Object.prototype; link = Object.getPrototypeOf(link) as object)
      for (const key of Reflect.ownKeys(link)) members.add(key);
    expect([...members].filter((key) => key !== inspect.custom)).to.have.members([
      'constructor',
      'createAccessToken',
      'createRefreshToken',
      'createTokenPair',
      'verify',
      'refresh',
      'revoke',
      'revokeSession',
      'revokeAll',
      'forget',
      'listSessions',
      'createTicket',
      'redeemTicket',
      'onSessionEnd',
      'on',
      'off',
      'toJSON',
    ]);
    expect(Object.keys(manager)).to.deep.equal([]);
  });
});
