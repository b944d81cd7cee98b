import { expect } from 'chai';
import { Get, JsonController } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  JwtPublic,
  JwtRequired,
  MemoryTokenStore,
  type IssueOptions,
  type JwtManager,
  type JwtRequirement,
} from '../../src';
import { ConfigurationError } from '../../src/errors/errors';
import { type Answer, describeOnDrivers, getWith, request, startApp } from '../support/app';
import { expectAnswer, knock, openDoors, refusals, type Doors, type Refusal } from '../support/doors';
import { isFull } from '../support/full';
import { startOfTime, testClock, testManager } from '../support/manager';
import { refusalToStart } from '../support/protection';

const { missing, invalid, expired, revoked, onlyAccess, onlyRefresh, denied } = refusals;

/** What a route may be shown. */
const kinds = [
  'absent',
  'bad',
  'expired',
  'revoked',
  'of another issuer',
  'of the wrong type',
  'too old',
  'of the wrong role',
  'of no role',
  'missing a scope',
  'right',
] as const;
type Kind = (typeof kinds)[number];
type Expected = Readonly<Record<Kind, Refusal | 'in'>>;

const stale = (maxAge: number): Refusal => ({
  status: 401,
  msg: 'Fresh token required',
  code: 'ERR_JWT_NOT_FRESH',
  challenge:
    'Bearer realm="api", error="insufficient_user_authentication", ' +
    `error_description="Fresh token required", max_age="${String(maxAge)}"`,
});
const outOfScope = (scope: string): Refusal => ({
  ...denied,
  challenge: `${String(denied.challenge)}, scope="${scope}"`,
});

/** What a route answers that demands a token and nothing more. */
const token: Expected = {
  absent: missing,
  bad: invalid,
  expired,
  revoked,
  'of another issuer': invalid,
  'of the wrong type': onlyAccess,
  'too old': 'in',
  'of the wrong role': 'in',
  'of no role': 'in',
  'missing a scope': 'in',
  right: 'in',
};
const notFresh = (maxAge: number): Partial<Expected> => ({ 'too old': stale(maxAge) });
/** A check is asked last but for the store: whatever gets so far is denied. */
const nobody: Partial<Expected> = {
  'too old': denied,
  'of the wrong role': denied,
  'of no role': denied,
  'missing a scope': denied,
  right: denied,
  revoked: denied,
};
const never = new Promise<boolean>(() => undefined);

const demands: [demand: string, requirement: JwtRequirement, otherwise: Partial<Expected>][] = [
  ['a token', {}, {}],
  ['an access token', { type: 'access' }, {}],
  ['a refresh token', { type: 'refresh' }, { 'of the wrong type': onlyRefresh }],
  ['any token', { type: 'any' }, { 'of the wrong type': 'in' }],
  ['a token if there is one', { optional: true }, { absent: 'in' }],
  ['any token if there is one', { type: 'any', optional: true }, { absent: 'in', 'of the wrong type': 'in' }],
  ['a fresh token', { fresh: true }, notFresh(600)],
  ['a token of five minutes', { fresh: '5m' }, notFresh(300)],
  ['a token of 300 seconds', { fresh: 300 }, notFresh(300)],
  ['no fresh token', { fresh: false }, {}],
  ['a role', { roles: 'admin' }, { 'of the wrong role': denied, 'of no role': denied }],
  ['one of two roles', { roles: ['clerk', 'admin'] }, { 'of the wrong role': denied, 'of no role': denied }],
  ['any role but one', { roles: { deny: 'guest' } }, { 'of the wrong role': denied, 'of no role': denied }],
  [
    'any role but two',
    { roles: { deny: ['guest', 'bot'] } },
    { 'of the wrong role': denied, 'of no role': denied },
  ],
  ['two scopes', { scopes: ['read', 'write'] }, { 'missing a scope': outOfScope('read write') }],
  ['two scopes, in a row', { scopes: 'read write' }, { 'missing a scope': outOfScope('read write') }],
  ['one of two scopes', { scopes: { any: ['write', 'x'] } }, { 'missing a scope': outOfScope('write x') }],
  ['a check that says yes', { check: () => true }, {}],
  ['a check that says no', { check: () => false }, { ...nobody, revoked }],
  ['a check that looks', { check: ({ roles }) => roles.includes('admin') }, { ...nobody, ...admin() }],
  ['a check that throws', { check: throwing }, { ...nobody, revoked }],
  ['a check that answers a truthy number', { check: () => 1 as never }, { ...nobody, revoked }],
  [
    'a check that answers a truthy text',
    { check: async () => Promise.resolve('yes' as never) },
    { ...nobody, revoked },
  ],
  ['a check that hangs', { check: () => never }, { ...nobody, revoked }],
  ['no look at the store', { skipRevocationCheck: true }, { revoked: 'in' }],
  ['a token elsewhere', { locations: [new BearerHeader({ scheme: 'Token' })] }, {}],
  ['a token of a manager by its name', { manager: 'default' }, {}],
  ['a token of another manager', { manager: 'partner' }, {}],
  [
    'everything',
    { fresh: '5m', roles: 'admin', scopes: 'read write', check: () => true },
    {
      ...notFresh(300),
      'of the wrong role': denied,
      'of no role': denied,
      'missing a scope': outOfScope('read write'),
    },
  ],
];

