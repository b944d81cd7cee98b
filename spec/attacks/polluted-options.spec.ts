import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import 'reflect-metadata';
import { expect } from 'chai';
import {
  authenticateUpgrade,
  BearerHeader,
  ConfigurationError,
  createAuthorizationChecker,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  JwtManager,
  KeySet,
  MemoryTokenStore,
  TokenCookies,
  TokenMissingError,
  type AuthorizationCheckerOptions,
  type BearerHeaderOptions,
  type IssueOptions,
  type JwtManagerOptions,
  type JwtRequirement,
  type MemoryTokenStoreOptions,
  type RefreshOptions,
  type RevokeAllOptions,
  type ListSessionsOptions,
  type RevokeSessionOptions,
  type TokenCookiesOptions,
  type UpgradeRequirement,
  type VerifyExpectations,
} from '../../src';
import { requirementKeys, ruleFor } from '../../src/authentication/requirement';
import { RedisTokenStore, type RedisTokenStoreOptions } from '../../src/redis';
import { tokenStoreSuite, type TokenStoreSuiteOptions } from '../../src/testing';
import { keyPairFor } from '../support/keys';
import { secret, testManager } from '../support/manager';
import { withPolluted } from '../support/polluted';
import { refusalOf } from '../support/rejected';

/** Every option of an API; the compiler sees to it that none is missing. */
type Names<T> = Readonly<Record<keyof T & string, true>>;

const manager = testManager();
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
    'tokenStoreSuite',
    { rounds: true, callers: true } satisfies Names<TokenStoreSuiteOptions>,
    () => {
      tokenStoreSuite({ describe: () => undefined, it: () => undefined }, () => new MemoryTokenStore());
    },
  ],
];

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
