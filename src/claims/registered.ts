import { maximumLength, nameList } from '../util/name-list';
import { ConfigurationError } from '../errors/errors';
import {
  isActor,
  isConfirmation,
  isGeneration,
  isIdentity,
  isNames,
  isRoleList,
  isScope,
  isScopeList,
  isScopeText,
  isText,
  isTicketUse,
  isTime,
  type Actor,
} from './forms';

/** One claim that this library writes and reads itself. */
export interface RegisteredClaim<T = unknown> {
  /** Whether a value has the form of the claim. Times are compared with the clock elsewhere. */
  readonly isWellFormed: (value: unknown) => value is T;
  /**
   * Which tokens have the claim. `all`: every token. `any`: optional in every token. `refresh`: optional in refresh
   * tokens only. `session`: always in the refresh tokens of a session, and never in others. `ticket`: the same for
   * tickets.
   */
  readonly on: 'all' | 'any' | 'refresh' | 'session' | 'ticket';
  /**
   * How long a value lasts. `token`: each token has its own. Everything else is carried over by a refresh: `login` until
   * the user proves who they are again, `grant` until `claimsFor` returns another, `session` as long as the session.
   */
  readonly lasts: 'token' | 'login' | 'grant' | 'session';
  /** The option of {@link ClaimOptions} that writes it. A claim without one is written by the manager alone. */
  readonly option?: string;
  /**
   * Converts the value of that option to the claim, or undefined to omit the claim.
   *
   * @param name the name of the option in errors
   */
  readonly toClaim?: (value: unknown, name: string) => T | undefined;
}

/** The options at issue that write one registered claim each. */
export interface ClaimOptions {
  /** The roles of the user, which a route can require. */
  readonly roles?: string | readonly string[] | undefined;
  /** Scopes as a list, or as one space-separated string (RFC 6749, section 3.3). */
  readonly scopes?: string | readonly string[] | undefined;
  /** How the user authenticated, such as `['pwd', 'otp']`: writes `amr` (RFC 8176). */
  readonly amr?: string | readonly string[] | undefined;
  /** How strong the authentication was, as a name of your own: writes `acr`, which a route can require (RFC 9470). */
  readonly acr?: string | undefined;
  /** Who acts for the identity, such as the support engineer who impersonates a user: writes `act` (RFC 8693, section 4.1). */
  readonly actor?: string | undefined;
  /** The OAuth client that the token was issued to: writes `client_id` (RFC 9068, section 2.2). */
  readonly clientId?: string | undefined;
}

const claim = <T, const Row extends Omit<RegisteredClaim<T>, 'isWellFormed'>>(
  isWellFormed: (value: unknown) => value is T,
  row: Row,
) => ({ isWellFormed, ...row });

/** All registered claims. An application's own claim cannot take one of their names. */
export const registeredClaims = {
  sub: claim(isIdentity, { on: 'all', lasts: 'session' }),
  jti: claim(isIdentity, { on: 'all', lasts: 'token' }),
  iat: claim(isTime, { on: 'all', lasts: 'token' }),
  nbf: claim(isTime, { on: 'any', lasts: 'token' }),
  exp: claim(isTime, { on: 'all', lasts: 'token' }),
  auth_time: claim(isTime, { on: 'any', lasts: 'login' }),
  sid: claim(isIdentity, { on: 'any', lasts: 'token' }),
  /** How often the session was rotated. */
  gen: claim(isGeneration, { on: 'session', lasts: 'token' }),
  /** What the CSRF value of all tokens of a login is derived from. */
  csrf: claim(isIdentity, { on: 'any', lasts: 'session' }),
  /** The absolute end of the session. */
  sxp: claim(isTime, { on: 'session', lasts: 'token' }),
  /** The audience of the access tokens. The refresh token is always for its own manager. */
  access_aud: claim(isNames, { on: 'refresh', lasts: 'token' }),
  /** What the ticket is for. */
  ticket: claim(isTicketUse, { on: 'ticket', lasts: 'token' }),
  roles: claim(isRoleList, { on: 'any', lasts: 'grant', option: 'roles', toClaim: rolesOf }),
  scope: claim(isScopeText, { on: 'any', lasts: 'grant', option: 'scopes', toClaim: scopeOf }),
  amr: claim(isRoleList, { on: 'any', lasts: 'login', option: 'amr', toClaim: rolesOf }),
  acr: claim(isIdentity, { on: 'any', lasts: 'login', option: 'acr', toClaim: acrOf }),
  act: claim(isActor, { on: 'any', lasts: 'session', option: 'actor', toClaim: actorOf }),
  client_id: claim(isIdentity, { on: 'any', lasts: 'session', option: 'clientId', toClaim: textOf }),
  cnf: claim(isConfirmation, { on: 'any', lasts: 'session' }),
  iss: claim(isText, { on: 'any', lasts: 'token' }),
  aud: claim(isNames, { on: 'any', lasts: 'token' }),
} satisfies Record<string, RegisteredClaim>;

