import { systemClock } from '../../util/clock';

/** How far the feed of a shard was read, and until when that vouches for the shard. */
export class FeedPosition {
  readonly shard: string;
  /** The id of the last entry that was read; empty before the first. */
  last = '';
  /** Whether it was read to its end once. */
  isWhole = false;
  #behindSince = -Infinity;
  #until = -Infinity;
  #wallUntil = -Infinity;

  constructor(shard: string) {
    this.shard = shard;
  }

  /** A process that was suspended is told by the wall clock, since the other one may have stood still. */
  get isVouched(): boolean {
    return performance.now() < this.#until && systemClock() < this.#wallUntil;
  }

  /** There is news. Only what is asked from now on vouches. */
  behind(): void {
    this.#behindSince = performance.now();
    this.#until = -Infinity;
  }

  /**
   * It was read to its end.
   *
   * @param sentAt when Redis was asked, on the clock of `performance.now()`
   * @param wallSentAt the same moment on the wall clock
   * @returns false if there was news since it was asked
   */
  vouch(sentAt: number, wallSentAt: number, milliseconds: number): boolean {
    if (sentAt < this.#behindSince) return false;
    this.isWhole = true;
    this.#until = sentAt + milliseconds;
    this.#wallUntil = wallSentAt + milliseconds;
    return true;
  }
}
