import type { StoreLimits } from '../token-store';

/**
 * Runs a verb, unless its caller does not wait any more.
 *
 * @throws what it throws, as a promise that is rejected
 */
export function inTime<T>({ deadline = Infinity }: Partial<StoreLimits> = {}, run: () => T): Promise<T> {
  return new Promise((resolve) => {
    if (performance.now() >= deadline) throw new Error('the time limit has passed; nothing was changed');
    resolve(run());
  });
}
