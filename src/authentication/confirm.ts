import { withReason, HookFailedError } from '../errors/errors';
import type { TokenLocation } from '../http/locations/token-location';
import type { HttpRequest } from '../http/request/http-request';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import type { Token } from '../token/token';
import { within } from '../util/within';
import { isPromiseLike } from '../util/promises';

/**
 * Lets a location confirm the token that was read there. It confirms by returning nothing.
 *
 * @returns undefined unless the location needs time, or returned something
 * @throws whatever the location throws to reject the request
 */
export function confirm(
  location: TokenLocation,
  request: HttpRequest,
  token: Token<object>,
  manager: JwtManager<object>,
): Promise<void> | undefined {
  const confirmation: unknown = location.confirm?.(request, token);
  return confirmation === undefined ? undefined : demandNothing(confirmation, location, manager);
}

/** A location confirms by answering nothing; one that answers false means to reject. */
async function demandNothing(
  confirmation: unknown,
  { name }: TokenLocation,
  manager: JwtManager<object>,
): Promise<void> {
  const isLate = isPromiseLike(confirmation);
  const answer = isLate
    ? await within(coreOf(manager).limits.hookTimeout * 1000, confirmation)
    : confirmation;
  if (answer !== undefined)
    throw withReason(
      new HookFailedError(),
      `confirm of the location '${name}' answered something: it must throw to reject`,
    );
}