type Table = typeof registeredClaims;
type Name = keyof Table;
type NameOn<Presence> = { [N in Name]: Table[N]['on'] extends Presence ? N : never }[Name];
type ClaimValue<N extends Name> = Table[N] extends RegisteredClaim<infer T> ? DeepReadonly<T> : never;
type DeepReadonly<T> = T extends (infer Item)[] ? readonly Item[] : T;

/** The registered claims of a verified token: checked, plain, times in Unix seconds. */
export type VerifiedClaims = { readonly [N in NameOn<'all'>]: ClaimValue<N> } & {
  readonly [N in Exclude<Name, NameOn<'all'>>]?: ClaimValue<N>;
};

/** The name of a registered claim. */
export type RegisteredName = Name;

/** Names that mark the kind of a token elsewhere. Our tokens have their type in the header. */
const kindNames = ['typ', 'token_use'];

const rows: readonly (readonly [Name, RegisteredClaim])[] = Object.entries(registeredClaims) as [
  Name,
  RegisteredClaim,
][];
const reserved: ReadonlySet<string> = new Set([...kindNames, ...Object.keys(registeredClaims)]);
const lastings: ReadonlyMap<string, RegisteredClaim['lasts']> = new Map(
  rows.map(([name, { lasts }]) => [name, lasts]),
);
const checks = rows.map(([name, { isWellFormed, on }]) => ({ name, isWellFormed, on }));
const rowsWithOption = rows.filter(([, { option }]) => option !== undefined);

/** The names of {@link ClaimOptions}. */
export const claimOptionNames = rowsWithOption.map(([, { option = '' }]) => option);

/** Whether a name belongs to this library, so that an application's own claim cannot have it. */
export function isRegistered(name: string): boolean {
  return reserved.has(name);
}

/** How long a claim lasts. An own claim of the application lasts until `claimsFor` returns others. */
export function lastingOf(name: string): RegisteredClaim['lasts'] {
  return lastings.get(name) ?? 'grant';
}

/**
 * Checks presence and form of the registered claims, in the order of the table.
 *
 * @returns the first that is missing, malformed or on a token that must not have it
 */
export function malformedClaim(
  claims: Readonly<Record<string, unknown>>,
  type: 'access' | 'refresh' | 'ticket',
): Name | undefined {
  const isRefresh = type === 'refresh';
  const isSessionRefresh = isRefresh && claims['sid'] !== undefined;
  const isTicket = type === 'ticket';
  for (const { name, isWellFormed, on } of checks) {
    const value = claims[name];
    // Most claims are absent from most tokens.
    if (value === undefined && (on === 'any' || on === 'refresh')) continue;
    const isExpected =
      on === 'all' || (on === 'session' && isSessionRefresh) || (on === 'ticket' && isTicket);
    const isForbidden =
      (on === 'session' && !isSessionRefresh) ||
      (on === 'refresh' && !isRefresh) ||
      (on === 'ticket' && !isTicket);
    if (value === undefined ? isExpected : isForbidden || !isWellFormed(value)) return name;
  }
  return undefined;
}

/**
 * The claims that options at issue write.
 *
 * @param owner what errors call the place of the options
 * @throws {@link ConfigurationError} when an option is wrong
 */
export function claimsFromOptions(
  options: Readonly<Record<string, unknown>>,
  owner: string,
): Record<string, unknown> {
  const claims: Record<string, unknown> = {};
  for (const [name, { option = '', toClaim }] of rowsWithOption) {
    const given = options[option];
    const value = given === undefined ? undefined : toClaim?.(given, `${owner}: ${option}`);
    if (value !== undefined) claims[name] = value;
  }
  return claims;
}

/** A user may have no role at all. */
function rolesOf(value: unknown, name: string): string[] | undefined {
  return isEmptyList(value) ? undefined : [...nameList(value, name, isRoleList)];
}

function scopeOf(value: unknown, name: string): string | undefined {
  if (isEmptyList(value)) return undefined;
  const isShort = typeof value === 'string' && value.length <= maximumLength;
  return nameList(isShort ? value.split(' ') : value, name, isScopeList).join(' ');
}

function acrOf(value: unknown, name: string): string {
  // A challenge lists the values with spaces between them (RFC 9470, section 3).
  if (isScope(value)) return value;
  throw new ConfigurationError(`${name} must be a string of printable ASCII without spaces and quotes`);
}

function actorOf(value: unknown, name: string): Actor {
  return { sub: textOf(value, name) };
}

function textOf(value: unknown, name: string): string {
  if (isIdentity(value)) return value;
  throw new ConfigurationError(`${name} must be a string of 1 to 255 characters without control characters`);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
