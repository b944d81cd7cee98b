import type { MetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../errors';
import { combineRules } from './combine-rules';
import { RouteRule, ruleFor } from './requirement';

type Entry = MetadataArgsStorage['responseHandlers'][number];

/** What every method without a rule gets, once a checker protects by default. */
export const defaultRule = new RouteRule({}, ruleFor({}).resolved);

let protectsByDefault = false;
const managerNames = new Set<string>();

/** Tells what a checker was made with; rules are looked up later, when the host builds its routes. */
export function rememberChecker(names: readonly string[], isProtectedByDefault: boolean): void {
  names.forEach((name) => managerNames.add(name));
  protectsByDefault ||= isProtectedByDefault;
}

/** A class and its base classes, nearest first. */
export function* lineage(target: unknown): Generator<Function> {
  for (
    let link = target;
    typeof link === 'function' && link !== Function.prototype;
    link = Object.getPrototypeOf(link)
  ) {
    yield link;
  }
}

/**
 * The entries that decide about a method, ours and the host's `@Authorized`, wherever in the lineage they were
 * written. The nearest entry on the method ends the search; a rule on a nearer class is not lost on the way.
 */
export function entriesFor(
  { responseHandlers }: MetadataArgsStorage,
  target: Function,
  method: string,
): Entry[] {
  const rules = responseHandlers.filter(({ type }) => type === 'authorized');
  let onClass: Entry[] = [];
  for (const link of lineage(target)) {
    const ownOnClass = rules.filter((entry) => entry.target === link && !entry.method);
    const onMethod = rules.filter((entry) => entry.target === link && entry.method === method);
    if (onMethod.length > 0) return [...onClass, ...onMethod, ...beside(onMethod, ownOnClass)];
    if (onClass.length === 0) onClass = ownOnClass;
  }
  return onClass;
}

/** Of the class's own entries those that its method's entry does not replace: the host adds up, ours replaces. */
function beside(onMethod: Entry[], onClass: Entry[]): Entry[] {
  if (onMethod.some(({ value }) => value instanceof RouteRule && value.resolved === null)) return [];
  return onMethod.some(isOurs) ? onClass.filter((entry) => !isOurs(entry)) : onClass;
}

/** Whether the entry was written by a decorator of this library. */
export function isOurs({ value }: Entry): boolean {
  return value instanceof RouteRule;
}

/**
 * The one rule of a method, or undefined when nothing was said about it.
 *
 * @throws {@link ConfigurationError} when what was said cannot hold at once
 */
export function ruleOfRoute(
  storage: MetadataArgsStorage,
  target: Function,
  method: string,
): RouteRule | undefined {
  const where = `${target.name}.${method}`;
  const entries = entriesFor(storage, target, method);
  if (entries.length === 0) return protectsByDefault ? defaultRule : undefined;
  // The host's alone may be meant for another checker, and say what we cannot read.
  if (!entries.some(isOurs) && !entries.every(isReadable)) return defaultRule;
  const rules = entries.map(({ value }) => asRule(value));
  const rule = rules.reduce((first, second) => combineRules(first, second, where));
  const name = rule.resolved?.manager;
  if (name !== undefined && managerNames.size > 0 && !managerNames.has(name)) {
    throw new ConfigurationError(`${where} demands the manager '${name}', which no checker was given`);
  }
  return rule;
}

/** Reads what stands behind `authorized`: a rule of ours, or role names of the host's `@Authorized`. */
export function asRule(value: unknown): RouteRule {
  if (value instanceof RouteRule) return value;
  const roles = rolesOf(value);
  if (!roles) {
    throw new ConfigurationError(
      '@Authorized takes role names here; for anything else use @JwtRequired({ … })',
    );
  }
  return roles.length === 0 ? ruleFor({}) : ruleFor({ roles });
}

function rolesOf(value: unknown): string[] | undefined {
  const roles: unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return roles.every((role) => typeof role === 'string') ? roles : undefined;
}

function isReadable({ value }: Entry): boolean {
  return rolesOf(value) !== undefined;
}
