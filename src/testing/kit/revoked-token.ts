import type { IssueOptions } from '../../manager/issue-options';
import type { JwtManager } from '../../manager/jwt-manager';

/**
 * An access token that was revoked, and is otherwise valid: the request is rejected with 401 `ERR_JWT_REVOKED`, except on
 * a route with `skipRevocationCheck`.
 *
 * @param identity the user, `'test'` by default
 * @param options roles, scopes, claims and everything else that `createAccessToken` takes
 * @throws `ConfigurationError` if identity or options are invalid, or if the manager has no store or no key that
 * signs
 * @throws StoreUnavailableError (`ERR_JWT_STORE`)
 * @example
 * ```ts
 * const Authorization = `Bearer ${await revokedToken(jwtManager)}`;
 * ```
 */
export async function revokedToken<C extends object = Record<string, unknown>>(
  jwtManager: JwtManager<C>,
  identity = 'test',
  options: IssueOptions<C> = {},
): Promise<string> {
  const text = await jwtManager.createAccessToken(identity, options);
  await jwtManager.revoke(text);
  return text;
}
