import { ConfigurationError } from '../errors';

/**
 * Refuses what is no options object and every option that does not exist: a misspelt option is a setting lost.
 *
 * @param name whose options they are, for the error
 * @param example what is usually given, where nothing may not be
 */
export function checkOptions(
  name: string,
  options: unknown,
  known: readonly string[],
  example?: string,
): void {
  if (!isPlain(options)) {
    const such = example === undefined ? '' : `, such as ${example}`;
    throw new ConfigurationError(`${name}: the options must be an object${such}`);
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ConfigurationError(`${name} has no option '${unknown}'; there are: ${known.join(', ')}`);
  }
}

function isPlain(options: unknown): options is object {
  if (typeof options !== 'object' || options === null) return false;
  const prototype: unknown = Object.getPrototypeOf(options);
  return prototype === Object.prototype || prototype === null;
}
