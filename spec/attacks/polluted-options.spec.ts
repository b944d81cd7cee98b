import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import 'reflect-metadata';
import { expect } from 'chai';
import { IsString } from 'class-validator';
import { getMetadataArgsStorage } from 'routing-controllers';
import {
  authenticateUpgrade,
  BearerHeader,
  ConfigurationError,
  createAuthorizationChecker,
  createJwksController,
  createOAuthController,
  createTokenController,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  JwtManager,
  KeySet,
  MemoryTokenStore,
  TokenCookies,
  TokenMissingError,
  type AttemptLimit,
  type AuthorizationCheckerOptions,
  type BearerHeaderOptions,
  type IssueOptions,
  type JwksControllerOptions,
  type JwtManagerOptions,
  type JwtRequirement,
  type MemoryTokenStoreOptions,
  type OAuthControllerOptions,
  type RefreshOptions,
  type RevokeAllOptions,
  type ListSessionsOptions,
  type RevokeSessionOptions,
  type ThrottleOptions,
  type TokenControllerOptions,
  type TokenCookiesOptions,
  type UpgradeRequirement,
  type VerifyExpectations,
} from '../../src';
import { requirementKeys, ruleFor } from '../../src/authentication/requirement';
import { RedisTokenStore, type RedisTokenStoreOptions } from '../../src/redis';
import { tokenStoreSuite, type TokenStoreSuiteOptions } from '../../src/testing';
import { request, startApp } from '../support/app';
import { keyPairFor } from '../support/keys';
import { secret, testManager } from '../support/manager';
import { withPolluted } from '../support/polluted';
import { refusalOf } from '../support/rejected';

/** Every option of an API; the compiler sees to it that none is missing. */
type Names<T> = Readonly<Record<keyof T & string, true>>;

class PollutedLoginDto {
  @IsString() username!: string;
}

const login = { credentials: PollutedLoginDto, authenticate: () => null };
const manager = testManager();
const publishing = new JwtManager({ keys: KeySet.fromPem(keyPairFor('ES256').privatePem), store: false });
const plainRedis = { evalSha: () => Promise.reject(new Error()), eval: () => Promise.reject(new Error()) };
const issueOptions: Names<IssueOptions> = {
  claims: true,
  roles: true,
  scopes: true,
  fresh: true,
  authenticatedAt: true,
  expiresIn: true,
  audience: true,
  session: true,
  amr: true,
  acr: true,
  actor: true,
  clientId: true,
};
const requirement: Names<JwtRequirement> = {
  type: true,
  optional: true,
  fresh: true,
  roles: true,
  scopes: true,
  check: true,
  acr: true,
  actor: true,
  ticket: true,
  locations: true,
  skipRevocationCheck: true,
  manager: true,
};

function upgradeRequest(token?: string): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.url = '/';
  request.method = 'GET';
  if (token !== undefined) request.headers = { authorization: `Bearer ${token}` };
  return request;
}

