import { isDeepStrictEqual } from 'node:util';
import { ConfigurationError } from '../errors';
import { RouteRule, ruleFor, type JwtRequirement } from './requirement';

/**
 * One rule that holds wherever both hold. Two rules meet on one method when a class is protected whose base class
 * protects the method, or when the host's `@Authorized` stands beside ours; neither may be lost.
 *
 * @param where the method, for the error
 * @throws {@link ConfigurationError} when one rule cannot say both
 */
export function combineRules(first: RouteRule, second: RouteRule, where: string): RouteRule {
  if (!first.resolved || !second.resolved) {
    if (first.resolved === second.resolved) return first;
    throw conflict(where, '@JwtPublic meets a rule that demands a token');
  }
  const [a, b] = [written(first), written(second)];
  for (const key of Object.keys(b) as (keyof JwtRequirement)[]) {
    if (key !== 'optional' && key in a && !isDeepStrictEqual(first.resolved[key], second.resolved[key])) {
      throw conflict(where, `two rules for '${key}' meet`);
    }
  }
  return ruleFor({ ...b, ...a, optional: a.optional === true && b.optional === true });
}

function written({ declared }: RouteRule): JwtRequirement {
  return Object.fromEntries(Object.entries({ ...declared }).filter(([, value]) => value !== undefined));
}

function conflict(where: string, what: string): ConfigurationError {
  return new ConfigurationError(
    `${what} on ${where}: decorate that method with one rule that says what you mean`,
  );
}
