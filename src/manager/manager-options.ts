import type { KeyObject } from 'node:crypto';
import { checkClaimsClass, type ClaimsClass } from '../claims/class';
import { ConfigurationError } from '../errors/errors';
import { KeySet } from '../keys/key-set';
import { MemoryTokenStore } from '../store/memory/memory-token-store';
import { isTokenStore } from '../store/session-shape';
import type { Session, TokenStore } from '../store/token-store';
import { TokenLimit } from '../token/token-limit';
import { systemClock, type Clock } from '../util/clock';
import { hintAt } from '../util/promises';
import { unitAboveOneDay, type Duration } from '../util/duration';
import { callback, count, duration, optional, text, unchecked } from '../util/option-parsers';
import { parseOptions, type ParsedOptions } from '../util/options';
import { cacheOf } from './cache-option';
import { audienceOf, type IssueOptions } from './issue-options';
import { checkTrust } from './isolation';
import { trustedIssuersOf, type TrustedIssuer } from './trusted-issuer-options';

/**
 * The options of a {@link JwtManager}. Exactly one of `secret` and `keys` must be given. With `trustedIssuers` neither is
 * required: such a manager verifies their tokens and issues none.
 *
 * @example
 * ```ts
 * const options: JwtManagerOptions = { secret: process.env.JWT_SECRET_KEY, issuer: 'https://api.example.com' };
 * ```
 */
export interface JwtManagerOptions<C extends object = Record<string, unknown>> {
  /** Shorthand for `keys: KeySet.fromSecret(secret)`: at least 32 bytes, signs with HS256. */
  readonly secret?: string | Buffer | KeyObject | undefined;
  /** The keys: one signs, all verify. */
  readonly keys?: KeySet | undefined;
  /**
   * `iss` of every token, and required in every token (RFC 8725, section 3.8). Without it, a token that names an issuer
   * is rejected.
   */
  readonly issuer?: string | undefined;
  /** `aud` of every token. A token must name one of these. Without it, a token that names an audience is rejected. */
  readonly audience?: string | readonly string[] | undefined;
  /** Other issuers whose access tokens open routes, such as an OpenID provider. @default none */
  readonly trustedIssuers?: readonly TrustedIssuer[] | undefined;
  /** How long an access token lives, at most 24 hours if given as a number. @default '15m' */
  readonly accessTokenTtl?: Duration | undefined;
  /** How long a refresh token lives. @default '30d' */
  readonly refreshTokenTtl?: Duration | undefined;
  /**
   * How far clocks may differ, at most five minutes: the tolerance for `exp`, `iat` and `nbf` (RFC 7519, section
   * 4.1). @default 0 for `exp`, 5 seconds for `iat` and `nbf`
   */
  readonly clockTolerance?: Duration | undefined;
  /** The maximum age of a login for `fresh: true`, at most 24 hours if given as a number. @default '15m' */
  readonly freshFor?: Duration | undefined;
  /** How long a session lasts at most, however often it is refreshed. @default '90d' */
  readonly sessionTtl?: Duration | undefined;
  /** How many sessions an identity may have. The next login ends the one that was used longest ago. @default 1000 */
  readonly maxSessions?: number | undefined;
  /**
   * How long after a rotation the previous refresh token still gets the same new one, for two tabs and lost
   * responses. At most an hour. With 0, every second use ends the session. @default '10s'
   */
  readonly rotationGrace?: Duration | undefined;
  /**
   * The class of your own claims, with class-validator decorators that are checked when a token is issued and
   * verified. It is the type of `token.claims`, whose instance is frozen at every depth. A member that cannot be
   * frozen, such as a Date or a Map, is copied each time it is read.
   */
  readonly claims?: ClaimsClass<C> | undefined;
  /**
   * Called at each refresh. Its roles, scopes and claims replace those of the old tokens, and so does its audience,
   * if it returns one. `null` ends the session. If it throws, takes too long or returns anything else, the refresh is
   * 503 `ERR_JWT_HOOK` and the session does not change. @default everything is kept
   */
  readonly claimsFor?: ClaimsFor<C> | undefined;
  /**
   * Where sessions and revocations are kept. `false` for tokens that cannot be revoked, without sessions.
   * @default new MemoryTokenStore(), which belongs to one process. In production, a warning is emitted if it was not
   * set explicitly
   */
  readonly store?: TokenStore | false | undefined;
  /** How long the store may take in one operation, at most a minute. @default '1s' */
  readonly storeTimeout?: Duration | undefined;
  /**
   * How many characters a token may have, up to 8192. A larger token cannot be issued, which is checked before a
   * session is created or refreshed. @default 8192, or 3800 if a checker or a requirement of its server has
   * TokenCookies among its locations
   */
  readonly maxTokenLength?: number | undefined;
  /**
   * How many verified tokens are remembered, so that their signature is not verified again. Every use still checks times,
   * keys and revocation. `false` verifies each time. The checks of `claims` run once for a remembered token.
   * @default { maxEntries: 10_000 }
   */
  readonly cache?: false | { readonly maxEntries?: number | undefined } | undefined;
  /**
   * How long your functions may take, at most a minute: `check`, `currentUserChecker`, `claimsFor`, the checks of `claims`.
   * @default '5s'
   */
  readonly hookTimeout?: Duration | undefined;
  /** The time, for specs. @default Date.now */
  readonly clock?: Clock | undefined;
}