/** What takes options, all of its options, and a call that gives none of them. */
const calls: [string, Readonly<Record<string, true>>, () => unknown][] = [
  [
    'new JwtManager',
    {
      secret: true,
      keys: true,
      issuer: true,
      audience: true,
      trustedIssuers: true,
      accessTokenTtl: true,
      refreshTokenTtl: true,
      clockTolerance: true,
      freshFor: true,
      sessionTtl: true,
      rotationGrace: true,
      maxSessions: true,
      claims: true,
      claimsFor: true,
      store: true,
      storeTimeout: true,
      maxTokenLength: true,
      cache: true,
      hookTimeout: true,
      clock: true,
    } satisfies Names<JwtManagerOptions>,
    () => new JwtManager({ secret }),
  ],
  ['createAccessToken', issueOptions, () => manager.createAccessToken('ada')],
  ['createRefreshToken', issueOptions, () => manager.createRefreshToken('ada')],
  ['createTokenPair', issueOptions, () => manager.createTokenPair('ada')],
  [
    'the option session',
    { userAgent: true, ip: true, label: true, ttl: true } satisfies Names<
      NonNullable<IssueOptions['session']>
    >,
    () => manager.createTokenPair('ada', { session: {} }),
  ],
  [
    'verify',
    { type: true } satisfies Names<VerifyExpectations>,
    async () => manager.verify(await manager.createAccessToken('ada')),
  ],
  [
    'refresh',
    { session: true, fresh: true, amr: true, acr: true } satisfies Names<RefreshOptions>,
    async () => manager.refresh(await manager.createRefreshToken('ada')),
  ],
  [
    'revokeSession',
    { identity: true } satisfies Names<RevokeSessionOptions>,
    () => manager.revokeSession('x'),
  ],
  [
    'listSessions',
    { limit: true, after: true } satisfies Names<ListSessionsOptions>,
    () => manager.listSessions('ada'),
  ],
  ['revokeAll', { except: true } satisfies Names<RevokeAllOptions>, () => manager.revokeAll('bob')],
  ['KeySet.fromSecret', { algorithm: true, kid: true }, () => KeySet.fromSecret(secret)],
  [
    'KeySet.fromPem',
    { kid: true },
    () => KeySet.fromPem(keyPairFor('ES256').privatePem, { algorithm: 'ES256' }),
  ],
  ['KeySet.generate', { kid: true }, () => KeySet.generate('HS256')],
  ['KeySet.fromJwks', { algorithm: true }, () => KeySet.fromJwks({ keys: [octJwk()] })],
  [
    'createAuthorizationChecker',
    {
      locations: true,
      realm: true,
      errorMessageKey: true,
      formatError: true,
      challenge: true,
      currentUserChecker: true,
      protectByDefault: true,
    } satisfies Names<AuthorizationCheckerOptions>,
    () => createAuthorizationChecker(manager),
  ],
  ['@JwtRequired', requirement, () => JwtRequired()],
  ['@JwtOptional', requirement, () => JwtOptional()],
  ['@JwtRefreshRequired', requirement, () => JwtRefreshRequired()],
  ['a rule', requirement, () => ruleFor({}).resolved],
  [
    'authenticateUpgrade',
    requirement satisfies Names<UpgradeRequirement>,
    async () => authenticateUpgrade(manager, upgradeRequest(await manager.createAccessToken('ada'))),
  ],
  [
    'new BearerHeader',
    { header: true, scheme: true } satisfies Names<BearerHeaderOptions>,
    () => new BearerHeader({}),
  ],
  [
    'new TokenCookies',
    {
      name: true,
      secure: true,
      sameSite: true,
      partitioned: true,
      persistent: true,
      domain: true,
      refreshPath: true,
      csrf: true,
      csrfHeader: true,
      csrfMethods: true,
      csrfField: true,
      origins: true,
      autoRefresh: true,
    } satisfies Names<TokenCookiesOptions>,
    () => new TokenCookies({}),
  ],
  [
    'new MemoryTokenStore',
    { clock: true, maxEntries: true } satisfies Names<MemoryTokenStoreOptions>,
    () => new MemoryTokenStore({}),
  ],
  [
    'new RedisTokenStore',
    { prefix: true, consistency: true } satisfies Names<RedisTokenStoreOptions>,
    () => new RedisTokenStore(plainRedis, {}),
  ],
  [
    'createTokenController',
    { prefix: true, credentials: true, authenticate: true, cookies: true, throttle: true } satisfies Names<
      TokenControllerOptions<object, PollutedLoginDto>
    >,
    created(() => createTokenController(manager, login)),
  ],
  [
    'the option throttle',
    {
      account: true,
      address: true,
      accountOf: true,
      redis: true,
      prefix: true,
    } satisfies Names<ThrottleOptions>,
    created(() => createTokenController(manager, { ...login, throttle: {} })),
  ],
  [
    'the options account and address',
    { attempts: true, per: true } satisfies Names<AttemptLimit>,
    created(() => createTokenController(manager, { ...login, throttle: { account: {}, address: {} } })),
  ],
  [
    'createOAuthController',
    { prefix: true, clients: true } satisfies Names<OAuthControllerOptions>,
    created(() => createOAuthController(manager, { clients: { billing: secret } })),
  ],
  [
    'createJwksController',
    { path: true, resource: true } satisfies Names<JwksControllerOptions>,
    created(() => createJwksController(publishing)),
  ],
  [
    'tokenStoreSuite',
    { rounds: true, callers: true } satisfies Names<TokenStoreSuiteOptions>,
    () => {
      tokenStoreSuite({ describe: () => undefined, it: () => undefined }, () => new MemoryTokenStore());
    },
  ],
];

/** Creates a controller, and removes it again: other specs of this process list all routes. */
function created(create: () => Function): () => void {
  return () => {
    const controller = create();
    const { controllers } = getMetadataArgsStorage();
    const others = controllers.filter(({ target }) => target !== controller);
    controllers.splice(0, controllers.length, ...others);
  };
}

function octJwk(): { kty: string; k: string; alg: string } {
  return { kty: 'oct', k: Buffer.from(secret).toString('base64url'), alg: 'HS256' };
}

