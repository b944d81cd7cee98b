import type { MetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../errors';
import { combineRules } from './combine-rules';
import { RouteRule, ruleFor } from './requirement';

type Entry = MetadataArgsStorage['responseHandlers'][number];

/** What every method without a rule gets, once a checker protects by default. */
export const defaultRule = new RouteRule({}, ruleFor({}).resolved);

let protectsByDefault = false;
const managerNames = new Set<string>();
const leftOpen = new Set<string>();
/** The methods of routes that are made, by each class that they may have a rule from. */
const made = new WeakMap<Function, Set<string | symbol>>();

/** Tells what a checker was made with; rules are looked up later, when the host builds its routes. */
export function rememberChecker(names: readonly string[], isProtectedByDefault: boolean): void {
  names.forEach((name) => managerNames.add(name));
  if (isProtectedByDefault && !protectsByDefault && leftOpen.size > 0) {
    // They may be meant to be open, on a server of their own.
    process.emitWarning(
      `protectByDefault came too late for a server that is made: open there are ${[...leftOpen].join(', ')}`,
      { type: 'JwtRoutesWarning' },
    );
  }
  protectsByDefault ||= isProtectedByDefault;
}

/** Notes that the host made a route that everyone may use, because nothing was said about it. */
export function rememberOpenRoute(where: string): void {
  leftOpen.add(where);
}

/** Notes that the host made a route: what it demands is settled. */
export function rememberRoute(target: Function, method: string | symbol): void {
  for (const link of lineage(target)) made.set(link, (made.get(link) ?? new Set()).add(method));
}

/**
 * Refuses a decorator that comes after the server: nothing would look at it, and everybody would think it holds.
 *
 * @param method undefined for a decorator of the class
 * @throws {@link ConfigurationError} when a route is made that it would be for
 */
export function refuseLate(decorator: string, owner: Function, method?: string | symbol): void {
  const methods = made.get(owner);
  if (!methods || (method !== undefined && !methods.has(method))) return;
  const where = method === undefined ? owner.name : routeName(owner, method);
  throw new ConfigurationError(
    `${decorator} comes too late for ${where}: its server is made, so decorate before createKoaServer`,
  );
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
 * written. A nearer one replaces a farther one of its own kind only: nobody who writes `@Authorized` means to take
 * away what `@JwtRequired` demands, or the other way round. An open method or class leaves behind what is farther.
 */
export function entriesFor(
  { responseHandlers }: MetadataArgsStorage,
  target: Function,
  method: string | symbol,
): Entry[] {
  const links = [...lineage(target)];
  const rules = responseHandlers.filter(({ type }) => type === 'authorized');
  const ours = nearest(rules.filter(isOurs), links, method);
  const open = ours.find(({ value }) => (value as RouteRule).resolved === null);
  const hosts = rules.filter((entry) => !isOurs(entry) && !(open && isLeftBehind(entry, open, links)));
  return [...nearest(hosts, links, method), ...ours];
}

/** Of entries of one kind, those on the nearest class and those on the nearest declaration of the method. */
function nearest(entries: readonly Entry[], links: readonly Function[], method: string | symbol): Entry[] {
  let onClass: Entry[] = [];
  for (const link of links) {
    const ownOnClass = entries.filter((entry) => entry.target === link && !entry.method);
    const onMethod = entries.filter((entry) => entry.target === link && (entry.method as unknown) === method);
    // Beside it, the host adds its own on the class up; ours on the class is replaced.
    const beside = onMethod.some(isOurs) ? [] : ownOnClass;
    if (onMethod.length > 0) return [...onClass, ...beside, ...onMethod];
    if (onClass.length === 0) onClass = ownOnClass;
  }
  return onClass;
}

/** Whether an entry is farther than an open method, or is of a class that is farther than an open class. */
function isLeftBehind(entry: Entry, open: Entry, links: readonly Function[]): boolean {
  const steps = links.indexOf(entry.target) - links.indexOf(open.target);
  if (!open.method) return steps > 0 && !entry.method;
  return entry.method ? steps > 0 : steps >= 0;
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
  method: string | symbol,
): RouteRule | undefined {
  const where = routeName(target, method);
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

/** What a method is called in an error. */
export function routeName(target: Function, method: string | symbol): string {
  return `${target.name}.${String(method)}`;
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

/** The role names in an `@Authorized`; undefined when it says something else. */
export function rolesOf(value: unknown): string[] | undefined {
  const roles: unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return roles.every((role) => typeof role === 'string') ? roles : undefined;
}

function isReadable({ value }: Entry): boolean {
  return rolesOf(value) !== undefined;
}
