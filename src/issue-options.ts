import { ConfigurationError } from './errors';
import { sessionDetails, type SessionDetails } from './sessions/session-details';
import { isRoleList, isScopeList } from './token/validate-claims';
import { durationInSeconds, type Duration } from './util/duration';
import { nameList } from './util/name-list';
import { readOptions } from './util/options';

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
  /** How long this token lives, instead of the manager's setting; of a pair, the access token. */
  readonly expiresIn?: Duration | undefined;
  /** For whom this token is, instead of the manager's setting. */
  readonly audience?: string | readonly string[] | undefined;
  /** What a list of devices is to show of the login. */
  readonly session?: SessionDetails | undefined;
}

/** @internal {@link IssueOptions} once they are checked. */
export interface IssueSettings<C extends object> {
  readonly claims: C | undefined;
  readonly roles: readonly string[] | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly fresh: boolean | undefined;
  readonly expiresIn: number | undefined;
  readonly audience: readonly string[] | undefined;
  readonly session: SessionDetails;
}

const issueOptionNames = ['claims', 'roles', 'scopes', 'fresh', 'expiresIn', 'audience', 'session'] as const;

/** @internal */
export function resolveIssueOptions<C extends object>(options: IssueOptions<C>): IssueSettings<C> {
  const own = readOptions('issuing a token', options, issueOptionNames);
  const { claims, roles, scopes, fresh, expiresIn, audience, session } = own;
  if (fresh !== undefined && typeof fresh !== 'boolean')
    throw new ConfigurationError('fresh must be true or false');
  return {
    claims,
    roles: roles === undefined ? undefined : listOrNone(roles, 'roles', isRoleList),
    scopes: scopes === undefined ? undefined : listOrNone(split(scopes), 'scopes', isScopeList),
    fresh,
    expiresIn: expiresIn === undefined ? undefined : durationInSeconds(expiresIn, 'expiresIn'),
    audience: resolveAudience(audience),
    session: sessionDetails(session),
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

function split(scopes: unknown): unknown {
  return typeof scopes === 'string' ? scopes.split(' ') : scopes;
}

/** @internal */
export function resolveAudience(
  audience: string | readonly string[] | undefined,
): readonly string[] | undefined {
  return audience === undefined ? undefined : nameList(audience, 'audience', isNameList);
}

function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}
