import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { TokenCookies } from '../../http/cookies/token-cookies';
import { linesOf } from '../../http/answer/header-fields';
import type { NamedPlace } from '../../http/locations/token-location';
import type { JwtManager } from '../../manager/jwt-manager';
import { login, type LoginOptions } from './login';

/**
 * Logs a user in and returns the headers that a browser of that user sends: the cookies, and the CSRF value in the header
 * that `tokenCookies` expects, `X-CSRF-Token` by default. With `csrf: false`, there are only the cookies.
 *
 * The cookies contain the refresh token as well, whatever its path, so that the headers also fit your refresh route.
 *
 * @param identity the user, `'test'` by default
 * @param options roles, scopes, claims and everything else that `createTokenPair` takes
 * @throws `ConfigurationError` if identity or options are invalid, or if the manager has no key that signs
 * @example
 * ```ts
 * const headers = await cookiesFor(jwtManager, tokenCookies, 'ada');
 * const response = await fetch(`${url}/notes`, { method: 'POST', headers });
 * ```
 */
export async function cookiesFor<C extends object = Record<string, unknown>>(
  jwtManager: JwtManager<C>,
  tokenCookies: TokenCookies,
  identity = 'test',
  options: LoginOptions<C> = {},
): Promise<CookieHeaders> {
  const tokens = await login(jwtManager, identity, options);
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  tokenCookies.set(response, tokens);
  const cookies = linesOf(response, 'Set-Cookie').map((line) => line.slice(0, line.indexOf(';')));
  const { csrfHeader } = tokenCookies.describe('access', 'POST') as NamedPlace;
  return {
    Cookie: cookies.filter((cookie) => !cookie.endsWith('=')).join('; '),
    ...(csrfHeader !== undefined && { [csrfHeader]: tokenCookies.csrfValue(tokens.access_token) }),
  };
}

/**
 * What {@link cookiesFor} returns: the headers of a request.
 *
 * @example
 * ```ts
 * const { Cookie, 'X-CSRF-Token': csrfValue }: CookieHeaders = await cookiesFor(jwtManager, tokenCookies);
 * ```
 */
export interface CookieHeaders extends Readonly<Record<string, string>> {
  /** All cookies, as `Cookie` has them. */
  readonly Cookie: string;
}
