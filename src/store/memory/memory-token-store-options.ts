import { ConfigurationError } from '../../errors/errors';
import { systemClock, type Clock } from '../../util/clock';
import { readOptions } from '../../util/options';

/**
 * The options of a `MemoryTokenStore`.
 *
 * @example
 * ```ts
 * const store = new MemoryTokenStore({ maxEntries: 100_000 });
 * ```
 */
export interface MemoryTokenStoreOptions {
  /**
   * Determines when entries have expired and how long ago a rotation was. Pass the clock of the manager. @default
   * Date.now
   */
  readonly clock?: Clock | undefined;
  /**
   * The maximum number of entries. Living sessions are never removed: a login that does not fit is rejected.
   * Revocations always fit. @default no limit
   */
  readonly maxEntries?: number | undefined;
}

/** @throws {@link ConfigurationError} when an option is wrong */
export function resolveMemoryOptions(options: MemoryTokenStoreOptions): {
  readonly clock: Clock;
  readonly maxEntries: number;
} {
  const own = readOptions('MemoryTokenStore', options, ['clock', 'maxEntries']);
  const { clock = systemClock, maxEntries = Infinity } = own;
  if (typeof clock !== 'function')
    throw new ConfigurationError('MemoryTokenStore: clock must be a function such as Date.now');
  if (typeof maxEntries !== 'number' || !(maxEntries >= 1))
    throw new ConfigurationError('MemoryTokenStore: maxEntries must be a number of at least 1');
  return { clock, maxEntries };
}
