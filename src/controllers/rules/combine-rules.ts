import { isDeepStrictEqual } from 'node:util';
import { ConfigurationError } from '../../errors/errors';
import { JwtManager } from '../../manager/jwt-manager';
import {
  RouteRule,
  ruleFor,
  type JwtRequirement,
  type ResolvedRequirement,
} from '../../authentication/requirement';

/**
 * One rule that holds wherever both hold. Two rules meet on one method when a class is protected whose base class
 * protects the method, or when the host's `@Authorized` stands beside ours; neither may be lost.
 *
 * @param where the method, for the error
 * @throws {@link ConfigurationError} when one rule cannot say both
 */
export function combineRules(first: RouteRule, second: RouteRule, where: string): RouteRule {
  const [a, b] = [first.declared, second.declared];
  if (!a || !b) {
    if (a === b) return first;
    throw conflict(where, '@JwtPublic meets a rule that demands a token');
  }
  for (const key of Object.keys(b) as (keyof JwtRequirement)[]) {
    if (!isLenience(key) && Object.hasOwn(a, key) && !areEqual(valueOf(first, key), valueOf(second, key))) {
      throw conflict(where, `two rules for '${key}' meet`);
    }
  }
  const said = leniences.filter((key) => Object.hasOwn(a, key) || Object.hasOwn(b, key));
  const lenience = said.map((key) => [key, a[key] === true && b[key] === true]);
  return ruleFor({ ...b, ...a, ...(Object.fromEntries(lenience) as JwtRequirement) });
}

/** Managers have no members to compare. */
function areEqual(one: unknown, other: unknown): boolean {
  return one instanceof JwtManager ? one === other : isDeepStrictEqual(one, other);
}

/** What a rule makes of one of its members. */
function valueOf({ resolved }: RouteRule, key: string): unknown {
  const { demands, ...others } = resolved as ResolvedRequirement;
  const own = demands.all.find(({ demand }) => demand.name === key);
  return own ? own.value : (others as Readonly<Record<string, unknown>>)[key];
}

/** What makes a rule weaker holds only where both rules say so. */
const leniences = ['optional', 'skipRevocationCheck'] as const;
type Lenience = (typeof leniences)[number];

function isLenience(key: string): key is Lenience {
  return leniences.includes(key as Lenience);
}

function conflict(where: string, what: string): ConfigurationError {
  return new ConfigurationError(
    `${what} on ${where}: decorate that method with one rule that says what you mean`,
  );
}
