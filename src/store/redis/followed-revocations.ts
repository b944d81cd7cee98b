import type { RevocationChange } from '../revocation-change';
import type { RevocationQuery } from '../token-store';
import type { Evidence } from '../vouching';
import { Feed, type FeedReader, type FeedSource } from './feed';
import type { FeedChange } from './feed-change';
import { Replica } from './replica';

type Listener = (change: RevocationChange) => void;

/** What other processes revoke, as the feed tells it: to listeners, and to a replica if there is one. */
export class FollowedRevocations implements FeedReader {
  readonly #source: FeedSource;
  readonly #replica: Replica | undefined;
  readonly #listeners = new Set<Listener>();
  #feed: Feed | undefined;

  /** @param consistency with a replica the feed is followed at once, otherwise when someone listens */
  constructor(source: FeedSource, consistency: 'replica' | 'strong') {
    this.#source = source;
    if (consistency === 'strong') return;
    this.#replica = new Replica(source.names);
    this.#feed = new Feed(source, this);
  }

  begin(shard: string, time: number): void {
    this.#replica?.begin(shard, time);
  }

  change(shard: string, time: number, change: FeedChange, isNew: boolean): void {
    this.#replica?.change(shard, time, change);
    if (isNew && change.kind !== 'earlier') for (const listener of this.#listeners) listener(change);
  }

  vouched(shard: string, time: number): void {
    this.#replica?.vouched(shard, time);
  }

  /** This process has revoked something: it is known before anything else is decided. */
  behind(shard: string): void {
    this.#feed?.behind(shard);
  }

  /** @returns undefined where Redis must be asked */
  isRevoked(query: RevocationQuery): boolean | undefined {
    const { shard } = this.#source.names.nameOf(query.subject);
    return this.#feed?.positionOf(shard)?.isVouched ? this.#replica?.isRevoked(query) : undefined;
  }

  /** @returns undefined where {@link FollowedRevocations.isRevoked} must be asked each time */
  evidenceFor(query: RevocationQuery): Evidence | undefined {
    const { shard } = this.#source.names.nameOf(query.subject);
    const nothing = this.#replica?.evidenceFor(query);
    const position = this.#feed?.positionOf(shard);
    return nothing && position && { holds: (now) => position.isVouched && nothing.holds(now) };
  }

  /** Called before Redis is asked. @returns what to call if it finds the token alive */
  asking(query: RevocationQuery): ((expiresAt: number) => void) | undefined {
    return this.#replica?.asking(query);
  }

  async subscribe(listener: Listener): Promise<() => Promise<void>> {
    const own: Listener = (change) => {
      listener(change);
    };
    this.#listeners.add(own);
    this.#feed ??= new Feed(this.#source, this);
    await this.#feed.whole();
    return () => Promise.resolve(void this.#listeners.delete(own));
  }

  close(): void {
    this.#feed?.close();
  }
}
