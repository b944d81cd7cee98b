import type { Context } from 'koa';
import { Ctx, Delete, Get, JsonController, Post, type RoutingControllersOptions } from 'routing-controllers';
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
  type JwtManager,
  type Token,
  type TokenCookiesOptions,
} from '../../src';
import { request, startApp, type Answer, type RunningApp } from './app';
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
}

/** How the app is started. */
export interface CookieAppOptions {
  readonly cookies?: TokenCookiesOptions;
  readonly checker?: AuthorizationCheckerOptions;
  readonly host?: RoutingControllersOptions;
  readonly koa?: Koa;
}

/** The names that the cookies have by default. */
export const cookieNames = {
  access: '__Host-access_token',
  refresh: '__Secure-refresh_token',
  accessCsrf: 'csrf_access_token',
  refreshCsrf: 'csrf_refresh_token',
} as const;

export async function startCookieApp(
  jwtManager: JwtManager,
  { cookies, checker, host, koa }: CookieAppOptions = {},
): Promise<CookieApp> {
  const tokenCookies = new TokenCookies(cookies);
  let runs = 0;
  const controllers = browserControllers(jwtManager, tokenCookies, () => ++runs);
  const authorizationChecker = createAuthorizationChecker(jwtManager, {
    locations: [new BearerHeader(), tokenCookies],
    ...checker,
  });
  const app = await startApp({ controllers, authorizationChecker, ...host }, koa);
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
    async login(@Ctx() ctx: Context) {
      tokenCookies.set(ctx, await jwtManager.createTokenPair('ada', { roles: 'member', scopes: 'notes' }));
      return {};
    }

    @Get('/callback')
    @JwtPublic()
    async callback(@Ctx() ctx: Context) {
      tokenCookies.set(ctx, await jwtManager.createTokenPair('ada'));
      return {};
    }

    @Post('/refresh')
    @JwtRefreshRequired()
    async refresh(@InjectToken() token: Token, @Ctx() ctx: Context) {
      run();
      tokenCookies.set(ctx, await jwtManager.refresh(token));
      return {};
    }

    @Post('/logout')
    @JwtRequired()
    async logout(@InjectToken() token: Token, @Ctx() ctx: Context) {
      run();
      await jwtManager.revokeSession(token.sessionId ?? '');
      tokenCookies.clear(ctx);
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
