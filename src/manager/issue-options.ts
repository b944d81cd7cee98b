import { claimOptionNames, claimsFromOptions, type ClaimOptions } from '../claims/registered';
import { ConfigurationError } from '../errors/errors';
import { sessionDetails, type SessionDetails } from '../sessions/session-details';
import { durationInSeconds, unitAboveOneDay, type Duration } from '../util/duration';
import { nameList } from '../util/name-list';
import { duration, flag, optional, unchecked } from '../util/option-parsers';
import { parseOptions } from '../util/options';

/**
 * The contents of a token.
 *
 * @example
 * ```ts
 * await jwtManager.createTokenPair(user.id, { roles: ['member'], scopes: 'posts:read', claims: { email } });
 * ```
 */
export interface IssueOptions<C extends object = Record<string, unknown>> extends ClaimOptions {
  /**
   * Your own claims: values that JSON can represent, without registered names, and without `__proto__`, `constructor`
   * or `prototype` at any depth. The whole token has at most 8,192 characters.
   */
  readonly claims?: C | undefined;
  /**
   * Whether the user has just authenticated: writes `auth_time`.
   * @default true for `createTokenPair`, otherwise false
   */
  readonly fresh?: boolean | undefined;
  /**
   * When the user authenticated, such as the moment at which the password was read: writes `auth_time`. A session is
   * not started if the user was logged out everywhere after it. @default now, if `fresh` is true
   */
  readonly authenticatedAt?: Date | undefined;
  /**
   * How long this token lives, instead of the manager's setting. For a pair, this is the access token. At most the
   * longest of `accessTokenTtl`, `refreshTokenTtl` and `sessionTtl`, and for an access token at most 24 hours if given as a number.
   */
  readonly expiresIn?: Duration | undefined;
  /**
   * The audience of this token, instead of the manager's setting. For a pair, this is the access token, also after
   * later refreshes.
   */
  readonly audience?: string | readonly string[] | undefined;
  /** Details of the login for a list of devices, and how long it lasts. */
  readonly session?: LoginDetails | undefined;
}

/**
 * The option `session` of {@link IssueOptions}.
 *
 * @example
 * ```ts
 * await jwtManager.createTokenPair(user.id, { session: { label: 'my laptop', ip: ctx.ip, ttl: '1d' } });
 * ```
 */
export interface LoginDetails extends SessionDetails {
  /** How long this session lasts at most, instead of the manager's `sessionTtl`, which is the upper limit. */
  readonly ttl?: Duration | undefined;
}

/** @internal {@link IssueOptions} once they are checked. */
export interface IssueSettings<C extends object> {
  /** The method that took the options, for errors. */
  readonly owner: string;
  readonly claims: C | undefined;
  /** The registered claims that options write, `auth_time` apart. */
  readonly registered: Readonly<Record<string, unknown>>;
  readonly fresh: boolean | undefined;
  /** Unix seconds. */
  readonly authenticatedAt: number | undefined;
  readonly expiresIn: number | undefined;
  readonly audience: readonly string[] | undefined;
  readonly session: SessionDetails;
  readonly sessionTtl: number | undefined;
}

const issueOptions = {
  claims: unchecked<object | undefined>,
  fresh: optional(flag(false)),
  authenticatedAt: optional(secondsOf),
  expiresIn: optional(duration(undefined, unitAboveOneDay)),
  audience: optional(audienceOf),
  session: unchecked<LoginDetails | undefined>,
  ...Object.fromEntries(claimOptionNames.map((name) => [name, unchecked])),
};

/** A refresh token lives for days as a rule: their number of seconds is no mistake. */
const refreshTokenOptions = { ...issueOptions, expiresIn: optional(duration()) };

/**
 * @internal
 * @param owner the method that takes the options, for errors
 */
export function resolveIssueOptions<C extends object>(
  options: IssueOptions<C>,
  owner: string,
  parsers = issueOptions,
): IssueSettings<C> {
  const parsed = parseOptions(owner, options, parsers);
  const { claims, fresh, authenticatedAt, expiresIn, audience, session } = parsed;
  if (fresh === false && authenticatedAt !== undefined)
    throw new ConfigurationError(`${owner}: authenticatedAt must not be given with fresh: false`);
  // Own members only, as with all options.
  const ttl = session && Object.hasOwn(session, 'ttl') ? session.ttl : undefined;
  return {
    owner,
    claims: claims as C | undefined,
    registered: claimsFromOptions(parsed, owner),
    fresh,
    authenticatedAt,
    expiresIn,
    audience,
    session: sessionDetails(session, owner, ['ttl']),
    sessionTtl: ttl === undefined ? undefined : durationInSeconds(ttl, `${owner}: session.ttl`),
  };
}

/** @internal The same for the options of `createRefreshToken`. */
export function resolveRefreshTokenOptions<C extends object>(options: IssueOptions<C>): IssueSettings<C> {
  return resolveIssueOptions(options, 'createRefreshToken', refreshTokenOptions);
}

function secondsOf(authenticatedAt: unknown, name: string): number {
  const time = authenticatedAt instanceof Date ? authenticatedAt.getTime() : NaN;
  if (!(time >= 0)) throw new ConfigurationError(`${name} must be a Date, such as new Date()`);
  return Math.floor(time / 1000);
}

/** @internal */
export function audienceOf(audience: unknown, name: string): readonly string[] {
  return nameList(audience, name, isNameList);
}

function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}
