import { ConfigurationError } from '../../errors/errors';
import type { TokenPair } from '../../sessions/token-pair';
import { splitCompact } from '../../token/compact';
import { parseStrictObject } from '../../token/strict-json';
import { csrfValueOf } from './csrf';

/**
 * Ends the value of a refresh cookie that ends with the browser. Browsers do not say how long they keep a cookie, and the
 * cookies of a refresh are to last as long as those of the login.
 */
export const untilBrowserEnds = '~';

/**
 * What {@link TokenCookies.set} takes: a pair as it was issued, or an access token alone.
 *
 * @example
 * ```ts
 * const tokens: CookieTokens = { access_token: await jwtManager.createAccessToken('ada') };
 * ```
 */
export type CookieTokens = Pick<TokenPair, 'access_token'> & Partial<Pick<TokenPair, 'refresh_token'>>;

/** Tokens that are ready for their cookies; seconds. */
export interface ReadTokens {
  readonly access: { readonly text: string; readonly secondsLeft: number };
  readonly refresh: { readonly text: string; readonly secondsLeft: number } | undefined;
  readonly csrfValue: string;
  readonly sessionId: string | undefined;
}

/** @throws {@link ConfigurationError} when they are not tokens, or not of one login */
export function readTokens(tokens: CookieTokens | undefined): ReadTokens {
  const { access_token: access, refresh_token: refresh } = tokens ?? ({} as Partial<CookieTokens>);
  const { issuedAt, expiresAt, sessionId, csrfValue } = claimsOf(access);
  const other = refresh === undefined ? undefined : claimsOf(refresh);
  if (other && other.csrfValue !== csrfValue)
    throw new ConfigurationError(
      'TokenCookies.set: the tokens must be of one login, so that one CSRF value fits both: use createTokenPair',
    );
  return {
    access: { text: access as string, secondsLeft: expiresAt - issuedAt },
    // A refresh token that is handed out again keeps the time at which it was first issued.
    refresh: other && { text: refresh as string, secondsLeft: other.expiresAt - issuedAt },
    csrfValue,
    sessionId,
  };
}

/** The token in the value of a cookie. */
export function tokenIn(cookieValue: string): string {
  return cookieValue.endsWith(untilBrowserEnds) ? cookieValue.slice(0, -1) : cookieValue;
}

/** The session that a token names, unverified. */
export function sessionIdIn(text: string): unknown {
  return parseStrictObject(splitCompact(text)?.claims ?? '')?.['sid'];
}

interface TokenClaims {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly sessionId: string | undefined;
  readonly csrfValue: string;
}

function claimsOf(text: unknown): TokenClaims {
  const claims = parseStrictObject(splitCompact(text)?.claims ?? '');
  const { iat: issuedAt, exp: expiresAt, sid, csrf } = claims ?? {};
  if (typeof issuedAt !== 'number' || typeof expiresAt !== 'number')
    throw new ConfigurationError(
      'TokenCookies.set needs tokens of this library: await createTokenPair and pass the pair',
    );
  const sessionId = typeof sid === 'string' ? sid : undefined;
  return { issuedAt, expiresAt, sessionId, csrfValue: csrfValueOf(text as string, csrf ?? null) };
}
