import { Get, JsonController, Post } from 'routing-controllers';
import type { RoutingControllersOptions } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtRequired,
  TokenMissingError,
  type AuthorizationCheckerOptions,
  type JwtError,
  type JwtManager,
  type JwtRequirement,
  type Token,
} from '../../src';
import { getWith, request, startApp, type Answer, type RunningApp } from './app';

/** A small app of a spec of parity. */
export interface ParityApp extends RunningApp {
  get(path: string, token?: string): Promise<Seen>;
  post(path: string, body?: object, headers?: Record<string, string>): Promise<Seen>;
}

/** What a client sees, as far as it is compared, and the whole answer, which is not. */
export interface Seen extends Pick<Answer, 'status' | 'body' | 'challenge'> {
  readonly answer?: Answer;
}

/** The options of the host, but for the checker, and those of the checker. */
export type ParityOptions = Omit<RoutingControllersOptions, 'authorizationChecker' | 'currentUserChecker'> &
  Pick<AuthorizationCheckerOptions, 'locations' | 'errorMessageKey' | 'formatError' | 'currentUserChecker'>;

/** What a started app of this file's specs is; each ends with its spec. */
export function parityApps(): (
  manager: JwtManager<object> | Record<string, JwtManager<object>>,
  controllers: Function[],
  options?: ParityOptions,
) => Promise<ParityApp> {
  const running: RunningApp[] = [];
  afterEach(() => Promise.all(running.splice(0).map((app) => app.close())));
  return async (manager, controllers, options = {}) => {
    const { locations, errorMessageKey, formatError, currentUserChecker, ...host } = options;
    const checker = { locations, errorMessageKey, formatError, currentUserChecker };
    const authorizationChecker = createAuthorizationChecker(manager as JwtManager, checker);
    const app = await startApp({ controllers, authorizationChecker, ...host });
    running.push(app);
    return {
      ...app,
      get: async (path, token) =>
        seen(await (token === undefined ? request(app.url + path) : getWith(app.url + path, token))),
      post: async (path, body = {}, headers = {}) => {
        const json = { 'Content-Type': 'application/json', ...headers };
        return seen(
          await request(app.url + path, { method: 'POST', headers: json, body: JSON.stringify(body) }),
        );
      },
    };
  };
}

/** What a client sees of an answer; the rest is there for those who ask. */
export function seen(answer: Answer): Seen {
  const { status, body, challenge } = answer;
  return Object.defineProperty({ status, body, challenge }, 'answer', { value: answer, enumerable: false });
}

/** An answer of a method that ran. */
export function welcome(body: unknown = { logined_as: 'ada' }): Seen {
  return { status: 200, body, challenge: null };
}

/** The answer that an error is. */
export function refusal(error: JwtError): Seen {
  const { status, headers } = error;
  return { status, body: error.toJSON(), challenge: headers['WWW-Authenticate'] ?? null };
}

/** The answer to a request without a token, where the header is the only place for one. */
export const missingHeader = refusal(new TokenMissingError('Missing Authorization Header'));

/** A controller with a method to read and one to write, at /protected, that say who came. */
export function protectedBy(requirement: JwtRequirement = {}): Function {
  @JsonController()
  class Protected {
    @Get('/protected')
    @JwtRequired(requirement)
    read(@InjectToken() token: Token | undefined) {
      return { logined_as: token?.identity ?? 'guest' };
    }

    @Post('/protected')
    @JwtRequired(requirement)
    write(@InjectToken() token: Token | undefined) {
      return { logined_as: token?.identity ?? 'guest' };
    }
  }
  return Protected;
}
