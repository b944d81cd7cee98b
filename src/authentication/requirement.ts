import { ConfigurationError } from '../errors/errors';
import { JwtManager } from '../manager/jwt-manager';
import { checkLocations } from '../http/locations/check-locations';
import type { TokenLocation } from '../http/locations/token-location';
import type { TokenType } from '../token/token';
import { frozenCopy, readOptions } from '../util/options';
import type { CheckMember } from './demands/check';
import type { ResolvedDemand } from './demands/meet-demands';
import { demands, type DemandMembers } from './demands/registry';
import { undefinedError, undefinedMember } from './undefined-members';

/**
 * What a method requires of a request. Everything that is set must hold. Anything that a method's rule leaves out comes
 * from the rule of its class, except `optional`; `false` drops what the class requires.
 *
 * No member may be `undefined`: a circular import makes it so, and the route would be open.
 *
 * @example
 * ```ts
 * const requirement: JwtRequirement = { roles: 'admin', fresh: '5m' };
 * ```
 */
export interface JwtRequirement<C extends object = Record<string, unknown>>
  extends DemandMembers, CheckMember<C> {
  /** Which tokens open the method. @default 'access' */
  readonly type?: 'access' | 'refresh' | 'any';
  /** Whether a request without a token may pass; a bad token is rejected all the same. @default false */
  readonly optional?: boolean;
  /** Where to look for the token, instead of the checker's locations. */
  readonly locations?: readonly TokenLocation[];
  /** Skips the store: faster, but a revoked token passes until it expires. @default false */
  readonly skipRevocationCheck?: boolean;
  /**
   * Which manager verifies: the name of one of the checker's, where it was given several by name, or another manager.
   * @default 'default'
   */
  readonly manager?: string | JwtManager<object>;
}

/** @internal A requirement once it is checked. */
export interface ResolvedRequirement {
  readonly type: TokenType | 'any';
  readonly optional: boolean;
  /** What must be met before the store is asked, and after. */
  readonly demands: Readonly<Record<'first' | 'last' | 'all', readonly ResolvedDemand[]>>;
  readonly locations: readonly TokenLocation[] | undefined;
  readonly skipRevocationCheck: boolean;
  /** Which one; undefined: the one called `default`. */
  readonly manager: string | JwtManager<object> | undefined;
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

/** @internal The names of the members of a {@link JwtRequirement}. */
export const requirementKeys: readonly string[] = [
  'type',
  'optional',
  ...demands.map(({ name }) => name),
  'locations',
  'skipRevocationCheck',
  'manager',
];

/**
 * @internal Checks a requirement when its method is decorated.
 * @param owner what errors call it: the decorator
 * @throws {@link ConfigurationError} when it is not one
 */
export function ruleFor(requirement: JwtRequirement, owner?: string): RouteRule {
  const declared = frozenCopy(requirement);
  return new RouteRule(declared, resolveRequirement(declared, owner));
}

/** @internal @throws {@link ConfigurationError} when it is not one */
export function resolveRequirement(given: JwtRequirement, owner = 'the requirement'): ResolvedRequirement {
  const requirement = readOptions(owner, given, requirementKeys);
  const missing = undefinedMember(requirement);
  if (missing !== undefined) throw undefinedError(owner, missing);
  const { type = 'access', optional = false, locations, manager, skipRevocationCheck = false } = requirement;
  const wrong = (message: string) => new ConfigurationError(`${owner}: ${message}`);
  if (!['access', 'refresh', 'any'].includes(type)) throw wrong("type must be 'access', 'refresh' or 'any'");
  if (typeof optional !== 'boolean') throw wrong('optional must be true or false');
  if (typeof skipRevocationCheck !== 'boolean') throw wrong('skipRevocationCheck must be true or false');
  if (locations !== undefined) checkLocations(locations);
  if (manager !== undefined && typeof manager !== 'string' && !(manager instanceof JwtManager))
    throw wrong('manager must be a JwtManager, or the name of one');
  const all = resolveDemands(requirement, owner);
  const [first, last] = [
    all.filter(({ demand }) => !demand.isLast),
    all.filter(({ demand }) => demand.isLast),
  ];
  const tokenType = all.find(({ demand }) => demand.tokenType)?.demand.tokenType;
  if (tokenType && (requirement.type !== undefined || skipRevocationCheck))
    throw wrong(`${tokenType} must not be combined with type or skipRevocationCheck`);
  return {
    type: tokenType ?? type,
    optional,
    demands: { first, last, all },
    locations,
    skipRevocationCheck,
    manager,
  };
}

/**
 * @internal Checks a requirement that is passed to a function.
 *
 * @param args none, for the default; a requirement that is passed as undefined was lost on its way
 * @param choices which members it may have
 * @throws {@link ConfigurationError} when it is not one
 */
export function givenRequirement(
  owner: string,
  args: readonly [requirement?: object],
  choices: readonly string[] = requirementKeys,
): ResolvedRequirement {
  const [own = {}] = args;
  if (args.length > 0 && args[0] === undefined) throw undefinedError(owner, 'the requirement');
  return resolveRequirement(readOptions(owner, own, choices), owner);
}

function resolveDemands(requirement: Readonly<Record<string, unknown>>, owner: string): ResolvedDemand[] {
  return demands.flatMap((demand) => {
    const given = requirement[demand.name];
    const value =
      given === undefined ? undefined : demand.resolve(given as object, `${owner}: ${demand.name}`);
    return value === undefined ? [] : [{ demand, value }];
  });
}
