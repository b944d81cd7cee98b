import { types } from 'node:util';
import { ConfigurationError } from '../errors/errors';
import { isPlainObject, isShallow, maximumDepth } from '../util/json';
import { isRegistered, lastingOf, type RegisteredClaim } from './registered';

/** Names that change their meaning when an object is copied: never accepted and never passed on (CWE-1321). */
const hazardousNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The maximum length of a token in characters. The JSON of its claims is always shorter. */
const maximumLength = 8192;

/**
 * The application's claims as they may go into a token.
 *
 * @throws {@link ConfigurationError} when they are no plain JSON object or one has a name that is not theirs to use
 */
export function checkedOwnClaims(claims: unknown): Record<string, unknown> {
  const json: unknown = JSON.parse(isPlainObject(claims) ? stringify(claims) : 'null');
  if (!isPlainObject(json))
    throw new ConfigurationError("claims must be an object of names and values, such as { tenant: 'a' }");
  if (!isShallow(json))
    throw new ConfigurationError(`claims must be nested at most ${String(maximumDepth)} deep`);
  // Both, because toJSON can return something other than the object has.
  const names = [...Object.getOwnPropertyNames(claims), ...Object.keys(json)];
  const taken =
    names.find(isRegistered) ?? [...names, ...namesIn(json)].find((name) => hazardousNames.has(name));
  if (taken !== undefined)
    throw new ConfigurationError(`claims must not contain '${taken}': the name is reserved. Choose another`);
  return json;
}

function stringify(claims: object): string {
  try {
    const text: unknown = JSON.stringify(claims, noticing());
    return typeof text === 'string' ? text : 'null';
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(
      `claims must be JSON: ${cause instanceof RangeError ? 'less nesting' : 'no cycle, and no getter or toJSON that throws'}`,
    );
  }
}

/**
 * A replacer that rejects what JSON would leave out or turn into something else, and names the claim that has it. It ends
 * as soon as there is more than any token holds.
 */
function noticing(): (this: unknown, key: string, value: unknown) => unknown {
  let root: unknown;
  let claim: string | undefined;
  let length = 0;
  return function (key, value) {
    if (root === undefined) root = value;
    else if (this === root) claim = key;
    length += lengthOf(key, value, Array.isArray(this));
    if (length > maximumLength)
      throw new ConfigurationError(
        `claims are too large: a token has at most ${String(maximumLength)} characters`,
      );
    const what = unwritable(value, Array.isArray(this));
    if (what === undefined) return value;
    const where = claim === undefined ? 'claims' : `the claim '${claim}'`;
    throw new ConfigurationError(`claims must be JSON: ${where} cannot be or hold ${what}`);
  };
}

/** What a member adds to the JSON, at the least. */
function lengthOf(key: string, value: unknown, isInList: boolean): number {
  if (value === undefined) return 0;
  return (isInList ? 0 : key.length + 3) + (typeof value === 'string' ? value.length + 2 : 1);
}

/** An undefined member is omitted. In a list it would become null. */
function unwritable(value: unknown, isInList: boolean): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (typeof value === 'bigint') return 'a bigint: write a string';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'NaN or Infinity';
  if (value === undefined && isInList) return 'undefined in a list';
  return hasMembersElsewhere(value) ? 'a Map, a Set or the like: write an object or a list' : undefined;
}

/** Objects of which JSON keeps an empty one. */
function hasMembersElsewhere(value: unknown): boolean {
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isRegExp(value) ||
    types.isPromise(value) ||
    types.isNativeError(value) ||
    types.isArrayBufferView(value)
  );
}

/** The names of all members, at any depth. */
function namesIn(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return [];
  const nested = Object.values(json).flatMap(namesIn);
  return Array.isArray(json) ? nested : [...Object.keys(json), ...nested];
}

/** The application's claims out of a verified token: without the registered ones, frozen. */
export function ownClaims(all: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.freeze(claimsWhere(all, (name) => !isRegistered(name)));
}

/** Those of a token's claims, registered ones and the application's own, that last in one of these ways. */
export function claimsLasting(
  all: Readonly<Record<string, unknown>>,
  ...lastings: RegisteredClaim['lasts'][]
): Record<string, unknown> {
  return claimsWhere(all, (name) => lastings.includes(lastingOf(name)));
}

function claimsWhere(
  all: Readonly<Record<string, unknown>>,
  isWanted: (name: string) => boolean,
): Record<string, unknown> {
  const claims: Record<string, unknown> = {};
  for (const name of Object.keys(all))
    if (isWanted(name) && !hazardousNames.has(name)) claims[name] = withoutHazards(all[name]);
  return claims;
}

function withoutHazards(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(withoutHazards));
  const entries = Object.entries(value).filter(([name]) => !hazardousNames.has(name));
  return Object.freeze(Object.fromEntries(entries.map(([name, member]) => [name, withoutHazards(member)])));
}
