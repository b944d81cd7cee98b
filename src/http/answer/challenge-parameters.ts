import { copyOf } from '../../errors/copies';
import type { JwtError } from '../../errors/errors';
import type { ChallengeParameter } from '../../errors/response-headers';
import { isPlainObject } from '../../util/json';
import { ignore, isPromiseLike } from '../../util/promises';
import { isHttpToken } from '../http-token';
import type { HttpRequest } from '../request/http-request';

/** Returns what else the challenge of an error contains. */
export type ExtendChallenge = (
  error: JwtError,
  request: HttpRequest,
) => Readonly<Record<string, string>> | undefined;

/**
 * The parameters that the application adds to a challenge. Anything that cannot be one is left out, so that no value ends
 * the quoted text, the header or the response (RFC 9110, section 11.2).
 */
export function extraParameters(
  extend: ExtendChallenge | undefined,
  error: JwtError,
  request: HttpRequest,
): ChallengeParameter[] {
  if (!extend) return [];
  try {
    const given: unknown = extend(copyOf(error), request);
    if (isPromiseLike(given)) ignore(given);
    else if (isPlainObject(given)) return Object.entries(given).flatMap(parameterIn);
  } catch {
    // An error stays an error, whatever the application's function does.
  }
  return [];
}

function parameterIn([name, value]: readonly [string, unknown]): ChallengeParameter[] {
  const isParameter = isHttpToken(name) && typeof value === 'string' && /^[ -~]*$/.test(value);
  return isParameter ? [[name, value]] : [];
}
