import type { FeedChange } from './feed-change';

/** Something that may have ended tokens: which of them, Redis knows. Times are Unix seconds. */
export interface Doubt {
  readonly time: number;
  /** How many changes of the shard there were, this one included. */
  readonly count: number;
}

/** A subject that was logged out everywhere. */
export interface SubjectRevocation extends Doubt {
  /** Tokens without a session that were issued at this time or earlier are revoked. */
  readonly notBefore: number;
  /** The one session that continued. */
  readonly exceptSessionId: string | undefined;
}

/** What was revoked in a shard since the feed began, in the order of the feed. Times are Unix seconds of Redis. */
export class ShardRevocations {
  readonly #sessions = new Map<string, number>();
  readonly #tokens = new Map<string, number>();
  readonly #subjects = new Map<string, SubjectRevocation>();
  readonly #earlierEnds = new Map<string, Doubt>();
  /** What was revoked at that time or earlier may be unknown. */
  since = Infinity;
  /** How many changes there were. */
  count = 0;
  /** The count when the feed began, the last time. */
  beganAt = 0;
  /** What was older than that was dropped. */
  sweptTo = -Infinity;
  #began = -Infinity;

  hasSession(sessionId: string): boolean {
    return this.#sessions.has(sessionId);
  }

  hasToken(jti: string): boolean {
    return this.#tokens.has(jti);
  }

  ofSubject(hash: string): SubjectRevocation | undefined {
    return this.#subjects.get(hash);
  }

  /** The last rotation that shortened a session. */
  earlierEndOf(sessionId: string): Doubt | undefined {
    return this.#earlierEnds.get(sessionId);
  }

  begin(time: number): void {
    this.beganAt = ++this.count;
    this.#began = Math.max(this.#began, time);
    this.since = Math.max(this.since, time);
    this.sweptTo = -Infinity;
  }

  add(time: number, change: FeedChange): void {
    const count = ++this.count;
    if (change.kind === 'session') renew(this.#sessions, change.sessionId, time);
    else if (change.kind === 'token') renew(this.#tokens, change.jti, time);
    else if (change.kind === 'earlier') renew(this.#earlierEnds, change.sessionId, { time, count });
    else {
      const { subjectHash, exceptSessionId } = change;
      const before = this.#subjects.get(subjectHash);
      const notBefore = Math.max(change.notBefore, before?.notBefore ?? change.notBefore);
      renew(this.#subjects, subjectHash, { time, notBefore, exceptSessionId, count });
    }
  }

  /** Everything from that time on is known. What is older goes, once a minute. */
  keepSince(time: number): void {
    this.since = Math.max(this.#began, time);
    if (time < this.sweptTo + 60) return;
    this.sweptTo = time;
    drop(this.#sessions, (entry) => entry <= time);
    drop(this.#tokens, (entry) => entry <= time);
    drop(this.#subjects, (entry) => entry.time <= time);
    drop(this.#earlierEnds, (entry) => entry.time <= time);
  }
}

/** Puts it last: the oldest come first. */
function renew<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
}

function drop<T>(map: Map<string, T>, isOld: (value: T) => boolean): void {
  for (const [key, value] of map) {
    if (!isOld(value)) return;
    map.delete(key);
  }
}
