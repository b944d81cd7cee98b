/**
 * What `WWW-Authenticate` says beside the realm (RFC 6750, section 3; RFC 9470, section 3).
 *
 * @example
 * ```ts
 * const challenge: Challenge = { error: 'insufficient_scope', scope: 'posts:write' };
 * ```
 */
export interface Challenge {
  readonly error:
    'invalid_request' | 'invalid_token' | 'insufficient_scope' | 'insufficient_user_authentication';
  /** The scopes that the route demands, space-separated. */
  readonly scope?: string;
  /** The age in seconds that a login may have at most. */
  readonly maxAge?: number;
  /** The authentication context class references of which a login must have one, space-separated. */
  readonly acrValues?: string;
}

/** A parameter of a challenge (RFC 9110, section 11.2). */
export type ChallengeParameter = readonly [name: string, value: string];

/** The realm that a challenge names when none is configured. */
export const defaultRealm = 'api';

/**
 * The headers of a rejection: the challenge where there is one to give, `Retry-After` where trying again can help. Nobody
 * keeps a rejection: the next request may come with another token, or find the store there again.
 */
export function responseHeaders(
  status: number,
  description: string,
  challenge: Challenge | undefined,
  realm: string = defaultRealm,
  extra: readonly ChallengeParameter[] = [],
  retryAfter = status === 503 ? 1 : undefined,
): Record<string, string> {
  const headers: Record<string, string> = { 'Cache-Control': 'no-store' };
  if (status === 401 || challenge)
    headers['WWW-Authenticate'] = challengeHeader(realm, description, challenge, extra);
  if (retryAfter !== undefined) headers['Retry-After'] = String(retryAfter);
  return headers;
}

function challengeHeader(
  realm: string,
  description: string,
  challenge: Challenge | undefined,
  extra: readonly ChallengeParameter[],
): string {
  const parameters: ChallengeParameter[] = [['realm', realm]];
  if (challenge) {
    parameters.push(['error', challenge.error], ['error_description', quotable(description)]);
    if (challenge.scope !== undefined) parameters.push(['scope', quotable(challenge.scope)]);
    if (challenge.maxAge !== undefined) parameters.push(['max_age', String(challenge.maxAge)]);
    if (challenge.acrValues !== undefined) parameters.push(['acr_values', quotable(challenge.acrValues)]);
  }
  for (const [name, value] of extra) {
    // A parameter occurs once (RFC 9110, section 11.2).
    const isNew = parameters.every(([known]) => known.toLowerCase() !== name.toLowerCase());
    if (isNew) parameters.push([name, value.replace(/["\\]/g, '\\$&')]);
  }
  return `Bearer ${parameters.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}

/** Without what may not stand in a challenge (RFC 6750, section 3): an application's own error could say anything. */
function quotable(text: string): string {
  return text.replace(/[^ !#-[\]-~]+/g, ' ');
}
