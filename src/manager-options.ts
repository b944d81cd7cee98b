import type { KeyObject } from 'node:crypto';
import type { ClaimsClass } from './claims';
import { ConfigurationError } from './errors';
import { KeySet } from './keys/key-set';
import { isRoleList, isScopeList } from './token/validate-claims';
import { systemClock, type Clock } from './util/clock';
import { durationInSeconds, type Duration } from './util/duration';
import { nameList } from './util/name-list';
import { checkOptions } from './util/options';

/** The options of a {@link JwtManager}. Exactly one of `secret` and `keys` must be given. */
export interface JwtManagerOptions<C extends object = Record<string, unknown>> {
  /** Shorthand for `keys: KeySet.fromSecret(secret)`: at least 32 bytes, signs with HS256. */
  readonly secret?: string | Buffer | KeyObject | undefined;
  /** The keys: one signs, all verify. */
  readonly keys?: KeySet | undefined;
  /** `iss` of every token, and demanded of every token (RFC 8725, section 3.8). */
  readonly issuer?: string | undefined;
  /** `aud` of every token; a token must name one of these. Without it, a token that names an audience is refused. */
  readonly audience?: string | readonly string[] | undefined;
  /** How long an access token lives. @default '15m' */
  readonly accessTokenTtl?: Duration | undefined;
  /** How long a refresh token lives. @default '30d' */
  readonly refreshTokenTtl?: Duration | undefined;
  /** How far clocks may differ, at most five minutes. @default 0 */
  readonly clockTolerance?: Duration | undefined;
  /** What `fresh: true` means: how old the login may be. @default '15m' */
  readonly freshFor?: Duration | undefined;
  /**
   * The class of the application's own claims: checked by class-validator at issue and at verify; types `token.claims`.
   * What it and its decorators make of a token's claims is frozen.
   */
  readonly claims?: ClaimsClass<C> | undefined;
  /** How long a function of the application's may take: `check`, `loadUser`, the checks of `claims`. @default '5s' */
  readonly hookTimeout?: Duration | undefined;
  /** The time, for specs. @default Date.now */
  readonly clock?: Clock | undefined;
}

/** What a token is to say. */
export interface IssueOptions<C extends object = Record<string, unknown>> {
  /** The application's own claims: JSON, none of the registered names, and nowhere `__proto__`, `constructor` or `prototype`. */
  readonly claims?: C | undefined;
  readonly roles?: string | readonly string[] | undefined;
  /** Scopes as a list, or as one space-separated string (RFC 6749, section 3.3). */
  readonly scopes?: string | readonly string[] | undefined;
  /** Whether the user has just proved who they are: writes `auth_time`. */
  readonly fresh?: boolean | undefined;
  /** How long this token lives, instead of the manager's setting; of a pair, the access token. */
  readonly expiresIn?: Duration | undefined;
  /** For whom this token is, instead of the manager's setting. */
  readonly audience?: string | readonly string[] | undefined;
}

/** @internal The options once they are checked; durations in seconds. */
export interface ManagerSettings<C extends object> {
  readonly keys: KeySet;
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  readonly accessTokenTtl: number;
  readonly refreshTokenTtl: number;
  readonly clockTolerance: number;
  readonly freshFor: number;
  readonly claimsClass: ClaimsClass<C> | undefined;
  readonly hookTimeout: number;
  readonly clock: Clock;
}

/** @internal {@link IssueOptions} once they are checked. */
export interface IssueSettings<C extends object> {
  readonly claims: C | undefined;
  readonly roles: readonly string[] | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly fresh: boolean | undefined;
  readonly expiresIn: number | undefined;
  readonly audience: readonly string[] | undefined;
}

const managerOptionNames = [
  'secret',
  'keys',
  'issuer',
  'audience',
  'accessTokenTtl',
  'refreshTokenTtl',
  'clockTolerance',
  'freshFor',
  'claims',
  'hookTimeout',
  'clock',
] as const;

const issueOptionNames = ['claims', 'roles', 'scopes', 'fresh', 'expiresIn', 'audience'] as const;

/** @internal */
export function resolveManagerOptions<C extends object>(options: JwtManagerOptions<C>): ManagerSettings<C> {
  checkOptions('JwtManager', options, managerOptionNames);
  const { issuer, audience, accessTokenTtl = '15m', refreshTokenTtl = '30d', clockTolerance = 0 } = options;
  const { freshFor = '15m', claims, hookTimeout = '5s', clock = systemClock } = options;
  if (issuer !== undefined && !isName(issuer))
    throw new ConfigurationError('issuer must be a non-empty string');
  if (claims !== undefined && typeof claims !== 'function')
    throw new ConfigurationError('claims must be a class');
  if (typeof clock !== 'function') throw new ConfigurationError('clock must be a function such as Date.now');
  return {
    keys: keysOf(options),
    issuer,
    audience: optional(audience, (names) => nameList(names, 'audience', isNameList)),
    accessTokenTtl: durationInSeconds(accessTokenTtl, 'accessTokenTtl'),
    refreshTokenTtl: durationInSeconds(refreshTokenTtl, 'refreshTokenTtl'),
    clockTolerance: durationInSeconds(clockTolerance, 'clockTolerance', { minimum: 0, maximum: 300 }),
    freshFor: durationInSeconds(freshFor, 'freshFor'),
    claimsClass: claims,
    hookTimeout: durationInSeconds(hookTimeout, 'hookTimeout', { maximum: 60 }),
    clock,
  };
}

function keysOf({ secret, keys }: Pick<JwtManagerOptions, 'secret' | 'keys'>): KeySet {
  if (keys !== undefined && secret !== undefined) {
    throw new ConfigurationError('give either secret or keys, not both');
  }
  if (keys === undefined) return KeySet.fromSecret(secret);
  if (!(keys instanceof KeySet))
    throw new ConfigurationError('keys must be a KeySet, such as KeySet.fromPem(…)');
  return keys;
}

/** @internal */
export function resolveIssueOptions<C extends object>(options: IssueOptions<C>): IssueSettings<C> {
  checkOptions('issuing a token', options, issueOptionNames);
  const { claims, roles, scopes, fresh, expiresIn, audience } = options;
  if (fresh !== undefined && typeof fresh !== 'boolean')
    throw new ConfigurationError('fresh must be true or false');
  return {
    claims,
    roles: optional(roles, (names) => listOrNone(names, 'roles', isRoleList)),
    scopes: optional(scopes, (names) =>
      listOrNone(typeof names === 'string' ? names.split(' ') : names, 'scopes', isScopeList),
    ),
    fresh,
    expiresIn: optional(expiresIn, (duration) => durationInSeconds(duration, 'expiresIn')),
    audience: optional(audience, (names) => nameList(names, 'audience', isNameList)),
  };
}

/** A user may have no role or scope at all; a demand or an audience of nobody is a mistake. */
function listOrNone(
  names: unknown,
  option: string,
  isList: (names: unknown) => names is string[],
): readonly string[] {
  return Array.isArray(names) && names.length === 0 ? [] : nameList(names, option, isList);
}

function optional<T, R>(value: T | undefined, resolve: (value: T) => R): R | undefined {
  return value === undefined ? undefined : resolve(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isName);
}
