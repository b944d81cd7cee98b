import type { Action } from 'routing-controllers';
import { ConfigurationError } from '../../errors/errors';
import { isTokenCookies, type TokenCookies } from '../../http/cookies/token-cookies';
import type { IssueOptions } from '../../manager/issue-options';
import { JwtManager } from '../../manager/jwt-manager';
import { callback, optional, text, unchecked } from '../../util/option-parsers';
import { parseOptions } from '../../util/options';
import { resolveThrottle, type ThrottleOptions, type ThrottleSettings } from './throttle-options';

/**
 * What `authenticate` of {@link createTokenController} returns: the identity, alone or with the contents of its tokens;
 * `null` if the credentials are wrong.
 *
 * @example
 * ```ts
 * const login: Login = { identity: user.id, roles: user.roles };
 * ```
 */
export type Login<C extends object = Record<string, unknown>> =
  string | ({ readonly identity: string } & IssueOptions<C>) | null | undefined;

/**
 * The options of {@link createTokenController}.
 *
 * @typeParam C your own claims
 * @typeParam T the class of the credentials
 * @example
 * ```ts
 * const options: TokenControllerOptions<Claims, LoginDto> = {
 *   credentials: LoginDto,
 *   authenticate: ({ username, password }) => users.verify(username, password),
 * };
 * ```
 */
export interface TokenControllerOptions<C extends object, T extends object> {
  /** The start of all paths. @default '/auth' */
  readonly prefix?: string | undefined;
  /**
   * The class of the body of a login, with decorators of class-validator. A body that does not fit is 400, without the
   * submitted values.
   */
  readonly credentials: new () => T;
  /**
   * Checks the credentials. `null` is 401 `ERR_JWT_CREDENTIALS`, with the same response whatever was wrong. Take the same time
   * for an unknown user as for a wrong password. An `HttpError` that you throw is the response. Anything else that is
   * thrown, and a result that comes later than `hookTimeout`, is 503 `ERR_JWT_HOOK`.
   */
  readonly authenticate: (credentials: T, action: Action) => Login<C> | Promise<Login<C>>;
  /** Sends the tokens in these cookies instead of the body, and reads them there alone. @default none */
  readonly cookies?: TokenCookies | undefined;
  /** Limits failed logins, or `false` if something in front of the application does. @default 5 by account, 50 by address, in 15 minutes */
  readonly throttle?: ThrottleOptions<T> | false | undefined;
}

/** {@link TokenControllerOptions} once they are checked. */
export interface TokenControllerSettings {
  readonly prefix: string;
  readonly credentials: new () => object;
  readonly authenticate: (credentials: object, action: Action) => unknown;
  readonly cookies: TokenCookies | undefined;
  readonly throttle: ThrottleSettings | undefined;
}

const owner = 'createTokenController';

export const defaultPrefix = '/auth';

const controllerOptions = {
  prefix: optional(text),
  credentials: classOf,
  authenticate: callback<TokenControllerSettings['authenticate']>('a function of the credentials'),
  cookies: optional(cookiesOf),
  throttle: unchecked<ThrottleOptions<never> | false | undefined>,
};

/** @throws {@link ConfigurationError} when an option is wrong */
export function resolveTokenController(manager: unknown, options: object): TokenControllerSettings {
  if (!(manager instanceof JwtManager)) throw new ConfigurationError(`${owner} needs a JwtManager`);
  const example = '{ credentials: LoginDto, authenticate }';
  const {
    prefix = defaultPrefix,
    throttle,
    ...settings
  } = parseOptions(owner, options, controllerOptions, example);
  return { prefix, ...settings, throttle: resolveThrottle(throttle, settings.credentials) };
}

function classOf(value: unknown, name: string): new () => object {
  if (typeof value === 'function' && /^class\b/.test(String(value))) return value as new () => object;
  throw new ConfigurationError(`${name} must be a class with decorators of class-validator`);
}

function cookiesOf(value: unknown, name: string): TokenCookies {
  if (isTokenCookies(value)) return value;
  throw new ConfigurationError(`${name} must be a TokenCookies`);
}
