import { expect } from 'chai';
import {
  Delete,
  Get,
  JsonController,
  Patch,
  Post,
  Put,
  Res,
  type RoutingControllersOptions,
} from 'routing-controllers';
import type { Express } from 'express';
import type Koa from 'koa';
import {
  BearerHeader,
  createAuthorizationChecker,
  InjectToken,
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
  TokenCookies,
  type AuthorizationCheckerOptions,
  type JwtErrorCode,
  type JwtManager,
  type RequestSource,
  type Token,
  type TokenCookiesOptions,
} from '../../src';
import { rawAnswer, request, startApp, type Answer, type RunningApp } from './app';
import { CookieJar } from './cookie-jar';

/** An app for browsers: login, refresh, logout and some guarded methods. */
export interface CookieApp extends RunningApp {
  readonly tokenCookies: TokenCookies;
  /** How often a guarded method ran. */
  readonly runs: number;
  /** Logs in and returns the cookies. */
  login(jar?: CookieJar): Promise<CookieJar>;
  /** A request with the cookies of a jar. */
  send(jar: CookieJar, method: string, path: string, headers?: Record<string, string>): Promise<Answer>;
  /** The same over a socket, with header lines as they are, and without a Cookie header of its own. */
  sendRaw(method: string, path: string, lines: readonly string[]): Promise<Answer>;
  /** Expects a refusal, whole, and that no guarded method ran. */
  expectRefusal(attempt: () => Promise<Answer>, refusal: Refusal, what?: string): Promise<Answer>;
  /** Expects that a guarded method ran. */
  expectRun(attempt: () => Promise<Answer>, what?: string): Promise<Answer>;
}

/** What a client must see. */
export interface Refusal {
  readonly status: number;
  readonly msg: string;
  readonly code: JwtErrorCode;
  readonly challenge: string | null;
}

/** The refusals that cookies get. */
export const cookieRefusals = {
  csrf: { status: 403, msg: 'CSRF check failed', code: 'ERR_JWT_CSRF', challenge: null },
  missing: { status: 401, msg: 'Missing token', code: 'ERR_JWT_MISSING', challenge: 'Bearer realm="api"' },
  twoTokens: challenged(400, 'ERR_JWT_REQUEST', 'invalid_request', 'More than one token in the request'),
  invalid: challenged(401, 'ERR_JWT_INVALID', 'invalid_token', 'Token is invalid'),
  revoked: challenged(401, 'ERR_JWT_REVOKED', 'invalid_token', 'Token has been revoked'),
  expired: challenged(401, 'ERR_JWT_EXPIRED', 'invalid_token', 'Token has expired'),
  onlyAccess: challenged(401, 'ERR_JWT_TYPE', 'invalid_token', 'Only access tokens are allowed'),
  onlyRefresh: challenged(401, 'ERR_JWT_TYPE', 'invalid_token', 'Only refresh tokens are allowed'),
} as const satisfies Record<string, Refusal>;

function challenged(status: number, code: JwtErrorCode, error: string, msg: string): Refusal {
  const challenge = `Bearer realm="api", error="${error}", error_description="${msg}"`;
  return { status, msg, code, challenge };
}

/** How the app is started. */
export interface CookieAppOptions {
  readonly cookies?: TokenCookiesOptions;
  readonly checker?: AuthorizationCheckerOptions;
  readonly host?: RoutingControllersOptions;
  readonly app?: Koa | Express;
}

/** The names that the cookies have by default. */
export const cookieNames = {
  access: '__Host-access_token',
  refresh: '__Host-refresh_token',
  csrf: '__Host-csrf_token',
} as const;

export async function startCookieApp(
  jwtManager: JwtManager,
  { cookies, checker, host, app: own }: CookieAppOptions = {},
): Promise<CookieApp> {
  const tokenCookies = new TokenCookies(cookies);
  let runs = 0;
  const controllers = browserControllers(jwtManager, tokenCookies, () => ++runs);
  const authorizationChecker = createAuthorizationChecker(jwtManager, {
    locations: [new BearerHeader(), tokenCookies],
    ...checker,
  });
  const app = await startApp({ controllers, authorizationChecker, ...host }, own);
  const isShownByHost = host?.defaultErrorHandler ?? true;
  return {
    ...app,
    tokenCookies,
    get runs() {
      return runs;
    },
    login: async (jar = new CookieJar()) => {
      jar.take(await request(`${app.url}/login`, { method: 'POST' }));
      return jar;
    },
    send: (jar, method, path, headers = {}) =>
      request(app.url + path, { method, headers: { Cookie: jar.header(), ...headers } }),
    sendRaw: (method, path, lines) => rawAnswer(app.port, method, path, lines),
    expectRefusal: async (attempt, { status, msg, code, challenge }, what) => {
      const before = runs;
      const answer = await attempt();
      const body = isShownByHost ? { msg, code } : msg;
      const seen = { status: answer.status, body: answer.body, challenge: answer.challenge };
      expect(seen, what).to.deep.equal({ status, body, challenge });
      expect(answer.headers.get('Vary'), what).to.match(/\bCookie\b/);
      if (status === 401) expect(answer.headers.get('Cache-Control'), what).to.equal('no-store');
      expect(runs, 'the guarded method ran').to.equal(before);
      return answer;
    },
    expectRun: async (attempt, what) => {
      const before = runs;
      const answer = await attempt();
      expect({ status: answer.status, runs }, what).to.deep.equal({ status: 200, runs: before + 1 });
      expect(answer.headers.get('Vary'), what).to.match(/\bCookie\b/);
      return answer;
    },
  };
}

function browserControllers(
  jwtManager: JwtManager,
  tokenCookies: TokenCookies,
  run: () => number,
): Function[] {
  @JsonController()
  class Browsers {
    @Post('/login')
    @JwtPublic()
    async login(@Res() response: RequestSource) {
      tokenCookies.set(
        response,
        await jwtManager.createTokenPair('ada', { roles: 'member', scopes: 'notes' }),
      );
      return {};
    }

    @Get('/callback')
    @JwtPublic()
    async callback(@Res() response: RequestSource) {
      tokenCookies.set(response, await jwtManager.createTokenPair('ada'));
      return {};
    }

    @Post('/refresh')
    @JwtRefreshRequired()
    async refresh(@InjectToken() token: Token, @Res() response: RequestSource) {
      run();
      tokenCookies.set(response, await jwtManager.refresh(token));
      return {};
    }

    @Post('/logout')
    @JwtRequired()
    async logout(@InjectToken() token: Token, @Res() response: RequestSource) {
      run();
      await jwtManager.revokeSession(token.sessionId ?? '');
      tokenCookies.clear(response);
      return {};
    }

    @Get('/notes')
    @JwtRequired()
    list(@InjectToken() token: Token) {
      return { identity: token.identity, runs: run() };
    }

    @Post('/notes')
    @JwtRequired()
    add(@InjectToken() token: Token) {
      return { identity: token.identity, runs: run() };
    }

    @Put('/notes')
    @JwtRequired()
    replace() {
      return { runs: run() };
    }

    @Patch('/notes')
    @JwtRequired()
    change() {
      return { runs: run() };
    }

    @Delete('/notes')
    @JwtRequired()
    remove() {
      return { runs: run() };
    }

    @Post('/optional')
    @JwtOptional()
    optional(@InjectToken() token: Token | undefined) {
      return { identity: token?.identity ?? 'guest', runs: run() };
    }

    @Get('/any')
    @JwtRequired({ type: 'any' })
    any(@InjectToken() token: Token) {
      return { type: token.type, runs: run() };
    }
  }
  return [Browsers];
}
