import { claimOptionNames, claimsFromOptions, type ClaimOptions } from '../claims/registered';
import { ConfigurationError } from '../errors/errors';
import { sessionDetails, type SessionDetails } from '../sessions/session-details';
import { durationInSeconds, type Duration } from '../util/duration';
import { nameList } from '../util/name-list';
import { duration, flag, optional, unchecked } from '../util/option-parsers';
import { parseOptions } from '../util/options';

/** What a token is to say. */
export interface IssueOptions<C extends object = Record<string, unknown>> extends ClaimOptions {
  /**
   * The application's own claims: what JSON can say, none of the registered names, and nowhere `__proto__`, `constructor`
   * or `prototype`. The whole token has at most 8,192 characters.
   */
  readonly claims?: C | undefined;
  /** Whether the user has just proved who they are: writes `auth_time`. */
  readonly fresh?: boolean | undefined;
  /**
   * When the user proved who they are, such as the moment at which the password was read: writes `auth_time`. A session is
   * not started when the user was logged out everywhere after it. @default now, where `fresh` is true
   */
  readonly authenticatedAt?: Date | undefined;
  /**
   * How long this token lives, instead of the manager's setting; of a pair, the access token. At most as long as the longest
   * of `accessTokenTtl`, `refreshTokenTtl` and `sessionTtl`.
   */
  readonly expiresIn?: Duration | undefined;
  /** For whom this token is, instead of the manager's setting; of a pair, the access tokens, those of later refreshes too. */
  readonly audience?: string | readonly string[] | undefined;
  /** What a list of devices is to show of the login, and how long it lasts. */
  readonly session?: LoginDetails | undefined;
}

/** The option `session` of {@link IssueOptions}. */
export interface LoginDetails extends SessionDetails {
  /** The absolute end of this session, instead of the manager's `sessionTtl`, which is the longest. */
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
  expiresIn: optional(duration()),
  audience: optional(audienceOf),
  session: unchecked<LoginDetails | undefined>,
  ...Object.fromEntries(claimOptionNames.map((name) => [name, unchecked])),
};

/**
 * @internal
 * @param owner the method that takes the options, for errors
 */
export function resolveIssueOptions<C extends object>(
  options: IssueOptions<C>,
  owner: string,
): IssueSettings<C> {
  const parsed = parseOptions(owner, options, issueOptions);
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
