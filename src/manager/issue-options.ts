import { ConfigurationError } from '../errors/errors';
import { sessionDetails, type SessionDetails } from '../sessions/session-details';
import { maximumLength } from '../token/compact';
import { isRoleList, isScopeList } from '../token/validate-claims';
import { durationInSeconds, type Duration } from '../util/duration';
import { nameList } from '../util/name-list';
import { readOptions } from '../util/options';

/** What a token is to say. */
export interface IssueOptions<C extends object = Record<string, unknown>> {
  /**
   * The application's own claims: what JSON can say, none of the registered names, and nowhere `__proto__`, `constructor`
   * or `prototype`. The whole token has at most 8,192 characters.
   */
  readonly claims?: C | undefined;
  readonly roles?: string | readonly string[] | undefined;
  /** Scopes as a list, or as one space-separated string (RFC 6749, section 3.3). */
  readonly scopes?: string | readonly string[] | undefined;
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
  readonly claims: C | undefined;
  readonly roles: readonly string[] | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly fresh: boolean | undefined;
  /** Unix seconds. */
  readonly authenticatedAt: number | undefined;
  readonly expiresIn: number | undefined;
  readonly audience: readonly string[] | undefined;
  readonly session: SessionDetails;
  readonly sessionTtl: number | undefined;
}

const issueOptionNames = [
  'claims',
  'roles',
  'scopes',
  'fresh',
  'authenticatedAt',
  'expiresIn',
  'audience',
  'session',
] as const;

/** @internal */
export function resolveIssueOptions<C extends object>(options: IssueOptions<C>): IssueSettings<C> {
  const own = readOptions('issuing a token', options, issueOptionNames);
  const { claims, roles, scopes, fresh, authenticatedAt, expiresIn, audience, session } = own;
  if (fresh !== undefined && typeof fresh !== 'boolean')
    throw new ConfigurationError('fresh must be true or false');
  const details = sessionDetails(session, ['ttl']);
  // Own members only, as with all options.
  const ttl = session && Object.hasOwn(session, 'ttl') ? session.ttl : undefined;
  return {
    claims,
    roles: roles === undefined ? undefined : listOrNone(roles, 'roles', isRoleList),
    scopes: scopes === undefined ? undefined : listOrNone(split(scopes), 'scopes', isScopeList),
    fresh,
    authenticatedAt: authenticatedAt === undefined ? undefined : secondsOf(authenticatedAt, fresh),
    expiresIn: expiresIn === undefined ? undefined : durationInSeconds(expiresIn, 'expiresIn'),
    audience: resolveAudience(audience),
    session: details,
    sessionTtl: ttl === undefined ? undefined : durationInSeconds(ttl, 'session.ttl'),
  };
}

function secondsOf(authenticatedAt: unknown, fresh: boolean | undefined): number {
  if (fresh === false) throw new ConfigurationError('authenticatedAt must not be given with fresh: false');
  const time = authenticatedAt instanceof Date ? authenticatedAt.getTime() : NaN;
  if (!(time >= 0)) throw new ConfigurationError('authenticatedAt must be a Date, such as new Date()');
  return Math.floor(time / 1000);
}

/** A user may have no role or scope at all; a demand or an audience of nobody is a mistake. */
function listOrNone(
  names: unknown,
  option: string,
  isList: (names: unknown) => names is string[],
): readonly string[] {
  checkLength(names, option);
  return Array.isArray(names) && names.length === 0 ? [] : nameList(names, option, isList);
}

/** Looks at no more of the names than may be there. */
function checkLength(names: unknown, option: string): void {
  const list: unknown[] = Array.isArray(names) ? names : [names];
  let length = list.length;
  if (length > maximumLength || list.some((name) => (length += lengthOf(name)) > maximumLength))
    throw new ConfigurationError(`${option} must have at most ${String(maximumLength)} characters`);
}

function lengthOf(name: unknown): number {
  return typeof name === 'string' ? name.length : 0;
}

function split(scopes: unknown): unknown {
  return typeof scopes === 'string' && scopes.length < maximumLength ? scopes.split(' ') : scopes;
}

/** @internal */
export function resolveAudience(
  audience: string | readonly string[] | undefined,
): readonly string[] | undefined {
  if (audience === undefined) return undefined;
  checkLength(audience, 'audience');
  return nameList(audience, 'audience', isNameList);
}

function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}
