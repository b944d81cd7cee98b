import { ConfigurationError } from '../errors/errors';
import type { TokenLocation } from '../http/locations/token-location';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';

/**
 * Tells a manager where its tokens travel.
 *
 * @param mustRefresh whether its tokens must be such as can be refreshed where a location asks for it
 * @throws {@link ConfigurationError} when its tokens may be too long for a location, or cannot be refreshed
 */
export function prepareLocations(
  manager: JwtManager<object>,
  locations: readonly TokenLocation[],
  mustRefresh = true,
): void {
  const { limits } = coreOf(manager);
  for (const { name, maxTokenLength, autoRefresh } of locations) {
    if (maxTokenLength !== undefined) limits.tokenLimit.fit(maxTokenLength, name);
    if (mustRefresh && autoRefresh && limits.rotationGrace === 0)
      throw new ConfigurationError(
        'TokenCookies: autoRefresh needs a manager with a store and a rotationGrace, because a page sends several requests at once',
      );
  }
}
