import { ConfigurationError } from '../errors/errors';

/**
 * Finds a member of a requirement that is present with the value `undefined`, also in nested objects and lists. Such a
 * member was meant to require something.
 *
 * @returns its path, such as `roles.deny[0]`; undefined when there is none
 */
export function undefinedMember(requirement: object): string | undefined {
  const found = Object.entries(requirement).flatMap(([name, value]) => valuesOf(name, value));
  return found.find(([, value]) => value === undefined)?.[0];
}

/** The error for what {@link undefinedMember} found. */
export function undefinedError(where: string, member: string): ConfigurationError {
  return new ConfigurationError(
    `${where}: ${member} is undefined. Most often a circular import is the cause: the value had not been loaded when ` +
      'the decorator ran. Import it from a module that does not import this one, or leave it out.',
  );
}

type Value = readonly [path: string, value: unknown];

/** A member's value or, where that is a list or an object of its own, the values in it. */
function valuesOf(path: string, value: unknown): Value[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [`${path}[${String(index)}]`, item]);
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, member]) => valuesOf(`${path}.${name}`, member));
}
