import { isNames } from '../claims/forms';
import { malformedClaim, type RegisteredName, type VerifiedClaims } from '../claims/registered';
import { maximumDuration } from '../util/duration';
import type { TokenType } from './token';

/** What the claims of a token are measured against. */
export interface Expectations {
  /** Undefined: the token must not name one. It would come from someone else (RFC 8725, section 3.8). */
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  /** The longest lifetime in seconds of a token without a session: a logout everywhere is remembered as long. */
  readonly longestTtl: number;
  /** Seconds that a token is accepted after its end. */
  readonly clockTolerance: number;
  /** Seconds that a token may come from the future. */
  readonly issueTolerance: number;
  /** Unix seconds, with fractions. */
  readonly now: number;
}

/** The claim that is invalid, for the event; `expired` if everything except `exp` is valid. */
export type ClaimsFault = RegisteredName | 'expired';

/**
 * Checks the registered claims: presence and form, then times, then issuer and audience (RFC 7519, section 4.1).
 *
 * @returns the first invalid claim, or undefined
 */
export function faultInClaims(
  claims: Record<string, unknown>,
  type: TokenType,
  expectations: Expectations,
): ClaimsFault | undefined {
  const malformed = malformedClaim(claims, type);
  if (malformed) return malformed;
  const verified = asVerified(claims);
  const fault = faultInTimes(verified, expectations) ?? faultInParties(verified, expectations);
  if (fault) return fault;
  // "on or after" exp (RFC 7519, section 4.1.4); last, so that only a token that was valid is reported as `expired`.
  return expectations.now >= verified.exp + expectations.clockTolerance ? 'expired' : undefined;
}

function faultInTimes(
  { iat, nbf, exp, auth_time: authTime, sid }: VerifiedClaims,
  { now, issueTolerance, longestTtl }: Expectations,
): ClaimsFault | undefined {
  const latest = now + issueTolerance;
  if (iat > latest) return 'iat';
  if (nbf !== undefined && nbf > latest) return 'nbf';
  if (exp - iat > (sid === undefined ? longestTtl : maximumDuration)) return 'exp';
  // A login in the future would be fresh for ever.
  return authTime !== undefined && authTime > latest ? 'auth_time' : undefined;
}

function faultInParties(
  { iss, aud, cnf }: VerifiedClaims,
  { issuer, audience }: Expectations,
): ClaimsFault | undefined {
  // Only the holder of a key may present such a token, and nothing here checks the proof (RFC 7800, section 3).
  if (cnf !== undefined) return 'cnf';
  if (iss !== issuer) return 'iss';
  return isAudience(aud, audience) ? undefined : 'aud';
}

/** A token that names an audience is rejected by everyone who is not in it (RFC 7519, section 4.1.3). */
export function isAudience(value: unknown, expected: readonly string[] | undefined): boolean {
  if (value === undefined) return expected === undefined;
  return isNames(value) && [value].flat().some((name) => expected?.includes(name));
}

/** @internal The claims, once {@link faultInClaims} found none. */
export function asVerified(claims: Record<string, unknown>): VerifiedClaims {
  return claims as unknown as VerifiedClaims;
}
