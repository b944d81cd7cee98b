import { ConfigurationError } from '../errors/errors';
import { durationInSeconds, type Duration, type DurationBounds } from './duration';
import type { OptionParser } from './options';

/** An option that need not be given. */
export function optional<T>(parse: OptionParser<T>): OptionParser<T | undefined> {
  return (value, name) => (value === undefined ? undefined : parse(value, name));
}

/** A duration, in seconds. Without a default it is for {@link optional}. */
export function duration(standard?: Duration, bounds?: DurationBounds): OptionParser<number> {
  return (value = standard, name) => durationInSeconds(value, name, bounds);
}

/** A function, which is not called here. */
export function callback<T>(what: string, standard?: T): OptionParser<T> {
  return (value = standard, name) => {
    if (typeof value !== 'function') throw new ConfigurationError(`${name} must be ${what}`);
    return value as T;
  };
}

/** True or false. */
export function flag(standard: boolean): OptionParser<boolean> {
  return (value = standard, name) => {
    if (typeof value !== 'boolean') throw new ConfigurationError(`${name} must be true or false`);
    return value;
  };
}

/** A whole number of at least 1. */
export function count(standard: number): OptionParser<number> {
  return (value = standard, name) => {
    if (!Number.isSafeInteger(value) || Number(value) < 1)
      throw new ConfigurationError(`${name} must be a whole number of at least 1`);
    return Number(value);
  };
}

/** One of some texts. */
export function choice<T extends string>(standard: T, ...others: T[]): OptionParser<T> {
  const all = [standard, ...others];
  return (value = standard, name) => {
    if (!all.includes(value as T)) throw new ConfigurationError(`${name} must be ${inWords(all)}`);
    return value as T;
  };
}

/** A text that is not empty. */
export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ConfigurationError(`${name} must be a non-empty string`);
}

/** What another line of code checks. */
export function unchecked<T>(value: unknown): T {
  return value as T;
}

function inWords(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return `${quoted.slice(0, -1).join(', ')} or ${String(quoted.at(-1))}`;
}
