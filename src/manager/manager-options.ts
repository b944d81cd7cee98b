import type { KeyObject } from 'node:crypto';
import { checkClaimsClass, type ClaimsClass } from '../claims/class';
import { ConfigurationError } from '../errors/errors';
import { KeySet } from '../keys/key-set';
import { resolveAudience, type IssueOptions } from './issue-options';
import { MemoryTokenStore } from '../store/memory/memory-token-store';
import { isTokenStore } from '../store/session-shape';
import type { Session, TokenStore } from '../store/token-store';
import { TokenLimit } from '../token/token-limit';
import { systemClock, type Clock } from '../util/clock';
import { durationInSeconds, type Duration } from '../util/duration';
import { readOptions } from '../util/options';

/** The options of a {@link JwtManager}. Exactly one of `secret` and `keys` must be given. */
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
  /** `aud` of every token; a token must name one of these. Without it, a token that names an audience is refused. */
  readonly audience?: string | readonly string[] | undefined;
  /** How long an access token lives. @default '15m' */
  readonly accessTokenTtl?: Duration | undefined;
  /** How long a refresh token lives. @default '30d' */
  readonly refreshTokenTtl?: Duration | undefined;
  /**
   * How far clocks may differ, at most five minutes: `exp`, `iat` and `nbf` are judged so much more kindly (RFC 7519,
   * section 4.1). @default 0 for `exp`, 5 seconds for `iat` and `nbf`
   */
  readonly clockTolerance?: Duration | undefined;
  /** What `fresh: true` means: how old the login may be. @default '15m' */
  readonly freshFor?: Duration | undefined;
  /** How long a session lasts, however often it is refreshed. @default '90d' */
  readonly sessionTtl?: Duration | undefined;
  /** How many sessions an identity may have. The next login ends the one that was used longest ago. @default 1000 */
  readonly maxSessions?: number | undefined;
  /**
   * How long after a rotation the previous refresh token is answered with the same successor, for two tabs and lost
   * responses; at most an hour. With 0 every replay counts as theft. @default '10s'
   */
  readonly rotationGrace?: Duration | undefined;
  /**
   * The class of the application's own claims, with class-validator decorators, which are asked at issue and at verify;
   * types `token.claims`.
   * The instance that it and its decorators build from a token is frozen at every depth. A member that cannot be frozen,
   * such as a Date or a Map, is copied each time that it is read.
   */
  readonly claims?: ClaimsClass<C> | undefined;
  /**
   * Asked at each refresh what the new tokens say: its roles, scopes and claims replace those of the old ones, an
   * audience too where it names one. `null` ends the session. When it throws, hangs or answers anything else, the
   * refresh is 503 `ERR_JWT_HOOK` and the session is untouched. @default everything is carried over
   */
  readonly claimsFor?: ClaimsFor<C> | undefined;
  /**
   * Where sessions and revocations are remembered; false for tokens that nobody can revoke, without sessions.
   * @default new MemoryTokenStore(), which is of this process alone: in production it warns, unless it was given
   */
  readonly store?: TokenStore | false | undefined;
  /** How long the store may take in one operation, at most a minute. @default '1s' */
  readonly storeTimeout?: Duration | undefined;
  /**
   * How many characters a token may have, up to 8192. Larger ones are rejected when they are issued, before a session is
   * created or moves on. @default 8192; 3800 where a checker has TokenCookies among its locations, or a requirement of its server
   */
  readonly maxTokenLength?: number | undefined;
  /** How long a function of the application's may take: `check`, `loadUser`, `claimsFor`, the checks of `claims`. @default '5s' */
  readonly hookTimeout?: Duration | undefined;
  /** The time, for specs. @default Date.now */
  readonly clock?: Clock | undefined;
}

/** The type of {@link JwtManagerOptions.claimsFor}. */
export type ClaimsFor<C extends object> = (
  identity: string,
  session: Session,
) => IssueOptions<C> | null | Promise<IssueOptions<C> | null>;

/** @internal The options once they are checked; durations in seconds. */
export interface ManagerSettings<C extends object> {
  readonly keys: KeySet;
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  readonly accessTokenTtl: number;
  readonly refreshTokenTtl: number;
  readonly clockTolerance: number;
  /** The same for `iat` and `nbf`. */
  readonly issueTolerance: number;
  readonly freshFor: number;
  readonly sessionTtl: number;
  /** No token lives longer. */
  readonly longestTtl: number;
  readonly maxSessions: number;
  readonly rotationGrace: number;
  readonly claimsClass: ClaimsClass<C> | undefined;
  readonly claimsFor: ClaimsFor<C> | undefined;
  /** Undefined: none. */
  readonly store: TokenStore | undefined;
  readonly hasDefaultStore: boolean;
  readonly storeTimeout: number;
  readonly tokenLimit: TokenLimit;
  readonly hookTimeout: number;
  readonly clock: Clock;
}

