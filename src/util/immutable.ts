import { types } from 'node:util';

type Read = () => unknown;

/**
 * Makes an object immutable at every depth. Objects and lists are frozen in place. A member that cannot be frozen, because
 * its content is not in properties (a Date, a Map, a Set, bytes, a URL), is copied each time that it is read.
 *
 * Objects with private fields are as immutable as their class makes them.
 */
export function immutable<T extends object>(value: T): T {
  protect(value, new WeakSet());
  return value;
}

function protect(value: object, seen: WeakSet<object>): void {
  if (seen.has(value)) return;
  seen.add(value);
  for (const [name, { value: member, enumerable }] of Object.entries(
    Object.getOwnPropertyDescriptors(value),
  )) {
    if (!isObject(member)) continue;
    const copy = copierFor(member, seen);
    if (!copy) protect(member, seen);
    else if (!Object.isFrozen(value))
      Object.defineProperty(value, name, { get: copy, enumerable: enumerable === true });
  }
  Object.freeze(value);
}

/** Copies a value that cannot be frozen, and returns undefined for anything else. */
function copierFor(value: object, seen: WeakSet<object>): Read | undefined {
  const copy = contentOf(value, seen);
  const prototype = Object.getPrototypeOf(value) as object;
  return copy && (() => Object.setPrototypeOf(copy(), prototype) as unknown);
}

function contentOf(value: object, seen: WeakSet<object>): Read | undefined {
  if (types.isMap(value)) {
    const entries = [...value].map(([key, member]) => [reader(key, seen), reader(member, seen)] as const);
    return () => new Map(entries.map(([key, member]) => [key(), member()]));
  }
  if (types.isSet(value)) {
    const members = [...value].map((member) => reader(member, seen));
    return () => new Set(members.map((read) => read()));
  }
  if (value instanceof URL || value instanceof URLSearchParams) {
    const [Kind, text] = [value instanceof URL ? URL : URLSearchParams, value.toString()];
    return () => new Kind(text);
  }
  if (!types.isDate(value) && !types.isAnyArrayBuffer(value) && !ArrayBuffer.isView(value)) return undefined;
  const kept = structuredClone(value);
  return () => structuredClone(kept);
}

/** How to read a member of a Map or a Set. */
function reader(value: unknown, seen: WeakSet<object>): Read {
  if (!isObject(value)) return () => value;
  const copy = copierFor(value, seen);
  if (copy) return copy;
  protect(value, seen);
  return () => value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
