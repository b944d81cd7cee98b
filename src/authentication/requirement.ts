import type { Action } from 'routing-controllers';
import { ConfigurationError } from '../errors/errors';
import { checkLocations } from '../http/locations/check-locations';
import type { TokenLocation } from '../http/locations/token-location';
import type { Token, TokenType } from '../token/token';
import { isRoleList, isScopeList } from '../claims/forms';
import { durationInSeconds, type Duration } from '../util/duration';
import { nameList } from '../util/name-list';
import { frozenCopy, readOptions } from '../util/options';
import { undefinedError, undefinedMember } from './undefined-members';

/**
 * What a method requires of a request. Everything that is set must hold. Anything that a method's rule leaves out comes
 * from the rule of its class, except `optional`; `false` drops what the class requires.
 *
 * No member may be `undefined`: a circular import makes it so, and the route would be open.
 */
export interface JwtRequirement<C extends object = Record<string, unknown>> {
  /** Which tokens open the method. @default 'access' */
  readonly type?: TokenType | 'any';
  /** Whether a request without a token may pass; a bad token is rejected all the same. @default false */
  readonly optional?: boolean;
  /** How old the login may be; `true` means the manager's `freshFor`. The challenge follows RFC 9470. @default false */
  readonly fresh?: boolean | Duration;
  /** One of these roles or, with `deny`, none of these; `deny` rejects tokens without any role, too. @default false */
  readonly roles?: string | readonly string[] | { readonly deny: string | readonly string[] } | false;
  /** All of these scopes or, with `any`, one of them. @default false */
  readonly scopes?: string | readonly string[] | { readonly any: readonly string[] } | false;
  /** Your own rule. The request is rejected unless it returns `true` in time. @default false */
  readonly check?: ((this: void, token: Token<C>, action: Action) => boolean | Promise<boolean>) | false;
  /** Where to look for the token, instead of the checker's locations. */
  readonly locations?: readonly TokenLocation[];
  /** Skips the store: faster, but a revoked token passes until it expires. @default false */
  readonly skipRevocationCheck?: boolean;
  /** Which of the checker's managers verifies, where it was given several by name. @default 'default' */
  readonly manager?: string;
}

/** @internal A requirement once it is checked. */
export interface ResolvedRequirement {
  readonly type: TokenType | 'any';
  readonly optional: boolean;
  /** Seconds, or true for the manager's setting. */
  readonly fresh: number | true | undefined;
  readonly roles: NameRule | undefined;
  readonly scopes: NameRule | undefined;
  readonly check: Exclude<JwtRequirement['check'], false>;
  readonly locations: readonly TokenLocation[] | undefined;
  readonly skipRevocationCheck: boolean;
  /** Which one; undefined: the one called `default`. */
  readonly manager: string | undefined;
}

/** @internal Which names a token must have, or must not. */
export interface NameRule {
  readonly rule: 'any' | 'all' | 'deny';
  readonly names: readonly string[];
}

/** @internal What a decorator leaves in the host's storage: the requirement, or null for an open method. */
export class RouteRule {
  constructor(
    /** As it was written, for `describeRoutes`. */
    readonly declared: JwtRequirement | null,
    readonly resolved: ResolvedRequirement | null,
  ) {
    Object.freeze(this);
  }
}

/** @internal */
export const requirementKeys = [
  'type',
  'optional',
  'fresh',
  'roles',
  'scopes',
  'check',
  'locations',
  'skipRevocationCheck',
  'manager',
] as const satisfies (keyof JwtRequirement)[];

/**
 * @internal Checks a requirement when its method is decorated.
 * @throws {@link ConfigurationError} when it is not one
 */
export function ruleFor(requirement: JwtRequirement): RouteRule {
  const declared = frozenCopy(requirement);
  return new RouteRule(declared, resolveRequirement(declared));
}

/** @internal @throws {@link ConfigurationError} when it is not one */
export function resolveRequirement(given: JwtRequirement): ResolvedRequirement {
  const requirement = readOptions('the requirement', given, requirementKeys);
  const missing = undefinedMember(requirement);
  if (missing !== undefined) throw undefinedError('the requirement', missing);
  const { type = 'access', optional = false, fresh, roles, scopes, check, locations, manager } = requirement;
  const { skipRevocationCheck = false } = requirement;
  if (!['access', 'refresh', 'any'].includes(type)) wrong("type must be 'access', 'refresh' or 'any'");
  if (typeof optional !== 'boolean') wrong('optional must be true or false');
  if (typeof skipRevocationCheck !== 'boolean') wrong('skipRevocationCheck must be true or false');
  if (check !== undefined && check !== false && typeof check !== 'function')
    wrong('check must be a function or false');
  if (locations !== undefined) checkLocations(locations);
  if (manager !== undefined && typeof manager !== 'string') wrong('manager must be the name of a manager');
  return {
    type,
    optional,
    fresh:
      fresh === undefined || fresh === false
        ? undefined
        : fresh === true || durationInSeconds(fresh, 'fresh'),
    roles: roles === undefined || roles === false ? undefined : roleRule(roles),
    scopes: scopes === undefined || scopes === false ? undefined : scopeRule(scopes),
    check: check === false ? undefined : check,
    locations,
    skipRevocationCheck,
    manager,
  };
}

function roleRule(roles: Exclude<JwtRequirement['roles'], undefined | false>): NameRule {
  if (typeof roles === 'string' || Array.isArray(roles))
    return { rule: 'any', names: nameList(roles, 'roles', isRoleList) };
  if (!isObject(roles)) wrong("roles must be a name, a list of names, or { deny: 'guest' }");
  const { deny } = readOptions('roles', roles as { deny: string }, ['deny']);
  return { rule: 'deny', names: nameList(deny, 'roles.deny', isRoleList) };
}

function scopeRule(scopes: Exclude<JwtRequirement['scopes'], undefined | false>): NameRule {
  if (typeof scopes === 'string')
    return { rule: 'all', names: nameList(scopes.split(' '), 'scopes', isScopeList) };
  if (Array.isArray(scopes)) return { rule: 'all', names: nameList(scopes, 'scopes', isScopeList) };
  if (!isObject(scopes)) wrong("scopes must be a name, a list of names, or { any: ['read', 'write'] }");
  const { any } = readOptions('scopes', scopes as { any: string[] }, ['any']);
  if (!Array.isArray(any)) wrong('scopes.any must be a list of scopes');
  return { rule: 'any', names: nameList(any, 'scopes.any', isScopeList) };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function wrong(message: string): never {
  throw new ConfigurationError(message);
}
