import { withReason, HookFailedError, InvalidRequestError } from '../errors/errors';
import type { TokenLocation } from '../http/locations/token-location';
import type { HttpRequest } from '../http/request/http-request';
import { ignore, isPromiseLike } from '../util/promises';
import type { ResolvedRequirement } from './requirement';

/** The text of a token, and where it was. */
export interface FoundToken {
  readonly text: string;
  readonly location: TokenLocation;
}

/**
 * The one token of a request, not verified.
 *
 * @throws InvalidRequestError: more than one credential in a request is an error, not a choice (RFC 6750, section 2)
 */
export function findToken(
  request: HttpRequest,
  locations: readonly TokenLocation[],
  type: ResolvedRequirement['type'],
): FoundToken | undefined {
  let found: FoundToken | undefined;
  let isOnly = true;
  for (const location of locations) {
    const text: unknown = location.read(request, type);
    if (text === undefined) continue;
    isOnly = found === undefined;
    found = { text: asText(text, location), location };
  }
  if (!isOnly) throw withReason(new InvalidRequestError('More than one token in the request'), 'two tokens');
  return found;
}

function asText(text: unknown, { name }: TokenLocation): string {
  if (typeof text === 'string') return text;
  if (isPromiseLike(text)) ignore(text);
  throw withReason(new HookFailedError(), `the location '${name}' read something that is no string`);
}