describe('C10: options on a polluted prototype', () => {
  for (const [api, names, call] of calls) {
    // A value that no option takes: read, it would end in a ConfigurationError.
    it(`are not read by ${api}`, async () => {
      for (const name of Object.keys(names)) {
        await withPolluted({ [name]: 1n }, async () => {
          try {
            await call();
          } catch (error) {
            throw new Error(`${api} read ${name}`, { cause: error });
          }
        });
      }
    });
  }

  it('give no role, scope, claim or longer life to a token', async () => {
    const gifts: [string, unknown][] = [
      ['roles', 'admin'],
      ['scopes', 'admin'],
      ['claims', { admin: true }],
      ['fresh', true],
      ['audience', 'other'],
      ['expiresIn', '30d'],
    ];
    for (const [name, value] of gifts) {
      const token = await withPolluted({ [name]: value }, async () =>
        manager.verify(await manager.createAccessToken('ada')),
      );
      expect(token, name).to.deep.include({ roles: [], scopes: [], claims: {} });
      expect(token.isFresh(), name).to.equal(false);
      expect(token.verifiedClaims().aud, name).to.equal(undefined);
      expect(token.expiresAt.getTime() - token.issuedAt.getTime(), name).to.equal(900_000);
    }
  });

  it('are not read by the library that signs and verifies, either', async () => {
    const names = [
      ...['algorithm', 'algorithms', 'allowInvalidAsymmetricKeyTypes', 'allowInsecureKeySizes', 'audience'],
      ...['clockTimestamp', 'clockTolerance', 'complete', 'expiresIn', 'ignoreExpiration', 'ignoreNotBefore'],
      ...[
        'issuer',
        'jwtid',
        'keyid',
        'maxAge',
        'mutatePayload',
        'nonce',
        'notBefore',
        'noTimestamp',
        'subject',
      ],
    ];
    for (const name of names) {
      for (const value of [1n, true, 'x']) {
        const token = await withPolluted({ [name]: value }, async () =>
          manager.verify(await manager.createAccessToken('ada')),
        );
        expect(token.identity, name).to.equal('ada');
      }
    }
  });

  it('log no one in, and give nothing to a login', async () => {
    const results = [{}, { identity: 'ada' }];
    manager.on('rejected', () => undefined);
    const Login = createTokenController(manager, {
      ...{ credentials: PollutedLoginDto, prefix: '/polluted-login' },
      authenticate: () => results.shift() as never,
    });
    const authorizationChecker = createAuthorizationChecker(manager);
    const app = await startApp({ controllers: [Login], authorizationChecker });
    const polluted = {
      identity: 'mallory',
      session: { label: 'planted' },
      authenticatedAt: new Date(0),
      roles: 'admin',
    };
    const headers = { 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body: '{"username":"ada"}' };
    const responses = await withPolluted(polluted, async () => [
      await request(`${app.url}/polluted-login/login`, init),
      await request(`${app.url}/polluted-login/login`, init),
    ]);
    await app.close();
    expect(responses.map(({ status }) => status)).to.deep.equal([503, 200]);
    const token = await manager.verify((responses[1]?.body as { access_token: string }).access_token);
    expect(token).to.deep.include({ identity: 'ada', roles: [] });
    const [session] = await manager.listSessions('ada');
    expect(session?.label).to.equal(undefined);
  });

  it('let no guest through an upgrade', async () => {
    await withPolluted({ optional: true }, () =>
      refusalOf(authenticateUpgrade(manager, upgradeRequest()), TokenMissingError),
    );
  });

  it('open no route', () => {
    const polluted = { optional: true, type: 'any', skipRevocationCheck: true, roles: 'guest' };
    withPolluted(polluted, () => {
      expect(ruleFor({}).resolved).to.deep.include({
        optional: false,
        type: 'access',
        skipRevocationCheck: false,
        demands: { first: [], last: [], all: [] },
      });
    });
  });

  it('take no option away from a decorator', () => {
    for (const key of requirementKeys) {
      withPolluted({ [key]: 'polluted' }, () => {
        class Target {
          method() {}
        }
        for (const decorate of [JwtRequired, JwtOptional, JwtRefreshRequired])
          expect(() => decorate({ roles: 'admin' })).not.to.throw();
        JwtRequired({ roles: 'admin' })(Target.prototype, 'method');
      });
    }
  });

  it('spare no session in revokeAll', async () => {
    const { access_token } = await manager.createTokenPair('grace');
    const { sessionId } = await manager.verify(access_token);
    await withPolluted({ except: sessionId }, () => manager.revokeAll('grace'));
    expect(await manager.listSessions('grace')).to.deep.equal([]);
  });

  it('stand in for no nested option', () => {
    withPolluted({ deny: 'guest', any: ['read'] }, () => {
      expect(() => JwtRequired({ roles: {} as never })).to.throw(
        ConfigurationError,
        /^@JwtRequired: roles\.deny must be/,
      );
      expect(() => JwtRequired({ scopes: {} as never })).to.throw(
        ConfigurationError,
        /^@JwtRequired: scopes\.any must be/,
      );
    });
  });
});

describe('C10: options that change after they were given', () => {
  it('change nothing in a manager', async () => {
    const audience = ['api'];
    const options = { secret, audience, accessTokenTtl: '15m' };
    const own = new JwtManager(options);
    audience[0] = 'other';
    options.accessTokenTtl = '30d';
    const { aud, iat, exp } = (await own.verify(await own.createAccessToken('ada'))).verifiedClaims();
    expect([aud, exp - iat]).to.deep.equal(['api', 900]);
  });

  it('change nothing in a rule', () => {
    const deny = ['guest'];
    const roles = { deny };
    const given = { roles, locations: [new BearerHeader()] };
    const { declared, resolved } = ruleFor(given);
    deny[0] = 'nobody';
    Object.assign(roles, { deny: 'nobody' });
    given.locations.pop();
    expect(declared?.roles).to.deep.equal({ deny: ['guest'] });
    expect(resolved?.demands.all.map(({ value }) => value)).to.deep.equal([
      { rule: 'deny', names: ['guest'] },
    ]);
    for (const locations of [declared?.locations, resolved?.locations]) {
      expect(locations).to.have.length(1);
      expect(locations).to.be.frozen;
    }
  });
});