/**
 * The type of {@link JwtManagerOptions.claimsFor}.
 *
 * @example
 * ```ts
 * const claimsFor: ClaimsFor<object> = async (identity) => {
 *   const user = await users.find(identity);
 *   return user ? { roles: user.roles } : null;
 * };
 * ```
 */
export type ClaimsFor<C extends object> = (
  identity: string,
  session: Session,
) => IssueOptions<C> | null | Promise<IssueOptions<C> | null>;

/** One line for each option of {@link JwtManagerOptions}: what is allowed, and the default. Durations become seconds. */
const managerOptions = {
  secret: unchecked<JwtManagerOptions['secret']>,
  keys: optional(keySetOf),
  issuer: optional(text),
  audience: optional(audienceOf),
  trustedIssuers: trustedIssuersOf,
  accessTokenTtl: duration('15m', unitAboveOneDay),
  refreshTokenTtl: duration('30d'),
  clockTolerance: optional(duration(0, { minimum: 0, maximum: 300 })),
  freshFor: duration('15m', unitAboveOneDay),
  sessionTtl: duration('90d'),
  maxSessions: count(1000),
  rotationGrace: duration('10s', { minimum: 0, maximum: 3600 }),
  claims: optional(claimsClassOf),
  claimsFor: optional(callback<ClaimsFor<object>>('a function of identity and session')),
  store: optional(storeOf),
  storeTimeout: duration('1s', { maximum: 60 }),
  maxTokenLength: tokenLimitOf,
  cache: cacheOf,
  hookTimeout: duration('5s', { maximum: 60 }),
  clock: callback<Clock>('a function such as Date.now', systemClock),
};

type Parsed = ParsedOptions<typeof managerOptions>;

/** @internal The options once they are checked, and what follows from several of them; seconds. */
export interface ManagerSettings<C extends object> extends Omit<Parsed, 'secret' | 'claims' | 'claimsFor'> {
  readonly keys: KeySet;
  readonly claims: ClaimsClass<C> | undefined;
  readonly claimsFor: ClaimsFor<C> | undefined;
  readonly clockTolerance: number;
  /** The same for `iat` and `nbf`. */
  readonly issueTolerance: number;
  /** No token lives longer. */
  readonly longestTtl: number;
  /** Undefined: none. */
  readonly store: TokenStore | undefined;
  readonly hasDefaultStore: boolean;
}

/** @internal The settings of a manager that routes and cookies need, in seconds. */
export interface ManagerLimits extends Pick<
  ManagerSettings<object>,
  'freshFor' | 'hookTimeout' | 'rotationGrace'
> {
  readonly tokenLimit: TokenLimit;
}

/** @internal Without a store, no token can be rotated. */
export function limitsOf(settings: ManagerSettings<object>): ManagerLimits {
  const { freshFor, hookTimeout, maxTokenLength: tokenLimit, store } = settings;
  return Object.freeze({
    freshFor,
    hookTimeout,
    tokenLimit,
    rotationGrace: store ? settings.rotationGrace : 0,
  });
}

/** @internal */
export function resolveManagerOptions<C extends object>(given: JwtManagerOptions<C>): ManagerSettings<C> {
  const example = '{ secret: process.env.JWT_SECRET_KEY }';
  const { secret, ...parsed } = parseOptions('JwtManager', given, managerOptions, example);
  const { accessTokenTtl, refreshTokenTtl, sessionTtl, clockTolerance, store, clock } = parsed;
  const keys = keysOf(secret, parsed);
  return {
    ...parsed,
    keys,
    claims: parsed.claims as ClaimsClass<C> | undefined,
    claimsFor: parsed.claimsFor as ClaimsFor<C> | undefined,
    clockTolerance: clockTolerance ?? 0,
    issueTolerance: clockTolerance ?? 5,
    longestTtl: Math.max(accessTokenTtl, refreshTokenTtl, sessionTtl),
    store: store === undefined ? new MemoryTokenStore({ clock }) : store || undefined,
    hasDefaultStore: store === undefined && keys.kids.length > 0,
  };
}

function keysOf(
  secret: JwtManagerOptions['secret'],
  { keys, issuer, trustedIssuers }: Omit<Parsed, 'secret'>,
): KeySet {
  if (keys !== undefined && secret !== undefined)
    throw new ConfigurationError('JwtManager: give either secret or keys, not both');
  const isVerifierOnly = secret === undefined && trustedIssuers.length > 0;
  const own = keys ?? (isVerifierOnly ? KeySet.empty() : KeySet.forManager(secret));
  checkTrust({ keys: own, issuer, trustedIssuers });
  return own;
}

function keySetOf(keys: unknown, name: string): KeySet {
  if (keys instanceof KeySet) return keys;
  throw new ConfigurationError(
    `${name} must be a KeySet, such as KeySet.fromPem(…)${hintAt(keys, 'KeySet')}`,
  );
}

function claimsClassOf(claims: unknown, name: string): ClaimsClass<object> {
  checkClaimsClass(claims, name);
  return claims as ClaimsClass<object>;
}

function storeOf(store: unknown, name: string): TokenStore | false {
  if (store === false || isTokenStore(store)) return store;
  throw new ConfigurationError(
    `${name} must be a TokenStore such as new MemoryTokenStore(), or false${hintAt(store)}`,
  );
}

function tokenLimitOf(length: unknown, name: string): TokenLimit {
  return new TokenLimit(length, name);
}
