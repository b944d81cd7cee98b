/** What the user is told at the deadline must be true: a timer may fire a moment early. */
const margin = 5;

/**
 * The clock of Redis, as seen from here. A command that waits in a queue or a socket is run by Redis at a time that
 * only Redis knows, so that its deadline must be said in the time of Redis.
 *
 * All times are milliseconds; those of Redis since 1970, those of here on the clock of `performance.now()`.
 */
export class RedisClock {
  /** How far the clock of Redis is ahead of the one here, at least. */
  #ahead = -Infinity;

  /**
   * Takes note of what Redis said the time was. It said so between the two moments: the true difference is at most
   * that to the first, and at least that to the second, which a slow answer makes small. The largest is the best one,
   * until an answer proves it wrong: then a clock was set back.
   */
  learn(sentAt: number, receivedAt: number, redisTime: number): void {
    const atMost = redisTime - sentAt;
    const atLeast = redisTime - receivedAt;
    this.#ahead = this.#ahead > atMost ? atLeast : Math.max(this.#ahead, atLeast);
  }

  /**
   * A moment of here in the time of Redis, rather too early than too late.
   *
   * @returns microseconds; 0, which is always over, while nothing is known of the clock of Redis
   */
  deadlineOf(moment: number): number {
    return Math.max(0, Math.floor((moment - margin + this.#ahead) * 1000));
  }
}
