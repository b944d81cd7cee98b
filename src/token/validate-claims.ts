import type { TokenType, VerifiedClaims } from './token';
import { maximumDuration } from '../util/duration';

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

/** The claim that does not hold, for operators; `expired` when everything but `exp` holds. */
export type ClaimsFault =
  | 'expired'
  | 'sub'
  | 'jti'
  | 'iat'
  | 'nbf'
  | 'exp'
  | 'iss'
  | 'aud'
  | 'auth_time'
  | 'sid'
  | 'gen'
  | 'csrf'
  | 'sxp'
  | 'access_aud'
  | 'roles'
  | 'scope';

/** The largest time that a Date can hold, in seconds. */
const maximumTime = 8.64e12;

/** 1 to 255 characters, no control characters, no half of a surrogate pair. */
const identityShape = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

/** Whether a value can be a `sub`. */
export function isIdentity(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255 && identityShape.test(value);
}

/** Whether a value is a list of roles: any name will do that could be an identity. */
export function isRoleList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isIdentity);
}

/** Whether a value is a list of scopes (RFC 6749, section 3.3). */
export function isScopeList(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.every((name) => typeof name === 'string' && /^[!#-[\]-~]+$/.test(name))
  );
}

/**
 * Checks the registered claims in one pass: presence and form, then times, then for whom (RFC 7519, section 4.1).
 *
 * @returns the first claim that does not hold, or undefined
 */
export function faultInClaims(
  claims: Record<string, unknown>,
  type: TokenType,
  { issuer, audience, longestTtl, clockTolerance, issueTolerance, now }: Expectations,
): ClaimsFault | undefined {
  const { sub, jti, iat, nbf, exp } = claims;
  if (!isIdentity(sub)) return 'sub';
  if (!isIdentity(jti)) return 'jti';
  const latest = now + issueTolerance;
  if (!isTime(iat) || iat > latest) return 'iat';
  if (nbf !== undefined && (!isTime(nbf) || nbf > latest)) return 'nbf';
  if (!isTime(exp) || exp - iat > (claims['sid'] === undefined ? longestTtl : maximumDuration)) return 'exp';
  const fault = faultInContext(claims, type, latest);
  if (fault) return fault;
  if (claims['iss'] !== issuer) return 'iss';
  if (!isAudience(claims['aud'], audience)) return 'aud';
  // "on or after" exp (RFC 7519, section 4.1.4); last, so that `expired` is said only of a token that was good.
  return now >= exp + clockTolerance ? 'expired' : undefined;
}

function faultInContext(
  claims: Record<string, unknown>,
  type: TokenType,
  latest: number,
): ClaimsFault | undefined {
  const { auth_time: authTime, sid, gen, sxp, csrf, access_aud: accessAudience, roles, scope } = claims;
  // A login in the future would be fresh for ever.
  if (authTime !== undefined && (!isTime(authTime) || authTime > latest)) return 'auth_time';
  if (sid !== undefined && !isIdentity(sid)) return 'sid';
  const isSessionRefresh = type === 'refresh' && sid !== undefined;
  if (!isGeneration(gen, isSessionRefresh)) return 'gen';
  if (csrf !== undefined && !isIdentity(csrf)) return 'csrf';
  if (isSessionRefresh ? !isTime(sxp) : sxp !== undefined) return 'sxp';
  if (accessAudience !== undefined && !(type === 'refresh' && isNameList(accessAudience)))
    return 'access_aud';
  if (roles !== undefined && !isRoleList(roles)) return 'roles';
  if (scope !== undefined && !(typeof scope === 'string' && isScopeList(scope.split(' ')))) return 'scope';
  return undefined;
}

/** Refresh tokens of a session have a generation, and no other token has one. */
function isGeneration(value: unknown, isExpected: boolean): boolean {
  return isExpected ? Number.isSafeInteger(value) && Number(value) >= 0 : value === undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= maximumTime;
}

/** A token that names an audience is refused by everyone who is not in it (RFC 7519, section 4.1.3). */
export function isAudience(value: unknown, expected: readonly string[] | undefined): boolean {
  if (value === undefined) return expected === undefined;
  return isNameList(value) && [value].flat().some((name) => expected?.includes(name));
}

function isNameList(value: unknown): value is string | string[] {
  return [value].flat().every((name) => typeof name === 'string');
}

/** @internal The claims, once {@link faultInClaims} found none. */
export function asVerified(claims: Record<string, unknown>): VerifiedClaims {
  return claims as unknown as VerifiedClaims;
}
