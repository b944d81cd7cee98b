import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { expect } from 'chai';
import type { Context } from 'koa';
import { Ctx, Get, JsonController, Post } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtRefreshRequired,
  JwtRequired,
  MemoryTokenStore,
  type JwtManager,
  type RejectedEvent,
  type Token,
  type TokenPair,
} from '../../src';
import { request, startApp, type Answer } from './app';
import { intervenedStore, type Intervene, type Verb } from './later-store';
import { testManager } from './manager';

/** The routes, each with the verbs of the store that it needs. */
export const routes = {
  'GET /protected': ['isRevoked'],
  'GET /unchecked': [],
  'GET /refresh-only': ['isRevoked'],
  'POST /refresh': ['findSession', 'rotateSession'],
  'POST /login': ['createSession'],
  'POST /login-refresh': ['createSession'],
  'POST /logout': ['isRevoked', 'findSession', 'revokeSession'],
  'POST /logout-everywhere': ['isRevoked', 'revokeSubject'],
  'POST /forget': ['isRevoked', 'forgetSubject'],
  'POST /revoke': ['revokeToken'],
  'GET /sessions': ['isRevoked', 'listSessions'],
} as const satisfies Record<string, readonly Verb[]>;

export type Route = keyof typeof routes;

export const routeNames = Object.keys(routes) as Route[];

/** What a store does wrong; undefined: nothing. */
export interface Fault {
  readonly verb: Verb | 'all';
  readonly run: (ask: () => unknown, args: unknown[]) => unknown;
}

/** An app whose store can be broken. */
export interface FaultyApp {
  fault: Fault | undefined;
  /** How often a method behind the checker ran. */
  readonly runs: number;
  readonly rejected: RejectedEvent[];
  /** Asks with tokens of a login of their own; none when the store cannot log in. */
  ask(route: Route, pair: TokenPair): Promise<Answer>;
  login(): Promise<TokenPair>;
  close(): Promise<void>;
}

/** Starts an app with the default time limits. */
export async function startFaultyApp(defaultErrorHandler = true): Promise<FaultyApp> {
  let runs = 0;
  const rejected: RejectedEvent[] = [];
  const intervene: Intervene = (verb, ask, args) => {
    const { fault } = faulty;
    return fault?.verb === verb || fault?.verb === 'all' ? fault.run(ask, args) : ask();
  };
  const store = intervenedStore(new MemoryTokenStore(), intervene);
  const manager = testManager({ store, claimsFor: () => ({}) });
  manager.on('rejected', (event) => rejected.push(event));
  const authorizationChecker = createAuthorizationChecker(manager);
  const controllers = [routesOf(manager, () => ++runs)];
  const app = await startApp({ controllers, authorizationChecker, defaultErrorHandler });
  const faulty: FaultyApp = {
    fault: undefined,
    get runs() {
      return runs;
    },
    rejected,
    ask: (route, pair) => {
      const [method = '', path = ''] = route.split(' ');
      const needsRefresh = route === 'GET /refresh-only' || route === 'POST /refresh';
      const token = needsRefresh ? pair.refresh_token : pair.access_token;
      return request(app.url + path, { method, headers: { Authorization: `Bearer ${token}` } });
    },
    login: () => manager.createTokenPair(randomUUID()),
    close: () => app.close(),
  };
  return faulty;
}

function routesOf(manager: JwtManager, run: () => number): Function {
  const bearer = (ctx: Context) => ctx.get('Authorization').slice('Bearer '.length);

  @JsonController()
  class Routes {
    @Get('/protected')
    @JwtRequired()
    protected() {
      return { runs: run() };
    }

    @Get('/unchecked')
    @JwtRequired({ skipRevocationCheck: true })
    unchecked() {
      return { runs: run() };
    }

    @Get('/refresh-only')
    @JwtRefreshRequired()
    refreshOnly() {
      return { runs: run() };
    }

    @Post('/refresh')
    refresh(@Ctx() ctx: Context) {
      return manager.refresh(bearer(ctx));
    }

    @Post('/login')
    login() {
      return manager.createTokenPair('ada');
    }

    @Post('/login-refresh')
    async loginRefresh() {
      return { refresh_token: await manager.createRefreshToken('ada') };
    }

    @Post('/logout')
    @JwtRequired()
    async logout(@InjectToken() { sessionId }: Token) {
      return { revoked: await manager.revokeSession(sessionId ?? '') };
    }

    @Post('/logout-everywhere')
    @JwtRequired()
    async logoutEverywhere(@InjectToken() { identity }: Token) {
      await manager.revokeAll(identity);
      return { revoked: true };
    }

    @Post('/forget')
    @JwtRequired()
    async forget(@InjectToken() { identity }: Token) {
      await manager.forget(identity);
      return { forgotten: true };
    }

    @Post('/revoke')
    async revoke(@Ctx() ctx: Context) {
      await manager.revoke(bearer(ctx));
      return { revoked: true };
    }

    @Get('/sessions')
    @JwtRequired()
    async sessions(@InjectToken() { identity }: Token) {
      return { sessions: await manager.listSessions(identity) };
    }
  }
  return Routes;
}

/** Expects the answer of a route whose store is broken: nothing else is said, nothing is handed out. */
export function expectUnavailable(answer: Answer, route: Route, defaultErrorHandler = true): void {
  const body = defaultErrorHandler
    ? { msg: 'Token store is unavailable', code: 'ERR_JWT_STORE' }
    : STATUS_CODES[503];
  const { status, challenge, headers } = answer;
  expect({ status, challenge, body: answer.body }, route).to.deep.equal({
    status: 503,
    challenge: null,
    body,
  });
  expect(headers.get('Retry-After'), route).to.equal('1');
}
