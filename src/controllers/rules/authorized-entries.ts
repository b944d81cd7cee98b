import type { MetadataArgsStorage } from 'routing-controllers';
import { lineage } from './lineage';
import { overClassRule } from './merge-rules';
import { RouteRule } from '../../authentication/requirement';

export type Entry = MetadataArgsStorage['responseHandlers'][number];
export type OurEntry = Omit<Entry, 'value'> & { readonly value: RouteRule };

/** What decorators say about one method. */
export interface AuthorizedEntries {
  /** Those of `@Authorized`, which routing-controllers brings. */
  readonly foreign: readonly Entry[];
  /** Those of the `@JwtRequired` family. */
  readonly ours: readonly OurEntry[];
}

/**
 * Finds the entries that decide about a method, on its class and on base classes. A nearer one replaces a farther one of
 * its own kind only: `@Authorized` never takes away what `@JwtRequired` requires, or the other way round. An open method
 * or class leaves behind what is farther.
 */
export function entriesFor(
  { responseHandlers }: MetadataArgsStorage,
  target: Function,
  method: string | symbol,
): AuthorizedEntries {
  const links = [...lineage(target)];
  const entries = responseHandlers.filter(({ type }) => type === 'authorized');
  const ours = nearestOfOurs(entries.filter(isOurs), links, method);
  const open = ours.find(({ value }) => value.resolved === null);
  const foreign = entries.filter((entry) => !isOurs(entry) && !(open && isLeftBehind(entry, open, links)));
  return { foreign: nearest(foreign, links, method), ours };
}

/** Whether the entry was written by a decorator of this library. */
export function isOurs(entry: Entry): entry is OurEntry {
  return entry.value instanceof RouteRule;
}

/** The rule on the nearest declaration of the method, over its class's, and the rule of a class that is nearer. */
function nearestOfOurs(
  entries: readonly OurEntry[],
  links: readonly Function[],
  method: string | symbol,
): OurEntry[] {
  const onMethod = nearestWith(entries, links, (entry) => isOn(entry, method));
  if (!onMethod) return [nearestWith(entries, links, isOnClass)].filter((entry) => entry !== undefined);
  const place = links.indexOf(onMethod.target);
  const nearer = nearestWith(entries, links.slice(0, place), isOnClass);
  const its = nearestWith(entries, links.slice(place), isOnClass);
  const own = { ...onMethod, value: overClassRule(onMethod.value, its?.value) };
  return nearer ? [nearer, own] : [own];
}

function nearestWith(
  entries: readonly OurEntry[],
  links: readonly Function[],
  isWanted: (entry: OurEntry) => boolean,
): OurEntry | undefined {
  const wanted = entries.filter(isWanted);
  return links.flatMap((link) => wanted.filter(({ target }) => target === link))[0];
}

/** Of `@Authorized`, all on the nearest class and all on the nearest declaration of the method. */
function nearest(entries: readonly Entry[], links: readonly Function[], method: string | symbol): Entry[] {
  let onClass: Entry[] = [];
  for (const link of links) {
    const own = entries.filter(({ target }) => target === link);
    const onMethod = own.filter((entry) => isOn(entry, method));
    if (onMethod.length > 0) return [...onClass, ...own.filter(isOnClass), ...onMethod];
    if (onClass.length === 0) onClass = own.filter(isOnClass);
  }
  return onClass;
}

/** Whether an entry is farther than an open method, or is of a class that is farther than an open class. */
function isLeftBehind(entry: Entry, open: OurEntry, links: readonly Function[]): boolean {
  const steps = links.indexOf(entry.target) - links.indexOf(open.target);
  if (!open.method) return steps > 0 && isOnClass(entry);
  return isOnClass(entry) ? steps >= 0 : steps > 0;
}

function isOn(entry: Pick<Entry, 'method'>, method: string | symbol): boolean {
  return (entry.method as unknown) === method;
}

function isOnClass({ method }: Pick<Entry, 'method'>): boolean {
  return !method;
}
