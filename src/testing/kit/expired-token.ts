import type { IssueOptions } from '../../manager/issue-options';
import type { JwtManager } from '../../manager/jwt-manager';
import { coreOf } from '../../manager/manager-base';
import { TokenIssuer } from '../../token/token-issuer';
import { unixSeconds } from '../../util/clock';
import { contentsFor } from './contents-for';

/**
 * An access token that was valid and has expired by the clock of the manager, its `clockTolerance` included: the request
 * is rejected with 401 `ERR_JWT_EXPIRED`.
 *
 * @param identity the user, `'test'` by default
 * @param options roles, scopes, claims and everything else that `createAccessToken` takes
 * @throws `ConfigurationError` if identity or options are invalid, or if the manager has no key that signs
 * @example
 * ```ts
 * const response = await fetch(url, { headers: { Authorization: `Bearer ${await expiredToken(jwtManager)}` } });
 * ```
 */
export async function expiredToken<C extends object = Record<string, unknown>>(
  jwtManager: JwtManager<C>,
  identity = 'test',
  options: IssueOptions<C> = {},
): Promise<string> {
  const { settings } = coreOf(jwtManager);
  const contents = await contentsFor(jwtManager, identity, options, 'expiredToken');
  const expiresAt = unixSeconds(settings.clock) - settings.clockTolerance - 1;
  const issuedAt = expiresAt - settings.accessTokenTtl;
  return new TokenIssuer(settings).issue(contents, { type: 'access', issuedAt, expiresAt }).text;
}
