import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express, { type NextFunction, type Request, type Response } from 'express';
import Koa, { type Context } from 'koa';
import {
  Controller,
  Get,
  getMetadataArgsStorage,
  JsonController,
  Middleware,
  Post,
  UseBefore,
} from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  createJwtMiddleware,
  InjectToken,
  JwtManager,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  MemoryTokenStore,
  Token,
  TokenCookies,
  tokenOf,
  type AuthorizationCheckerOptions,
  type JwtMiddleware,
  type JwtRequirement,
  type RejectedEvent,
} from '../../src';
import { ConfigurationError } from '../../src/errors/errors';
import {
  describeOnDrivers,
  errorHandlersOn,
  request,
  serve,
  startApp,
  type Answer,
  type Driver,
  type RunningApp,
} from '../support/app';
import { testClock, testManager } from '../support/manager';

let ran = 0;

/** Methods behind the same requirement, as a rule and as middleware. */
function controllersFor(jwt: JwtMiddleware, requirement: JwtRequirement): Function[] {
  /** A class that calls the middleware, as a container would create it. */
  class Guard {
    use(...given: [never, never, never]) {
      return jwt(...given);
    }
  }

  @JsonController('/json')
  class Methods {
    @Get('/rule')
    @Post('/rule')
    @JwtRequired(requirement)
    rule() {
      return { runs: ++ran };
    }

    @Get('/function')
    @Post('/function')
    @UseBefore(jwt)
    function() {
      return { runs: ++ran };
    }

    @Get('/class')
    @Post('/class')
    @UseBefore(Guard)
    class() {
      return { runs: ++ran };
    }

    @Get('/both')
    @Post('/both')
    @UseBefore(jwt)
    @JwtRequired(requirement)
    both() {
      return { runs: ++ran };
    }
  }

  @JsonController('/whole')
  @UseBefore(jwt)
  class Whole {
    @Get('/controller')
    @Post('/controller')
    controller() {
      return { runs: ++ran };
    }
  }

  class Base {
    @Get('/inherited')
    @Post('/inherited')
    @UseBefore(jwt)
    inherited() {
      return { runs: ++ran };
    }

    @Get('/overridden')
    @Post('/overridden')
    @UseBefore(jwt)
    overridden() {
      return { runs: ++ran };
    }
  }

  @JsonController('/heir')
  class Heir extends Base {
    @Get('/overridden')
    @Post('/overridden')
    override overridden() {
      return { runs: ++ran };
    }
  }

  @JsonController('/heir-of-controller')
  class HeirOfController extends Whole {}

  @Controller('/text')
  class Texts {
    @Get('/rule')
    @Post('/rule')
    @JwtRequired(requirement)
    rule() {
      return `run ${String(++ran)}`;
    }

    @Get('/function')
    @Post('/function')
    @UseBefore(jwt)
    function() {
      return `run ${String(++ran)}`;
    }
  }

  return [Methods, Whole, Heir, HeirOfController, Texts];
}

const behindMiddleware = [
  '/json/function',
  '/json/class',
  '/json/both',
  '/whole/controller',
  '/heir/inherited',
  '/heir/overridden',
  '/heir-of-controller/controller',
];

/** Everything a client sees, but for what differs between any two responses. */
function whole({ status, body, headers }: Answer): object {
  const seen = [...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name));
  return { status, body, headers: Object.fromEntries(seen) };
}

interface Rejection {
  readonly status: number;
  readonly code: string;
  readonly requirement?: JwtRequirement;
  readonly checker?: AuthorizationCheckerOptions;
  readonly manager?: JwtManager;
  readonly init?: () => RequestInit | Promise<RequestInit>;
}

const clock = testClock();
const jwtManager = testManager({ clock, hookTimeout: 1 });
const store = Object.assign(new MemoryTokenStore({ clock }), {
  isRevoked: () => Promise.reject(new Error('away')),
});
const withoutStore = testManager({ clock, store });

async function bearer(manager = jwtManager, options = {}): Promise<RequestInit> {
  return { headers: { Authorization: `Bearer ${await manager.createAccessToken('ada', options)}` } };
}

