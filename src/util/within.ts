/** Nothing came in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Waits for a value for a limited time.
 *
 * @param milliseconds how long; the timer is real time, whatever clock is injected
 * @throws TimeoutError if there is no value in time
 */
export async function within<T>(milliseconds: number, value: T | PromiseLike<T>): Promise<T> {
  const end = performance.now() + milliseconds;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => {
      // A timer counts whole milliseconds, and so may come a part of one early.
      const left = end - performance.now();
      if (left > 0) timer = setTimeout(giveUp, left);
      // After a busy period timers run first: read what has arrived before giving up.
      else setImmediate(reject, new TimeoutError(`no result within ${String(milliseconds)} ms`));
    };
    timer = setTimeout(giveUp, milliseconds);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}
