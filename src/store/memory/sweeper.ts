import { unixSeconds, type Clock } from '../../util/clock';

/** Something that is over one day. Unix seconds. */
export interface Expiring {
  readonly expiresAt: number;
}

/** A kind of entries, and how one of them is dropped. */
export interface Sweepable {
  readonly entries: Iterable<[string, Expiring]>;
  readonly drop: (key: string) => void;
}

/** Entries stay so many seconds longer than their tokens: a manager may tolerate clocks that differ. */
const slack = 300;
const millisecondsBetweenSweeps = 60_000;
const millisecondsPerSlice = 1;
/** How many entries are visited between two looks at the time. */
const stride = 32;

/** Drops what is over, once a minute while there is something that will be. */
export class Sweeper {
  readonly #clock: Clock;
  readonly #kinds: readonly Sweepable[];
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<number> | undefined;
  /** No entry is over before: as long as that is not the case, there is nothing to look for. */
  #earliest = Infinity;

  constructor(clock: Clock, kinds: readonly Sweepable[]) {
    this.#clock = clock;
    this.#kinds = kinds;
  }

  /** To be called for each entry that is put in. */
  expect({ expiresAt }: Expiring): void {
    this.#earliest = Math.min(this.#earliest, expiresAt);
    this.#timer ??= setInterval(() => {
      // A clock that tells no time is reported to whoever calls a manager.
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
    for (const [key, { expiresAt }] of entries) {
      if (expiresAt < limit) {
        drop(key);
        dropped++;
      } else this.#earliest = Math.min(this.#earliest, expiresAt);
      if (++visited % stride !== 0 || performance.now() < until) continue;
      await new Promise((resolve) => setImmediate(resolve));
      until = performance.now() + millisecondsPerSlice;
    }
    return dropped;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