function throwing(): never {
  throw new Error('a mistake of the application');
}

function admin(): Partial<Expected> {
  return { right: 'in', 'too old': 'in', 'missing a scope': 'in', revoked };
}

/** Two issuers with one key, each with a manager that lives ten minutes ago and one of an hour ago. */
function managers() {
  const store = new MemoryTokenStore({ clock: testClock() });
  const at = (issuer: string, seconds: number) =>
    testManager({
      issuer,
      store,
      clock: testClock(startOfTime - seconds * 1000),
      freshFor: '10m',
      hookTimeout: 1,
      accessTokenTtl: '30m',
      refreshTokenTtl: '30m',
    });
  const issuer = (name: string) => ({ now: at(name, 0), before: at(name, 660), longAgo: at(name, 3600) });
  return { default: issuer('us'), partner: issuer('partner') };
}

type Managers = ReturnType<typeof managers>;
type Issue = (manager: JwtManager, options?: IssueOptions) => Promise<string>;

const right: IssueOptions = { roles: ['admin'], scopes: ['read', 'write'] };

async function issueAccess(manager: JwtManager, options: IssueOptions = right): Promise<string> {
  return (await manager.createTokenPair('ada', options)).access_token;
}

async function issueRefresh(manager: JwtManager, options: IssueOptions = right): Promise<string> {
  return (await manager.createTokenPair('ada', options)).refresh_token;
}

/** One text of each kind, as a route sees it that demands this. */
async function textsFor(
  { type = 'access', manager = 'default' }: JwtRequirement,
  all: Managers,
): Promise<Record<Kind, string | undefined>> {
  const us = all[manager as keyof Managers];
  const them = all[manager === 'default' ? 'partner' : 'default'];
  const [issue, issueOther]: Issue[] =
    type === 'refresh' ? [issueRefresh, issueAccess] : [issueAccess, issueRefresh];
  if (!issue || !issueOther) throw new Error('two ways to issue');
  const dead = await issue(us.now);
  await us.now.revoke(dead);
  return {
    absent: undefined,
    bad: withOtherClaims(await issue(us.now)),
    expired: await issue(us.longAgo),
    revoked: dead,
    'of another issuer': await issue(them.now),
    'of the wrong type': await issueOther(us.now),
    'too old': await issue(us.before),
    'of the wrong role': await issue(us.now, { ...right, roles: ['guest'] }),
    'of no role': await issue(us.now, { scopes: ['read', 'write'] }),
    'missing a scope': await issue(us.now, { ...right, scopes: ['read'] }),
    right: await issue(us.now),
  };
}

/** The signature of one token under the claims of a better one. */
function withOtherClaims(text: string): string {
  const [header = '', claims = '', signature = ''] = text.split('.');
  const better = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), sub: 'root' };
  return [header, Buffer.from(JSON.stringify(better)).toString('base64url'), signature].join('.');
}