async function revoked(): Promise<RequestInit> {
  const text = await jwtManager.createAccessToken('ada');
  await jwtManager.revoke(text);
  return { headers: { Authorization: `Bearer ${text}` } };
}

async function byCookie(): Promise<RequestInit> {
  return {
    method: 'POST',
    headers: { Cookie: `__Host-access_token=${await jwtManager.createAccessToken('ada')}` },
  };
}

const rejections: Record<string, Rejection> = {
  'no token': { status: 401, code: 'ERR_JWT_MISSING' },
  'a token that is none': {
    status: 401,
    code: 'ERR_JWT_INVALID',
    init: () => ({ headers: { Authorization: 'Bearer nonsense' } }),
  },
  'a malformed header': {
    status: 400,
    code: 'ERR_JWT_REQUEST',
    init: () => ({ headers: { Authorization: 'Bearer' } }),
  },
  'an expired token': {
    status: 401,
    code: 'ERR_JWT_EXPIRED',
    init: async () => {
      const init = await bearer();
      clock.advance(901);
      return init;
    },
  },
  'a revoked token': { status: 401, code: 'ERR_JWT_REVOKED', init: revoked },
  'a refresh token': {
    status: 401,
    code: 'ERR_JWT_TYPE',
    init: async () => ({
      headers: { Authorization: `Bearer ${await jwtManager.createRefreshToken('ada')}` },
    }),
  },
  'no refresh token': { status: 401, code: 'ERR_JWT_MISSING', requirement: { type: 'refresh' } },
  'a missing role': { status: 403, code: 'ERR_JWT_DENIED', requirement: { roles: 'admin' }, init: bearer },
  'a missing scope': { status: 403, code: 'ERR_JWT_DENIED', requirement: { scopes: 'a b' }, init: bearer },
  'an old login': { status: 401, code: 'ERR_JWT_NOT_FRESH', requirement: { fresh: '5m' }, init: bearer },
  'a check': { status: 403, code: 'ERR_JWT_DENIED', requirement: { check: () => false }, init: bearer },
  'a cookie without proof': {
    status: 403,
    code: 'ERR_JWT_CSRF',
    checker: { locations: [new TokenCookies()] },
    init: byCookie,
  },
  'two tokens': {
    status: 400,
    code: 'ERR_JWT_REQUEST',
    checker: { locations: [new BearerHeader(), new BearerHeader({ header: 'X-Token', scheme: '' })] },
    init: async () => {
      const { headers } = await bearer();
      return { headers: { ...(headers as Record<string, string>), 'X-Token': 'x' } };
    },
  },
  'another location': {
    status: 401,
    code: 'ERR_JWT_MISSING',
    requirement: { locations: [new BearerHeader({ header: 'X-Token', scheme: '' })] },
    init: bearer,
  },
  'a location that fails': {
    status: 503,
    code: 'ERR_JWT_HOOK',
    requirement: { locations: [{ name: 'odd', read: () => 1 as never }] },
  },
  'a store that is away': {
    status: 503,
    code: 'ERR_JWT_STORE',
    manager: withoutStore,
    init: () => bearer(withoutStore),
  },
  'an account that is gone': {
    status: 401,
    code: 'ERR_JWT_INVALID',
    checker: { currentUserChecker: () => null },
    init: bearer,
  },
  'an account that cannot be loaded': {
    status: 503,
    code: 'ERR_JWT_HOOK',
    checker: { currentUserChecker: () => Promise.reject(new Error('secret of the server')) },
    init: bearer,
  },
  'words of your own': {
    status: 401,
    code: 'ERR_JWT_MISSING',
    checker: {
      realm: 'shop',
      challenge: () => ({
        resource_metadata: 'https://api.example.com/.well-known/oauth-protected-resource',
      }),
      formatError: ({ code, message }, { res }) => {
        res.setHeader('Content-Type', 'application/problem+json');
        return { title: message, code };
      },
    },
  },
};

