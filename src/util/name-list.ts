import { ConfigurationError } from '../errors/errors';

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
  const list: unknown = typeof names === 'string' ? [names] : names;
  if (!isList(list) || list.length === 0) {
    throw new ConfigurationError(`${option} must be a non-empty string or a non-empty list of them`);
  }
  return Object.freeze([...new Set(list)]);
}
