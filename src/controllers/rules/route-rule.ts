import type { MetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../../errors/errors';
import { entriesFor, type AuthorizedEntries, type Entry } from './authorized-entries';
import { combineRules } from './combine-rules';
import { hasManager, isProtectedByDefault, type KnownChecker } from '../host/known-checkers';
import { routeName } from './lineage';
import { RouteRule, ruleFor } from '../../authentication/requirement';

/** What every method without a rule gets, once a checker protects by default. */
export const defaultRule = new RouteRule({}, ruleFor({}).resolved);

/**
 * The rule that a method has because of this library, whatever checker its server has: one of our decorators is on it,
 * or a checker of the process protects by default. Undefined where the application used `@Authorized` alone, or nothing.
 *
 * @throws {@link ConfigurationError} when two rules cannot both hold
 */
export function ruleOfOurs(
  storage: MetadataArgsStorage,
  target: Function,
  method: string | symbol,
): RouteRule | undefined {
  const entries = entriesFor(storage, target, method);
  if (entries.ours.length > 0) {
    const where = routeName(target, method);
    const rule = combined(entries, where);
    checkManager(rule, where);
    return rule;
  }
  return entries.foreign.length === 0 && isProtectedByDefault() ? defaultRule : undefined;
}

/**
 * The rule of a method on a server whose checker is ours, which also reads `@Authorized`. Undefined when nothing was
 * said about it.
 *
 * @throws {@link ConfigurationError} when two rules cannot both hold, or `@Authorized` has something else than names
 */
export function ruleOfRoute(
  storage: MetadataArgsStorage,
  target: Function,
  method: string | symbol,
): RouteRule | undefined {
  const entries = entriesFor(storage, target, method);
  if (entries.ours.length + entries.foreign.length > 0) return combined(entries, routeName(target, method));
  return isProtectedByDefault() ? defaultRule : undefined;
}

/** The rule of a method on a server with this checker. @throws as {@link ruleOfRoute} */
export function ruleUnder(
  checker: Pick<KnownChecker, 'isProtectedByDefault'>,
  storage: MetadataArgsStorage,
  target: Function,
  method: string | symbol,
): RouteRule | undefined {
  const rule = ruleOfRoute(storage, target, method);
  return rule === defaultRule && !checker.isProtectedByDefault ? undefined : rule;
}

function combined({ foreign, ours }: AuthorizedEntries, where: string): RouteRule {
  const rules = [...foreign.map((entry) => readEntry(entry, where)), ...ours.map(({ value }) => value)];
  return rules.reduce((first, second) => combineRules(first, second, where));
}

function checkManager({ resolved }: RouteRule, where: string): void {
  const name = resolved?.manager;
  if (typeof name === 'string' && !hasManager(name))
    throw new ConfigurationError(
      `${where} requires the manager '${name}', which no checker was given: ` +
        `pass createAuthorizationChecker({ default: jwtManager, '${name}': … })`,
    );
}

function readEntry({ value }: Entry, where: string): RouteRule {
  try {
    return asRule(value);
  } catch (error) {
    throw new ConfigurationError(`${where}: ${(error as Error).message}`);
  }
}

/** Reads what stands behind `authorized`: a rule of ours, or the role names of `@Authorized`. */
export function asRule(value: unknown): RouteRule {
  if (value instanceof RouteRule) return value;
  const roles: unknown[] = value === undefined ? [] : [value].flat();
  if (!roles.every((role) => typeof role === 'string')) {
    throw new ConfigurationError(
      '@Authorized takes role names here; for anything else use @JwtRequired({ … })',
    );
  }
  return roles.length === 0 ? ruleFor({}) : ruleFor({ roles });
}
