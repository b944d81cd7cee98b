import { ConfigurationError } from '../errors';

/**
 * Refuses what is no options object and every option that does not exist: a misspelt option is a setting lost.
 *
 * @param name whose options they are, for the error
 */
export function checkOptions(name: string, options: unknown, known: readonly string[]): void {
  if (!isPlain(options)) throw new ConfigurationError(`${name}: the options must be an object`);
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
