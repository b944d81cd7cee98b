/** The error at the deadline must be true, and a timer may fire a moment early. */
const margin = 5;

/**
 * The clock of Redis, as seen from this process. Redis runs a command that waits in a queue or a socket at a time
 * that only Redis knows, so its deadline must use the time of Redis.
 *
 * All times are milliseconds; those of Redis since 1970, those of this process on the clock of `performance.now()`.
 */
export class RedisClock {
  /** How far the clock of Redis is ahead of the one here, at least. */
  #ahead = -Infinity;

  /**
   * Notes the time that Redis returned between the two moments. The true difference is at most that to the first, and
   * at least that to the second, which a slow response makes small. The largest is the best one, until a response
   * proves it wrong, which means that a clock was set back.
   */
  learn(sentAt: number, receivedAt: number, redisTime: number): void {
    const atMost = redisTime - sentAt;
    const atLeast = redisTime - receivedAt;
    this.#ahead = this.#ahead > atMost ? atLeast : Math.max(this.#ahead, atLeast);
  }

  /**
   * Converts a moment of this process to the time of Redis, too early rather than too late.
   *
   * @returns microseconds; 0, which has always passed, while the clock of Redis is unknown
   */
  deadlineOf(moment: number): number {
    return Math.max(0, Math.floor((moment - margin + this.#ahead) * 1000));
  }
}
