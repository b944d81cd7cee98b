import { systemClock, type Clock } from '../util/clock';
import { durationInSeconds, type Duration } from '../util/duration';
import { readOptions } from '../util/options';
import { reject } from './key';

/**
 * The options of `KeySet.retire`.
 *
 * @example
 * ```ts
 * keys.retire('2026-11', { after: '30d' });
 * ```
 */
export interface RetireOptions {
  /** How long the key still verifies, or until when. With 0 it stops at once. @default 0 */
  readonly after?: Duration | Date | undefined;
  /** The time, for specs: the `clock` of your `JwtManager`, if it has one of its own. @default Date.now */
  readonly clock?: Clock | undefined;
}

/** When a key stops verifying, in Unix milliseconds, and the clock that decides. */
export interface Retirement {
  readonly endsAt: number;
  readonly clock: Clock;
}

/** @throws {@link ConfigurationError} when an option is wrong */
export function resolveRetirement(options: RetireOptions): Retirement {
  const { after = 0, clock = systemClock } = readOptions('KeySet.retire', options, ['after', 'clock']);
  if (typeof clock !== 'function') reject('KeySet.retire: clock must be a function such as Date.now');
  const endsAt =
    after instanceof Date
      ? after.getTime()
      : clock() + durationInSeconds(after, 'KeySet.retire: after', { minimum: 0 }) * 1000;
  if (!Number.isFinite(endsAt))
    reject('KeySet.retire: after must be a valid Date or a duration, such as 15m');
  return { endsAt, clock };
}

/** Whether the key verifies no longer. */
export function hasEnded({ endsAt, clock }: Retirement): boolean {
  // A clock that returns NaN keeps no key alive.
  return !(clock() < endsAt);
}
