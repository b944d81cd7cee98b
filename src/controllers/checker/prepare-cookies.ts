import { ConfigurationError } from '../../errors/errors';
import type { TokenLocation } from '../../http/locations/token-location';
import { TokenCookies } from '../../http/cookies/token-cookies';
import type { JwtManager } from '../../manager/jwt-manager';

/**
 * Tells a manager that its tokens travel in cookies, where one of the locations is TokenCookies.
 *
 * @param mustRefresh whether its tokens must be such as can be refreshed where the cookies ask for it
 * @throws {@link ConfigurationError} when its tokens may be too long for cookies, or cannot be refreshed
 */
export function prepareCookies(
  { limits }: JwtManager<object>,
  locations: readonly TokenLocation[],
  mustRefresh = true,
): void {
  for (const location of locations) {
    if (!(location instanceof TokenCookies)) continue;
    limits.tokenLimit.fitCookies();
    if (mustRefresh && location.refreshesItself && limits.rotationGrace === 0)
      throw new ConfigurationError(
        'TokenCookies: autoRefresh needs a manager with a store and a rotationGrace, because a page sends several requests at once',
      );
  }
}
