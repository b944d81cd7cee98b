import { Delete, Get, JsonController, Post } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  InjectToken,
  JwtRefreshRequired,
  JwtRequired,
  TokenCookies,
  type JwtManager,
  type Token,
} from '../../src';
import { request, startApp, type Answer, type RunningApp } from './app';

/** The requests of a test: what a user of the test kit sends, and the status. */
export interface KitApp extends RunningApp {
  send(method: string, path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

/** An app with the routes that a test kit is for. */
export async function startKitApp(
  jwtManager: JwtManager<object> | Readonly<Record<string, JwtManager<object>>>,
  tokenCookies = new TokenCookies(),
): Promise<KitApp> {
  const managers = 'default' in jwtManager ? Object.keys(jwtManager) : ['default'];

  @JsonController()
  class Routes {
    @Get('/user')
    @JwtRequired()
    user(@InjectToken() token: Token) {
      return { identity: token.identity, roles: token.roles, claims: token.claims, session: token.sessionId };
    }

    @Get('/admin')
    @JwtRequired({ roles: 'admin' })
    admin() {
      return { admin: true };
    }

    @Delete('/account')
    @JwtRequired({ fresh: true })
    account() {
      return { closed: true };
    }

    @Post('/refresh')
    @JwtRefreshRequired()
    refresh(@InjectToken() token: Token) {
      return { identity: token.identity };
    }

    @Get('/other')
    @JwtRequired({ manager: managers.at(-1) ?? 'default' })
    other(@InjectToken() token: Token) {
      return { identity: token.identity };
    }
  }

  const app = await startApp({
    controllers: [Routes],
    authorizationChecker: createAuthorizationChecker(jwtManager, {
      locations: [new BearerHeader(), tokenCookies],
    }),
  });
  const send = (method: string, path: string, headers = {}) => request(app.url + path, { method, headers });
  return { ...app, send };
}