/** @internal What routes and cookies need to know of a manager; seconds. */
export type ManagerLimits = Readonly<
  Pick<ManagerSettings<object>, 'freshFor' | 'hookTimeout' | 'rotationGrace' | 'tokenLimit'>
>;

/** @internal Without a store, no token can be rotated. */
export function limitsOf(settings: ManagerLimits & { readonly store: unknown }): ManagerLimits {
  const { freshFor, hookTimeout, rotationGrace, tokenLimit, store } = settings;
  return Object.freeze({ freshFor, hookTimeout, rotationGrace: store ? rotationGrace : 0, tokenLimit });
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
  'sessionTtl',
  'maxSessions',
  'rotationGrace',
  'claims',
  'claimsFor',
  'store',
  'storeTimeout',
  'maxTokenLength',
  'hookTimeout',
  'clock',
] as const;

/** @internal */
export function resolveManagerOptions<C extends object>(given: JwtManagerOptions<C>): ManagerSettings<C> {
  const example = '{ secret: process.env.JWT_SECRET_KEY }';
  const options = readOptions('JwtManager', given, managerOptionNames, example);
  const { issuer, audience, rotationGrace = '10s', storeTimeout = '1s', maxSessions = 1000 } = options;
  const { freshFor = '15m', claims, claimsFor, hookTimeout = '5s', clock = systemClock } = options;
  if (issuer !== undefined && (typeof issuer !== 'string' || issuer === ''))
    throw new ConfigurationError('issuer must be a non-empty string');
  if (claims !== undefined) checkClaimsClass(claims);
  if (typeof clock !== 'function') throw new ConfigurationError('clock must be a function such as Date.now');
  if (claimsFor !== undefined && typeof claimsFor !== 'function')
    throw new ConfigurationError('claimsFor must be a function of identity and session');
  return {
    keys: keysOf(options),
    issuer,
    audience: resolveAudience(audience),
    ...timesOf(options),
    freshFor: durationInSeconds(freshFor, 'freshFor'),
    maxSessions: sessionLimit(maxSessions),
    rotationGrace: durationInSeconds(rotationGrace, 'rotationGrace', { minimum: 0, maximum: 3600 }),
    claimsClass: claims,
    claimsFor,
    store: storeOf(options.store, clock),
    hasDefaultStore: options.store === undefined,
    storeTimeout: durationInSeconds(storeTimeout, 'storeTimeout', { maximum: 60 }),
    tokenLimit: new TokenLimit(options.maxTokenLength),
    hookTimeout: durationInSeconds(hookTimeout, 'hookTimeout', { maximum: 60 }),
    clock,
  };
}

/** @internal Whether each of two managers accepts tokens of the other: they share a key, and iss and aud may agree. */
export function acceptSameTokens(one: ManagerSettings<object>, other: ManagerSettings<object>): boolean {
  const shareAudience = one.audience
    ? one.audience.some((name) => other.audience?.includes(name))
    : other.audience === undefined;
  return one.issuer === other.issuer && shareAudience && one.keys.sharesKeyWith(other.keys);
}

type Times =
  'accessTokenTtl' | 'refreshTokenTtl' | 'sessionTtl' | 'longestTtl' | 'clockTolerance' | 'issueTolerance';

function timesOf<C extends object>(options: JwtManagerOptions<C>): Pick<ManagerSettings<C>, Times> {
  const { accessTokenTtl = '15m', refreshTokenTtl = '30d', sessionTtl = '90d', clockTolerance } = options;
  const lifetimes = {
    accessTokenTtl: durationInSeconds(accessTokenTtl, 'accessTokenTtl'),
    refreshTokenTtl: durationInSeconds(refreshTokenTtl, 'refreshTokenTtl'),
    sessionTtl: durationInSeconds(sessionTtl, 'sessionTtl'),
  };
  const tolerance = (seconds: number) => {
    const given = clockTolerance === undefined ? seconds : clockTolerance;
    return durationInSeconds(given, 'clockTolerance', { minimum: 0, maximum: 300 });
  };
  const longestTtl = Math.max(...Object.values(lifetimes));
  return { ...lifetimes, longestTtl, clockTolerance: tolerance(0), issueTolerance: tolerance(5) };
}

function sessionLimit(maxSessions: number): number {
  if (!Number.isSafeInteger(maxSessions) || maxSessions < 1)
    throw new ConfigurationError('maxSessions must be a whole number of at least 1');
  return maxSessions;
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

function storeOf(store: TokenStore | false | undefined, clock: Clock): TokenStore | undefined {
  if (store === false) return undefined;
  if (store === undefined) return new MemoryTokenStore({ clock });
  if (!isTokenStore(store)) {
    throw new ConfigurationError('store must be a TokenStore such as new MemoryTokenStore(), or false');
  }
  return store;
}
