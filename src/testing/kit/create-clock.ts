import { ConfigurationError } from '../../errors/errors';
import { systemClock, type Clock } from '../../util/clock';
import { durationInSeconds, type Duration } from '../../util/duration';

/**
 * Creates a clock that stands still until you advance it, so that a test of expiry need not wait. Pass it to everything
 * that takes a clock.
 *
 * A store keeps its own time where it has a server: Redis and SQL databases measure the grace window of a refresh by
 * theirs.
 *
 * @param start the time at which the clock starts, now by default
 * @throws `ConfigurationError` if `start` is not a valid Date
 * @example
 * ```ts
 * const { clock, advance } = createClock();
 * const jwtManager = new JwtManager({ secret, clock });
 * const token = await jwtManager.createAccessToken('ada');
 * advance('15m');
 * await jwtManager.verify(token); // throws TokenExpiredError
 * ```
 */
export function createClock(start = new Date(systemClock())): TestClock {
  let now = start instanceof Date ? start.getTime() : NaN;
  if (Number.isNaN(now))
    throw new ConfigurationError('createClock: start must be a Date, such as new Date()');
  return {
    clock: () => now,
    advance(duration) {
      now += durationInSeconds(duration, 'advance: the duration') * 1000;
    },
  };
}

/**
 * What {@link createClock} returns. Both functions work without the object.
 *
 * @example
 * ```ts
 * const { clock, advance }: TestClock = createClock(new Date('2030-01-01T00:00:00Z'));
 * ```
 */
export interface TestClock {
  /** The time, for the option `clock`. */
  readonly clock: Clock;
  /**
   * Advances the clock.
   *
   * @param duration at least a second
   * @throws `ConfigurationError` if it is not a duration
   */
  readonly advance: (this: void, duration: Duration) => void;
}
