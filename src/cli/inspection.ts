import { malformedClaim } from '../claims/registered';
import { keyPairAlgorithms, hashBytes } from '../keys/key';
import { maximumLength, splitCompact } from '../token/compact';
import { rejectedParameters, tokenTypeOf } from '../token/header';
import { parseStrictObject } from '../token/strict-json';
import type { TokenType } from '../token/token';
import { isPlainObject } from '../util/json';
import { withoutTokens } from './printable';

/** Something for which a token would be rejected. */
export interface Problem {
  /** `format`, `header`, `claims`, or the name of a header parameter or a claim. */
  readonly part: string;
  readonly message: string;
}

/** What a token says of itself, without texts of tokens. Nothing of it is verified. */
export interface Inspection {
  readonly type: TokenType | undefined;
  readonly header: Record<string, unknown> | undefined;
  readonly claims: Record<string, unknown> | undefined;
  readonly problems: readonly Problem[];
}

/** Clocks of two servers may differ by as much (RFC 7519, section 4.1.5). */
const tolerance = 5;

const algorithms = [...Object.keys(hashBytes), ...keyPairAlgorithms];

/**
 * Reads a token without a key, and finds what is wrong with it.
 *
 * @param now Unix seconds
 */
export function inspectToken(text: string, now: number): Inspection {
  const [encodedHeader = '', encodedClaims = ''] = text.split('.', 2);
  const header = lenientObject(encodedHeader);
  const claims = lenientObject(encodedClaims);
  const type = tokenTypeOf(header?.['typ']);
  const format = faultInFormat(text);
  // Without its form, a text is no token, and what it lacks says nothing.
  const problems = [
    ...(format === undefined ? [] : [{ part: 'format', message: format }]),
    ...(header ? headerProblems(header, encodedHeader) : unreadable('header', format)),
    ...(claims ? claimProblems(claims, encodedClaims, type, now) : unreadable('claims', format)),
  ];
  return { type, header: withoutTokens(header), claims: withoutTokens(claims), problems };
}

/** Why a text is not in the form of a token (RFC 7515, section 7.1). */
function faultInFormat(text: string): string | undefined {
  if (text.length > maximumLength) return `longer than ${String(maximumLength)} characters`;
  const parts = text.split('.');
  if (parts.length === 5) return 'an encrypted token (JWE), which is not supported';
  if (parts.length !== 3)
    return `not a token: 3 parts separated by dots are needed, not ${String(parts.length)}`;
  if (parts[2] === '') return 'it has no signature';
  if (/[^\w.-]/.test(text)) return 'characters other than base64url: is something around it, or within?';
  return splitCompact(text)
    ? undefined
    : 'not the one way to write its bytes in base64url: was it cut short?';
}

function unreadable(part: string, format: string | undefined): Problem[] {
  return format === undefined ? [{ part, message: 'not a JSON object' }] : [];
}

/** What can be shown of a part, even if it is not as it must be. */
function lenientObject(encoded: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return isPlainObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

const looseJson = 'not strict JSON: a member twice, bytes that are not UTF-8, or nested too deep';

function headerProblems(header: Record<string, unknown>, encoded: string): Problem[] {
  const { alg, typ, kid } = header;
  const rejected = rejectedParameters.filter((name) => Object.hasOwn(header, name));
  return [
    ...problemIf(!parseStrictObject(encoded), 'header', looseJson),
    ...problemIf(!algorithms.includes(alg as string), 'alg', `not one of ${algorithms.join(', ')}`),
    ...problemIf(
      tokenTypeOf(typ) === undefined,
      'typ',
      'not a type that this library issues. Accepted from trusted issuers at most',
    ),
    ...problemIf(kid !== undefined && typeof kid !== 'string', 'kid', 'not a string'),
    ...rejected.map((part) => ({ part, message: 'a parameter that changes how the rest is read' })),
  ];
}

function claimProblems(
  claims: Record<string, unknown>,
  encoded: string,
  type: TokenType | undefined,
  now: number,
): Problem[] {
  const malformed = malformedClaim(claims, type ?? 'access');
  return [
    ...problemIf(!parseStrictObject(encoded), 'claims', looseJson),
    ...(malformed === undefined ? [] : [{ part: malformed, message: formOf(claims[malformed]) }]),
    ...timeProblems(claims, now),
    ...problemIf(claims['cnf'] !== undefined, 'cnf', 'bound to a key, whose proof is not checked'),
  ];
}

function formOf(claim: unknown): string {
  return claim === undefined ? 'missing' : 'malformed, or not for a token of this type';
}

function timeProblems(
  { exp, nbf, iat, auth_time: authTime }: Record<string, unknown>,
  now: number,
): Problem[] {
  const isLater = (time: unknown) => typeof time === 'number' && time > now + tolerance;
  return [
    ...problemIf(typeof exp === 'number' && now >= exp, 'exp', 'expired'),
    ...problemIf(isLater(nbf), 'nbf', 'not valid yet'),
    ...problemIf(isLater(iat), 'iat', 'issued in the future'),
    ...problemIf(isLater(authTime), 'auth_time', 'a login in the future'),
  ];
}

function problemIf(isWrong: boolean, part: string, message: string): Problem[] {
  return isWrong ? [{ part, message }] : [];
}
