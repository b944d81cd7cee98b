import { ConfigurationError } from '../errors/errors';

/**
 * A source of time: Unix milliseconds, as `Date.now`. Inject one to test expiry without waiting.
 *
 * @example
 * ```ts
 * const clock: Clock = () => Date.parse('2030-01-01T00:00:00Z');
 * ```
 */
export type Clock = () => number;

/** The clock used when none is given. */
export const systemClock: Clock = () => Date.now();

/**
 * Unix time in seconds, with fractions.
 *
 * @throws {@link ConfigurationError} if the clock returns no valid time, because nothing expires compared with NaN
 */
export function unixTime(clock: Clock): number {
  const now = clock();
  if (!Number.isFinite(now))
    throw new ConfigurationError('clock must return Unix milliseconds, as Date.now does');
  return now / 1000;
}

/** Unix time in whole seconds, the unit of every time inside tokens and stores (RFC 7519, section 2). */
export function unixSeconds(clock: Clock): number {
  return Math.floor(unixTime(clock));
}