describeOnDrivers('createJwtMiddleware', (driver) => {
  const running: RunningApp[] = [];
  afterEach(() => Promise.all(running.splice(0).map((app) => app.close())));
  beforeEach(() => (ran = 0));

  async function started(...args: Parameters<typeof startApp>): Promise<RunningApp> {
    const app = await startApp(...args);
    running.push(app);
    return app;
  }

  async function served(app: Koa | express.Express): Promise<RunningApp> {
    const plain = await serve(app);
    running.push(plain);
    return plain;
  }

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    describe(`with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
      for (const [name, { status, code, requirement = {}, checker, manager, init }] of Object.entries(
        rejections,
      )) {
        it(`rejects as a rule does: ${name}`, async () => {
          const events: RejectedEvent[] = [];
          const listen = (event: RejectedEvent) => events.push(event);
          const used = (manager ?? jwtManager).on('rejected', listen);
          const authorizationChecker = createAuthorizationChecker(used, checker);
          const jwt = createJwtMiddleware(authorizationChecker, requirement);
          const app = await started({
            controllers: controllersFor(jwt, requirement),
            authorizationChecker,
            defaultErrorHandler,
          });
          const given = (await init?.()) ?? {};
          const expected = await request(`${app.url}/json/rule`, given);
          expect(expected.status).to.equal(status);
          for (const path of behindMiddleware) {
            const before = events.length;
            expect(whole(await request(app.url + path, given)), path).to.deep.equal(whole(expected));
            expect(events.slice(before).map((event) => [event.code, event.path])).to.deep.equal([
              [code, path],
            ]);
          }
          const text = await request(`${app.url}/text/rule`, given);
          expect(text.status).to.equal(status);
          expect(whole(await request(`${app.url}/text/function`, given))).to.deep.equal(whole(text));
          if (given.method === undefined) {
            const head = await request(`${app.url}/json/function`, { ...given, method: 'HEAD' });
            expect(whole(head)).to.deep.equal(
              whole(await request(`${app.url}/json/rule`, { ...given, method: 'HEAD' })),
            );
            expect(head.status).to.equal(status);
          }
          expect(ran).to.equal(0);
          used.off('rejected', listen);
        });
      }

      it('G7: lets in what a rule lets in, on each of these, subclasses included', async () => {
        const authorizationChecker = createAuthorizationChecker(jwtManager);
        const jwt = createJwtMiddleware(authorizationChecker, { roles: 'admin' });
        const app = await started({
          controllers: controllersFor(jwt, { roles: 'admin' }),
          authorizationChecker,
          defaultErrorHandler,
        });
        const init = await bearer(jwtManager, { roles: 'admin' });
        for (const path of ['/json/rule', ...behindMiddleware]) {
          const answer = await request(app.url + path, init);
          expect(answer.status, path).to.equal(200);
          expect(answer.headers.get('Vary'), path).to.equal('Authorization');
        }
        expect(ran).to.equal(behindMiddleware.length + 1);
      });

      it('passes a rejection on to middleware of the application as a rule does', async () => {
        const seen: unknown[] = [];
        const authorizationChecker = createAuthorizationChecker(jwtManager);
        const controllers = controllersFor(createJwtMiddleware(authorizationChecker), {});
        const app = await started(
          { controllers, authorizationChecker, defaultErrorHandler },
          driver === 'koa' ? catchingKoa(seen) : undefined,
        );
        await request(`${app.url}/json/rule`);
        const byRule = [...seen, ...app.errors].length;
        await request(`${app.url}/json/function`);
        expect([...seen, ...app.errors]).to.have.lengthOf(2 * byRule);
        expect(byRule).to.equal(defaultErrorHandler ? 0 : 1);
      });

      it('rejects in front of all routes of the application', async () => {
        const authorizationChecker = createAuthorizationChecker(jwtManager, { realm: 'all' });
        const jwt = createJwtMiddleware(authorizationChecker);

        @JsonController('/things')
        class Things {
          @Get()
          @JwtRequired()
          list() {
            return { runs: ++ran };
          }
        }

        @Middleware({ type: 'before' })
        class Global {
          use(...given: [never, never, never]) {
            return jwt(...given);
          }
        }

        const options = { controllers: [Things], authorizationChecker, defaultErrorHandler };
        const byRule = await started(options);
        const inFront = await started(options, appWith(driver, jwt));
        const global = await started({ ...options, middlewares: [Global] });
        // Other servers would have it as well.
        getMetadataArgsStorage().middlewares.pop();
        const expected = whole(await request(`${byRule.url}/things`));
        expect(whole(await request(`${inFront.url}/things`))).to.deep.equal(expected);
        expect(whole(await request(`${global.url}/things`))).to.deep.equal(expected);
        const elsewhere = await request(`${inFront.url}/elsewhere`);
        expect(elsewhere).to.include({ status: 401, challenge: 'Bearer realm="all"' });
        expect((await request(`${inFront.url}/things`, await bearer())).status).to.equal(200);
        expect((await request(`${global.url}/things`, await bearer())).status).to.equal(200);
        expect(ran).to.equal(2);
      });
    });
  }

  it('responds to errors by itself in an application without routing-controllers', async () => {
    for (const [name, { status, requirement = {}, checker, manager, init }] of Object.entries(rejections)) {
      const authorizationChecker = createAuthorizationChecker(manager ?? jwtManager, checker);
      const jwt = createJwtMiddleware(authorizationChecker, requirement);
      const withHost = await started({ controllers: controllersFor(jwt, requirement), authorizationChecker });
      const given = (await init?.()) ?? {};
      const expected = whole(await request(`${withHost.url}/json/rule`, given));
      expect(expected, name).to.include({ status });
      const plain = await served(plainApp(driver, jwt));
      const { errors } = plain;
      expect(whole(await request(`${plain.url}/guarded`, given)), name).to.deep.equal(expected);
      expect(errors, name).to.deep.equal([]);
    }
    expect(ran).to.equal(0);
  });

  it('hands the token to what comes behind it, in an application without routing-controllers', async () => {
    const jwt = createJwtMiddleware(createAuthorizationChecker(jwtManager), { optional: true });
    const app = await served(plainApp(driver, jwt));
    expect((await request(`${app.url}/guarded`, await bearer())).body).to.deep.equal({ identity: 'ada' });
    expect((await request(`${app.url}/guarded`)).body).to.deep.equal({ identity: 'guest' });
    expect((await request(`${app.url}/open`, await bearer())).body).to.deep.equal({ identity: 'guest' });
  });

  it('leaves errors behind it alone', async () => {
    const jwt = createJwtMiddleware(createAuthorizationChecker(jwtManager));
    const app = await served(plainApp(driver, jwt));
    const { status } = await request(`${app.url}/guarded?fail`, await bearer());
    expect(status).to.equal(500);
    expect(app.errors.map((error) => (error as Error).message)).to.deep.equal(['of the application']);
  });

  it('responds nothing where other middleware has responded in the meantime', async () => {
    let respond: (() => void) | undefined;
    const currentUserChecker = () => {
      respond?.();
      return null;
    };
    const jwt = createJwtMiddleware(createAuthorizationChecker(jwtManager, { currentUserChecker }));
    const noting = (response: { res?: Response } & Partial<Response>) => {
      const res = response.res ?? (response as Response);
      respond = () => {
        res.statusCode = 504;
        res.end('late');
      };
    };
    const app =
      driver === 'koa'
        ? new Koa().use((context, next) => {
            noting(context as never);
            return next();
          })
        : express().use((_: Request, response: Response, next: NextFunction) => {
            noting(response);
            next();
          });
    const plain = await served(plainApp(driver, jwt, app));
    expect(await request(`${plain.url}/guarded`, await bearer())).to.include({ status: 504, body: 'late' });
    expect(plain.errors).to.deep.equal([]);
  });

  describe('in front of a method with a rule of its own', () => {
    const cookies = new TokenCookies({ autoRefresh: true });
    const admins = testManager({ clock, issuer: 'admins' });
    let loads = 0;
    let store: MemoryTokenStore;
    let counted: JwtManager;
    let app: RunningApp;

    before(() => {
      store = new MemoryTokenStore({ clock });
      counted = testManager({ clock, store });
    });

    beforeEach(async () => {
      loads = 0;
      const locations = [new BearerHeader(), cookies];
      const authorizationChecker = createAuthorizationChecker(
        { default: counted, admins },
        {
          locations,
          currentUserChecker: ({ identity }) => {
            loads++;
            return { name: identity };
          },
        },
      );
      app = await started({
        controllers: [methodsBehind((requirement) => createJwtMiddleware(authorizationChecker, requirement))],
        authorizationChecker,
      });
    });

    const header = (text: string) => ({ headers: { Authorization: `Bearer ${text}` } });
    const get = (path: string, init?: RequestInit) => request(`${app.url}/behind${path}`, init);

    it('verifies the token once, asks the store once and loads the user once', async () => {
      const asked: string[] = [];
      const proxied = countingStore(store, asked);
      const manager = testManager({ clock, store: proxied });
      const managers = { default: manager, admins };
      let users = 0;
      const authorizationChecker = createAuthorizationChecker(managers, {
        currentUserChecker: () => ({ number: ++users }),
      });
      const own = await started({
        controllers: [methodsBehind((requirement) => createJwtMiddleware(authorizationChecker, requirement))],
        authorizationChecker,
      });
      const text = await manager.createAccessToken('ada', { roles: 'member' });
      const answer = await request(`${own.url}/behind/member`, header(text));
      expect(answer).to.deep.include({ status: 200, body: { identity: 'ada', sameToken: true, user: 1 } });
      expect(asked).to.have.lengthOf(1);
      expect(users).to.equal(1);
    });

    it('holds the token against both requirements', async () => {
      const roles = (...names: string[]) => counted.createAccessToken('ada', { roles: names });
      expect((await get('/admin', header(await roles('member')))).status).to.equal(403);
      expect((await get('/admin', header(await roles('admin')))).status).to.equal(403);
      expect((await get('/admin', header(await roles('member', 'admin')))).status).to.equal(200);
      // For the second and the third request, in each case by the middleware.
      expect(loads).to.equal(2);
    });

    it('rejects a guest where only the middleware lets guests in, and the other way round', async () => {
      expect((await get('/after-optional')).status).to.equal(401);
      expect((await get('/optional')).status).to.equal(401);
      expect((await get('/both-optional')).body).to.deep.equal({ identity: 'guest' });
    });

    it('verifies the token of another manager, and of another type, by itself', async () => {
      const ours = header(await counted.createAccessToken('ada'));
      expect((await get('/admins', ours)).status).to.equal(401);
      const theirs = header(await admins.createAccessToken('ada'));
      expect((await get('/admins', theirs)).status).to.equal(401);
      expect((await get('/refresh', ours)).body).to.include({ code: 'ERR_JWT_TYPE' });
    });

    it('asks the store where only the middleware did not', async () => {
      const text = await counted.createAccessToken('ada');
      await counted.revoke(text);
      expect((await get('/unasked', header(text))).body).to.include({ code: 'ERR_JWT_REVOKED' });
      expect((await get('/unasked-by-both', header(text))).status).to.equal(200);
    });

    it('does not take over a token from where the method does not look', async () => {
      const text = await counted.createAccessToken('ada');
      expect((await get('/elsewhere', header(text))).body).to.include({ code: 'ERR_JWT_MISSING' });
    });

    it('refreshes once, and the method sees the new token', async () => {
      const pair = await counted.createTokenPair('ada');
      const csrf = cookies.csrfValue(pair.access_token);
      const rotations: unknown[] = [];
      const listen = (event: unknown) => rotations.push(event);
      counted.on('sessionRotated', listen).on('sessionReplayed', listen);
      const jar = [`__Host-refresh_token=${pair.refresh_token}`, `__Host-csrf_token=${csrf}`];
      const first = await get('/cookies', { headers: { Cookie: jar.join('; ') } });
      expect(first).to.deep.include({ status: 200, body: { identity: 'ada', sameToken: true } });
      const set = first.headers.getSetCookie().map((line) => line.split(';', 1).join());
      expect(set).to.have.lengthOf(3);
      expect(rotations).to.have.lengthOf(1);
      const valid = await get('/cookies', { headers: { Cookie: set.join('; ') } });
      expect([valid.status, valid.headers.getSetCookie(), rotations.length]).to.deep.equal([200, [], 1]);
      clock.advance(901);
      const expired = await get('/cookies', { headers: { Cookie: set.join('; ') } });
      expect(expired.body).to.deep.equal({ identity: 'ada', sameToken: true });
      expect(expired.headers.getSetCookie()).to.have.lengthOf(3);
      expect(rotations).to.have.lengthOf(2);
      counted.off('sessionRotated', listen).off('sessionReplayed', listen);
    });

    it('does not take a refreshed token for one of a location that the method does not read', async () => {
      const pair = await counted.createTokenPair('ada');
      const Cookie = `__Host-refresh_token=${pair.refresh_token}; __Host-csrf_token=${cookies.csrfValue(pair.access_token)}`;
      expect((await get('/header-only', { headers: { Cookie } })).body).to.include({
        code: 'ERR_JWT_MISSING',
      });
    });
  });

  const wrong: [name: string, checker: unknown, requirement: readonly unknown[], message: string][] = [
    ['no checker', undefined, [], 'pass the checker of createAuthorizationChecker'],
    ['a manager', jwtManager, [], 'pass the checker of createAuthorizationChecker'],
    ['a checker of your own', () => true, [], 'pass the checker of createAuthorizationChecker'],
    ['a requirement that is undefined', 'ours', [undefined], 'the requirement is undefined'],
    ['a member that is undefined', 'ours', [{ roles: undefined }], 'roles is undefined'],
    ['a misspelt member', 'ours', [{ role: 'admin' }], "createJwtMiddleware has no option 'role'"],
    ['an empty list', 'ours', [{ roles: [] }], 'createJwtMiddleware: roles must be'],
    ['no such manager', 'ours', [{ manager: 'admins' }], "no manager is called 'admins'"],
    ['a list', 'ours', [['admin']], 'createJwtMiddleware: the options must be an object'],
  ];
  for (const [name, checker, requirement, message] of wrong) {
    it(`is not created with ${name}`, () => {
      const given = checker === 'ours' ? createAuthorizationChecker(jwtManager) : checker;
      const create = createJwtMiddleware as (...args: unknown[]) => unknown;
      expect(() => create(given, ...requirement)).to.throw(ConfigurationError, message);
    });
  }
});

describe('createJwtMiddleware without a framework', () => {
  it('lets in and rejects requests of a server of Node.js', async () => {
    const jwt = createJwtMiddleware(createAuthorizationChecker(jwtManager));
    const server = createServer((req, res) => {
      res.setHeader('Content-Type', 'text/plain');
      void jwt(req, res, () => res.end(tokenOf(req)?.identity));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    const [good, bad] = [await request(url, await bearer()), await request(url)];
    server.close();
    expect(good).to.include({ status: 200, body: 'ada' });
    expect(bad).to.deep.include({
      status: 401,
      body: { msg: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' },
      challenge: 'Bearer realm="api"',
    });
    expect(bad.headers.get('Content-Type')).to.equal('application/json; charset=utf-8');
    expect(bad.headers.get('Cache-Control')).to.equal('no-store');
  });
});

describeOnDrivers('tokenOf in front of the framework', (driver) => {
  it('knows no token, and takes nothing from the response', async () => {
    const early: unknown[] = [];
    const jwt = createJwtMiddleware(createAuthorizationChecker(jwtManager));
    const app = appWith(driver, jwt);
    const handle = app instanceof Koa ? app.callback() : (app as (req: unknown, res: unknown) => void);
    const server = createServer((req, res) => {
      early.push(tokenOf(req), tokenOf(res));
      res.on('finish', () => early.push(tokenOf(req)?.identity));
      void handle(req, res);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    const [bad, good] = [await request(url), await request(url, await bearer())];
    server.close();
    expect(bad).to.deep.include({ status: 401, challenge: 'Bearer realm="api"' });
    expect(Object.fromEntries(bad.headers)).to.include({
      vary: 'Authorization',
      'cache-control': 'no-store',
    });
    expect(good).to.include({ status: 404 });
    expect(early).to.deep.equal([undefined, undefined, undefined, undefined, undefined, 'ada']);
  });
});

/** Koa with middleware that sees the errors of all others. */
function catchingKoa(seen: unknown[]): Koa {
  const app = new Koa().use(async (_context, next) => {
    try {
      await next();
    } catch (error) {
      seen.push(error);
      throw error;
    }
  });
  app.silent = true;
  // Counted once, where it is caught.
  app.emit = () => true;
  return app;
}

function appWith(driver: Driver, jwt: JwtMiddleware): Koa | express.Express {
  return driver === 'koa'
    ? new Koa().use((...given) => jwt(...given))
    : express().set('env', 'test').use(jwt);
}

/** An app without controllers: /guarded behind the middleware, and everything else open. */
function plainApp(
  driver: Driver,
  jwt: JwtMiddleware,
  app: Koa | express.Express = driver === 'koa' ? new Koa() : express(),
): Koa | express.Express {
  if (app instanceof Koa) {
    const greet = (context: Context) => {
      if (context.query['fail'] !== undefined) throw new Error('of the application');
      context.body = { identity: tokenOf(context)?.identity ?? 'guest' };
    };
    return app
      .use((context, next) =>
        context.path === '/guarded'
          ? jwt(context, () =>
              Promise.resolve().then(() => {
                greet(context);
              }),
            )
          : next(),
      )
      .use(greet as never);
  }
  const greet = (req: Request, response: Response) => {
    if (req.query['fail'] !== undefined) throw new Error('of the application');
    response.json({ identity: tokenOf(req)?.identity ?? 'guest' });
  };
  const router = express.Router();
  router.use(jwt);
  router.get('/', greet);
  router.post('/', greet);
  return app.set('env', 'test').use('/guarded', router).get('/open', greet);
}

/** A store that notes which verbs are called. */
function countingStore(store: MemoryTokenStore, asked: string[]): MemoryTokenStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        asked.push(String(name));
        return (member as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

function methodsBehind(jwt: (requirement: JwtRequirement) => JwtMiddleware): Function {
  const tokens = new Set<Token | undefined>();
  const remembering = (first: Request, second: unknown, third?: () => unknown) => {
    tokens.add(tokenOf(first));
    return (third ?? (second as () => unknown))();
  };

  @JsonController('/behind')
  class Behind {
    @Get('/member')
    @UseBefore(jwt({ roles: 'member' }), remembering)
    @JwtRequired({ check: (_token, _action, user: { number: number }) => user.number === 1 })
    member(@InjectToken() token: Token) {
      return { identity: token.identity, sameToken: tokens.has(token), user: 1 };
    }

    @Get('/admin')
    @UseBefore(jwt({ roles: 'member' }))
    @JwtRequired({ roles: 'admin' })
    admin() {
      return {};
    }

    @Get('/after-optional')
    @UseBefore(jwt({ optional: true }))
    @JwtRequired()
    afterOptional() {
      return {};
    }

    @Get('/optional')
    @UseBefore(jwt({}))
    @JwtOptional()
    optional() {
      return {};
    }

    @Get('/both-optional')
    @UseBefore(jwt({ optional: true }))
    @JwtOptional()
    bothOptional(@InjectToken() token?: Token) {
      return { identity: token?.identity ?? 'guest' };
    }

    @Get('/admins')
    @UseBefore(jwt({}))
    @JwtRequired({ manager: 'admins' })
    admins() {
      return {};
    }

    @Get('/refresh')
    @UseBefore(jwt({}))
    @JwtRefreshRequired()
    refresh() {
      return {};
    }

    @Get('/unasked')
    @UseBefore(jwt({ skipRevocationCheck: true }))
    @JwtRequired()
    unasked() {
      return {};
    }

    @Get('/unasked-by-both')
    @UseBefore(jwt({ skipRevocationCheck: true }))
    @JwtRequired({ skipRevocationCheck: true })
    unaskedByBoth() {
      return {};
    }

    @Get('/elsewhere')
    @UseBefore(jwt({}))
    @JwtRequired({ locations: [new BearerHeader({ header: 'X-Token', scheme: '' })] })
    elsewhere() {
      return {};
    }

    @Get('/header-only')
    @UseBefore(jwt({}))
    @JwtRequired({ locations: [new BearerHeader()] })
    headerOnly() {
      return {};
    }

    @Get('/cookies')
    @UseBefore(jwt({}), remembering)
    @JwtRequired()
    cookies(@InjectToken() token: Token) {
      return { identity: token.identity, sameToken: tokens.has(token) };
    }
  }
  return Behind;
}
