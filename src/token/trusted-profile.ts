import { createHash } from 'node:crypto';
import { isScopeList } from '../claims/forms';
import { maximumDuration } from '../util/duration';
import { isPlainObject } from '../util/json';
import type { KeyFinder, TokenProfile } from './profile';

/** The name of a claim, or the path to a member in it. */
export type ClaimPath = readonly string[];

/** What is known of an issuer that a manager trusts. */
export interface TrustedSettings {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** In lower case, without `application/`. */
  readonly types: readonly string[];
  readonly roles: ClaimPath;
  readonly scopes: ClaimPath;
}

/** Claims that mean something in a store of ours. Those of another issuer must never be looked up there. */
const namesOfSessions = ['sid', 'gen', 'sxp', 'access_aud'];

/** The profile of tokens that another issuer signs: they open routes, and nothing else. */
export function trustedProfile(settings: TrustedSettings, keys: KeyFinder): TokenProfile {
  const { issuer, audience, types } = settings;
  return {
    keys,
    issuer,
    audience,
    // The issuer revokes them. There is no logout to be remembered here.
    longestTtl: maximumDuration,
    typeOf: (typ) => (types.includes(typeNameOf(typ)) ? 'access' : undefined),
    claimsOf: (claims, text) => renamed(claims, text, settings),
  };
}

/** A token without a `typ` says as little about its purpose as one with `JWT`. */
function typeNameOf(typ: unknown = 'jwt'): string {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
}

function renamed(
  claims: Record<string, unknown>,
  text: string,
  { roles, scopes }: TrustedSettings,
): Record<string, unknown> {
  const own = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(claims)) if (!namesOfSessions.includes(name)) own[name] = value;
  own['jti'] ??= createHash('sha256').update(text).digest('base64url');
  own['roles'] = rolesIn(memberAt(claims, roles));
  own['scope'] = scopeIn(memberAt(claims, scopes));
  return own;
}

function memberAt(claims: unknown, path: ClaimPath): unknown {
  return path.reduce(
    (value, name) => (isPlainObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    claims,
  );
}

function rolesIn(value: unknown): unknown {
  return typeof value === 'string' ? [value] : value;
}

/** As a list, or as one text. Some issuers write an empty one for none. */
function scopeIn(value: unknown): unknown {
  const scope = isScopeList(value) ? value.join(' ') : value;
  return scope === '' ? undefined : scope;
}