describeOnDrivers('C14: what a route demands, by the token that comes', function (driver) {
  this.timeout(120_000);
  const all = managers();
  const byName = { default: all.default.now, partner: all.partner.now };

  const some = demands.filter((_, index) => isFull || index % (driver === 'koa' ? 2 : 5) === 0);
  for (const [demand, requirement, otherwise] of some) {
    describe(demand, () => {
      const expected: Expected = { ...token, ...otherwise };
      const answers = new Map<Kind, Answer[]>();
      let doors: Doors;
      let runs = 0;

      before(async () => {
        doors = await openDoors(byName, JwtRequired(requirement));
        const scheme = requirement.locations ? 'Token' : 'Bearer';
        const texts = await textsFor(requirement, all);
        const asked = kinds.map(async (kind) => {
          const lines = texts[kind] === undefined ? [] : [`Authorization: ${scheme} ${texts[kind]}`];
          answers.set(kind, await Promise.all(doors.all.map((door) => knock(door, lines))));
        });
        await Promise.all(asked);
        runs = doors.runs;
      });

      after(() => doors.close());

      for (const kind of kinds) {
        const { [kind]: verdict } = expected;
        const words = verdict === 'in' ? 'lets in' : `answers ${String(verdict.status)} ${verdict.code} to`;
        it(`${words} a token that is ${kind}`, () => {
          doors.all.forEach((door, index) => {
            const answer = answers.get(kind)?.[index] as Answer;
            if (verdict !== 'in') expectAnswer(door, verdict, answer);
            else expect([answer.status, answer.challenge], door.name).to.deep.equal([200, null]);
          });
        });
      }

      it('runs the method for those that it lets in, and for nobody else', () => {
        const admitted = kinds.filter((kind) => expected[kind] === 'in');
        expect(runs).to.equal(admitted.length * doors.all.length);
      });
    });
  }
});

describeOnDrivers('a demand on a class', () => {
  @JsonController('/class')
  @JwtRequired({ roles: 'admin', fresh: '5m' })
  class Routes {
    @Get('/inherits')
    inherits() {
      return {};
    }

    @Get('/adds')
    @JwtRequired({ scopes: 'read' })
    adds() {
      return {};
    }

    @Get('/replaces')
    @JwtRequired({ roles: false, fresh: false, scopes: 'read' })
    replaces() {
      return {};
    }

    @Get('/open')
    @JwtPublic()
    open() {
      return {};
    }
  }

  it("holds for its methods, key by key with a method's own", async () => {
    const jwtManager = testManager();
    const app = await startApp({
      controllers: [Routes],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
    const codeOf = ({ status, body }: Answer) => (body as { code?: string }).code ?? status;
    const tokens = [
      await jwtManager.createAccessToken('ada', { roles: 'admin', fresh: true }),
      await jwtManager.createAccessToken('ada', { roles: 'admin' }),
      await jwtManager.createAccessToken('ada', { fresh: true }),
      await jwtManager.createAccessToken('ada', { scopes: 'read' }),
      await jwtManager.createAccessToken('ada', { roles: 'admin', fresh: true, scopes: 'read' }),
    ];
    const rows: Record<string, unknown[]> = {};
    for (const path of ['/inherits', '/adds', '/replaces', '/open']) {
      const url = `${app.url}/class${path}`;
      const asked = [request(url), ...tokens.map((text) => getWith(url, text))];
      rows[path] = (await Promise.all(asked)).map(codeOf);
    }
    await app.close();
    const [missing, stale, denied] = ['ERR_JWT_MISSING', 'ERR_JWT_NOT_FRESH', 'ERR_JWT_DENIED'];
    expect(rows).to.deep.equal({
      '/inherits': [missing, 200, stale, denied, stale, 200],
      '/adds': [missing, denied, stale, denied, stale, 200],
      '/replaces': [missing, denied, denied, denied, 200, 200],
      '/open': [200, 200, 200, 200, 200, 200],
    });
  });

  it('names a manager that there is, or the server is not created', async () => {
    class Wrong {
      @Get('/wrong-manager')
      @JwtRequired({ manager: 'nobody-is-called-so' })
      wrong() {
        return {};
      }
    }
    JsonController()(Wrong);
    expect(await refusalToStart([Wrong])).to.include("requires the manager 'nobody-is-called-so'");
  });

  for (const managers of [{}, { partner: testManager() }, { default: 'no manager' }]) {
    it(`is judged by managers by name, one called default, not ${Object.keys(managers).join() || 'none'}`, () => {
      expect(() => createAuthorizationChecker(managers as never)).to.throw(
        ConfigurationError,
        'called default',
      );
    });
  }
});
