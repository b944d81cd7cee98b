import type { JwtManager } from '../../manager/jwt-manager';
import { login, type LoginOptions } from './login';

/**
 * Logs a user in and returns the value of the `Authorization` header for requests of that user: `Bearer eyJ…`.
 *
 * The token is what a login of your application issues: with a session if the manager has a store, and fresh unless
 * `stale` is set.
 *
 * @param identity the user, `'test'` by default
 * @param options roles, scopes, claims and everything else that `createTokenPair` takes
 * @throws `ConfigurationError` if identity or options are invalid, or if the manager has no key that signs
 * @example
 * ```ts
 * const Authorization = await bearerFor(jwtManager, 'ada', { roles: ['admin'] });
 * const response = await fetch(`${url}/admin`, { headers: { Authorization } });
 * ```
 */
export async function bearerFor<C extends object = Record<string, unknown>>(
  jwtManager: JwtManager<C>,
  identity = 'test',
  options: LoginOptions<C> = {},
): Promise<string> {
  const { access_token: token } = await login(jwtManager, identity, options);
  return `Bearer ${token}`;
}
