import { ConfigurationError } from '../errors/errors';

/** All names together have at most as many characters as the longest token. */
export const maximumLength = 8192;

/**
 * One name or several, as a list without repetitions.
 *
 * @param isList what makes the names good ones
 * @throws {@link ConfigurationError} when there is none or one is no name
 */
export function nameList(
  names: unknown,
  option: string,
  isList: (names: unknown) => names is string[],
): readonly string[] {
  checkLength(names, option);
  const list: unknown = typeof names === 'string' ? [names] : names;
  if (!isList(list) || list.length === 0) {
    throw new ConfigurationError(`${option} must be a non-empty string or a non-empty list of them`);
  }
  return Object.freeze([...new Set(list)]);
}

/** Looks at no more of the names than may be there. */
function checkLength(names: unknown, option: string): void {
  const list: unknown[] = Array.isArray(names) ? names : [names];
  let length = list.length;
  if (length > maximumLength || list.some((name) => (length += lengthOf(name)) > maximumLength))
    throw new ConfigurationError(`${option} must have at most ${String(maximumLength)} characters`);
}

function lengthOf(name: unknown): number {
  return typeof name === 'string' ? name.length : 0;
}
