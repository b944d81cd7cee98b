import { systemClock } from '../../util/clock';
import { ignore } from '../../util/promises';
import { within } from '../../util/within';
import { changeOf, type FeedChange } from './feed-change';
import { FeedPosition } from './feed-position';
import type { KeyNames } from './names';
import type { ScriptClient } from './redis-client';
import type { ScriptRunner } from './script-runner';
import { scripts } from './scripts';
import { slack } from './time-to-live';
import { Wakes } from './wakes';

/** Milliseconds for which a read of a feed vouches, from when it was sent. */
const bound = 2000;

/** Milliseconds between two reads. */
const interval = 500;

/** How many entries one script returns at most: others wait for it. */
const most = 2000;

/** Hears what the feeds tell. Times are Unix seconds of Redis. */
export interface FeedReader {
  /** What was told before that time may be unknown. */
  begin(shard: string, time: number): void;
  /** @param isNew false for what was there before the feed was followed */
  change(shard: string, time: number, change: FeedChange, isNew: boolean): void;
  /** Everything until then is known. */
  vouched(shard: string, time: number): void;
}

/** What a feed needs of Redis. */
export interface FeedSource {
  readonly client: ScriptClient;
  readonly runner: ScriptRunner;
  readonly names: KeyNames;
}

/** Feeds that one script can read: all of them, or in a cluster each one alone. */
interface Group {
  readonly pending: Set<FeedPosition>;
  isReading: boolean;
}

/**
 * Follows the feeds of all shards: whole from their start, then whatever is new, as soon as Redis announces it, and
 * twice a second anyway. Only a read that succeeded vouches for a shard, so announcements may be lost.
 */
export class Feed {
  readonly #source: FeedSource;
  readonly #reader: FeedReader;
  readonly #positions = new Map<string, FeedPosition>();
  readonly #groups = new Map<FeedPosition, Group>();
  readonly #wakes: Wakes;
  readonly #timer: NodeJS.Timeout;
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(source: FeedSource, reader: FeedReader) {
    this.#source = source;
    this.#reader = reader;
    const all: Group = { pending: new Set(), isReading: false };
    for (let number = 0; number < 256; number++) {
      const position = new FeedPosition(number.toString(16).padStart(2, '0'));
      this.#positions.set(position.shard, position);
      this.#groups.set(position, all);
    }
    this.#wakes = new Wakes(source.client, source.names.channel, this);
    this.#timer = setInterval(() => {
      this.#tick();
    }, interval).unref();
    this.#tick();
  }

  /** Undefined once the feed is closed. */
  positionOf(shard: string): FeedPosition | undefined {
    return this.#positions.get(shard);
  }

  /** Reads what is new in a shard, which is not vouched for until then. */
  behind(shard: string): void {
    const position = this.#positions.get(shard);
    if (!position) return;
    position.behind();
    this.#read([position]);
  }

  readAll(): void {
    this.#read(this.#positions.values());
  }

  /** Waits until all feeds were read to their ends once. */
  whole(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#settle();
    });
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#wakes.close();
    // What was answered by then is not vouched for any more: nothing notes what this process revokes from here on.
    for (const position of this.#positions.values()) position.behind();
    this.#positions.clear();
    this.#settle();
  }

  #tick(): void {
    this.#wakes.keep();
    if (this.#source.client.isOpen()) this.readAll();
  }

  #read(positions: Iterable<FeedPosition>): void {
    const touched = new Set<Group>();
    for (const position of positions) {
      const group = this.#groups.get(position) as Group;
      touched.add(group);
      group.pending.add(position);
    }
    for (const group of touched) if (!group.isReading) ignore(this.#drain(group));
  }

  /** Reads until nothing is pending. What a read that fails has asked for is asked again by the next tick. */
  async #drain(group: Group): Promise<void> {
    group.isReading = true;
    try {
      while (group.pending.size > 0 && !this.#isClosed) {
        const positions = [...group.pending];
        group.pending.clear();
        await this.#ask(positions);
      }
    } catch (error) {
      if (isCrossSlot(error)) this.#split();
    } finally {
      group.isReading = false;
    }
  }

  async #ask(positions: readonly FeedPosition[]): Promise<void> {
    const { runner, names } = this.#source;
    const [sentAt, wallSentAt] = [performance.now(), systemClock()];
    const feeds = positions.map(({ shard }) => names.feedOf(shard));
    const servers = positions.map(({ shard }) => names.serverOf(shard));
    const given = [String(most), ...positions.map(({ last }) => last)];
    const limits = { deadline: sentAt + bound };
    const reply = await within(bound, runner.run(scripts.readFeed, [...feeds, ...servers], given, limits));
    const time = Number(reply[1]);
    const unfinished = this.#apply(positions, reply, time);
    for (const position of positions) {
      const isVouched = !unfinished.has(position) && position.vouch(sentAt, wallSentAt, bound);
      if (isVouched) this.#reader.vouched(position.shard, time);
      else this.#read([position]);
    }
    this.#settle();
  }

  /** @returns those that have more to tell */
  #apply(positions: readonly FeedPosition[], reply: readonly string[], time: number): Set<FeedPosition> {
    const unfinished = new Set<FeedPosition>();
    for (let at = 2; at < reply.length; at += 5) {
      const [index, id = '', kind = '', hash = '', rest = ''] = reply.slice(at, at + 5);
      const position = positions[Number(index) - 1] as FeedPosition;
      if (id === 'more' || id === 'gap') unfinished.add(position);
      if (id === 'gap') {
        position.last = '';
        this.#reader.begin(position.shard, time);
      } else if (id !== 'more') this.#tell(position, id, time, changeOf(kind, hash, rest));
    }
    return unfinished;
  }

  #tell(position: FeedPosition, id: string, now: number, change: FeedChange | undefined): void {
    const { shard, isWhole } = position;
    const toldAt = Math.floor(Number(id.slice(0, id.indexOf('-'))) / 1000);
    const time = Math.min(toldAt, now);
    position.last = id;
    // The clock of Redis was ahead then, and what it took for old was cut off.
    if (!change || toldAt > now + slack / 2) this.#reader.begin(shard, time);
    if (change) this.#reader.change(shard, time, change, isWhole);
  }

  /** A cluster: each feed is read alone. */
  #split(): void {
    for (const position of this.#positions.values())
      this.#groups.set(position, { pending: new Set(), isReading: false });
    this.#read(this.#positions.values());
  }

  #settle(): void {
    if ([...this.#positions.values()].some(({ isWhole }) => !isWhole)) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function isCrossSlot(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('CROSSSLOT');
}
