import { unixSeconds, type Clock } from '../../util/clock';

/** Something that expires. Unix seconds. */
export interface Expiring {
  readonly expiresAt: number;
}

/** A kind of entries, and how one of them is dropped. */
export interface Sweepable {
  readonly entries: { readonly shards: readonly ReadonlyMap<string, Expiring>[] };
  readonly drop: (key: string) => void;
}

/** Entries stay so many seconds longer than their tokens: a manager may tolerate clocks that differ. */
const slack = 300;
const millisecondsBetweenSweeps = 60_000;
const millisecondsPerSlice = 0.5;
/** How many entries are visited between two readings of the time. */
const stride = 32;

/** Removes expired entries, once a minute while there are entries that will expire. */
export class Sweeper {
  readonly #clock: Clock;
  readonly #kinds: readonly Sweepable[];
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<number> | undefined;
  /** No entry expires before this time, so until then there is nothing to search for. */
  #earliest = Infinity;

  constructor(clock: Clock, kinds: readonly Sweepable[]) {
    this.#clock = clock;
    this.#kinds = kinds;
  }

  /** To be called for each entry that is put in. */
  expect({ expiresAt }: Expiring): void {
    this.#earliest = Math.min(this.#earliest, expiresAt);
    this.#timer ??= setInterval(() => {
      // A clock that returns no valid time is reported to callers of the manager.
      this.sweep().catch(() => {});
    }, millisecondsBetweenSweeps).unref();
  }

  /** @returns how many entries were dropped */
  sweep(): Promise<number> {
    this.#underWay ??= this.#sweep().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  async #sweep(): Promise<number> {
    const limit = unixSeconds(this.#clock) - slack;
    if (this.#earliest >= limit) return 0;
    this.#earliest = Infinity;
    let dropped = 0;
    for (const kind of this.#kinds) dropped += await this.#sweepKind(kind, limit);
    if (this.#earliest === Infinity) this.#stop();
    return dropped;
  }

  async #sweepKind({ entries, drop }: Sweepable, limit: number): Promise<number> {
    let dropped = 0;
    let visited = 0;
    let until = performance.now() + millisecondsPerSlice;
    for (const shard of entries.shards) {
      for (const [key, { expiresAt }] of shard) {
        if (expiresAt < limit) {
          drop(key);
          dropped++;
        } else this.#earliest = Math.min(this.#earliest, expiresAt);
        if (++visited % stride !== 0 || performance.now() < until) continue;
        await new Promise((resolve) => setImmediate(resolve));
        until = performance.now() + millisecondsPerSlice;
      }
    }
    return dropped;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
