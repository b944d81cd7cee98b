import { ConfigurationError } from '../errors/errors';

/**
 * A length of time: a number is seconds, a string has a unit (`'10s'`, `'15m'`, `'2h'`, `'30d'`). A string without a
 * unit is rejected, because `'3600'` is an hour in some libraries and 3.6 seconds in others.
 *
 * @example
 * ```ts
 * const accessTokenTtl: Duration = '15m'; // or 900
 * ```
 */
export type Duration = number | string;

const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Ten years, the longest duration that is taken. */
export const maximumDuration = 315_360_000;

/** The smallest and largest number of seconds that makes sense. */
export interface DurationBounds {
  readonly minimum?: number;
  readonly maximum?: number;
  /** The largest number that is taken without a unit, because a larger one may be in milliseconds. */
  readonly longestNumber?: number;
}

/** The bounds of lifetimes that are short as a rule. */
export const unitAboveOneDay = { longestNumber: 86_400 };

/**
 * Turns a duration into whole seconds.
 *
 * @param name the option's name, for the error
 * @param bounds the smallest and largest number of seconds that makes sense for the option
 * @throws {@link ConfigurationError} when it is no duration or out of bounds
 */
export function durationInSeconds(
  duration: unknown,
  name: string,
  { minimum = 1, maximum = maximumDuration, longestNumber = maximum }: DurationBounds = {},
): number {
  const seconds = typeof duration === 'string' ? parse(duration) : duration;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds)) {
    throw new ConfigurationError(
      `${name} must be a whole number of seconds or a string with a unit: '10s', '15m', '2h', '30d'`,
    );
  }
  if (seconds < minimum || seconds > maximum) {
    throw new ConfigurationError(`${name} must be between ${String(minimum)} and ${String(maximum)} seconds`);
  }
  if (typeof duration === 'number' && seconds > longestNumber) {
    throw new ConfigurationError(
      `${name} is a number of seconds, at most ${String(longestNumber)}. Is it in milliseconds? For more, write the unit, such as '30d'`,
    );
  }
  return seconds;
}

function parse(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  return Number(amount) * (secondsPerUnit[unit] ?? NaN);
}
