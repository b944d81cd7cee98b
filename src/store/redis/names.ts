import { shardOf, subjectHash } from '../shard';

/** How a subject is named. */
export interface SubjectName {
  readonly shard: string;
  /** Stands for the subject in Redis. */
  readonly hash: string;
}

/** The names of a subject's keys, which are all in one hash slot. */
export interface SubjectKeys {
  readonly hash: string;
  /** A hash: what outlives the subject's sessions. */
  readonly subject: string;
  /** A sorted set: the sessions that are alive. */
  readonly sessions: string;
  /** A hash: what is known of the people behind them. */
  readonly details: string;
  /** A sorted set: the sessions whose rows are being erased. */
  readonly forgotten: string;
  /** A stream: what was revoked in the shard. */
  readonly feed: string;
}

/** How many subjects are remembered with their names. */
const most = 10_000;

/** How keys are named. The hash tag is the prefix and the shard of a subject. */
export class KeyNames {
  readonly #prefix: string;
  readonly #known = new Map<string, SubjectName>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The channel that tells which shards have news. */
  get channel(): string {
    return `${this.#prefix}:feed`;
  }

  /** Hashing costs more than everything else that a local check does. */
  nameOf(subject: string): SubjectName {
    const known = this.#known.get(subject);
    if (known) return known;
    if (this.#known.size >= most) this.#known.clear();
    const name = { shard: shardOf(subject), hash: subjectHash(subject) };
    this.#known.set(subject, name);
    return name;
  }

  ofSubject(subject: string): SubjectKeys {
    const { shard, hash } = this.nameOf(subject);
    const base = this.#base(shard);
    return {
      hash,
      subject: `${base}u:${hash}`,
      sessions: `${base}l:${hash}`,
      details: `${base}d:${hash}`,
      forgotten: `${base}f:${hash}`,
      feed: this.feedOf(shard),
    };
  }

  ofSession(sessionId: string): string {
    return `${this.#base(sessionId.slice(0, 2))}s:${sessionId}`;
  }

  /** A token is in the shard of its subject. */
  ofToken(jti: string, subject: string): string {
    return `${this.#base(this.nameOf(subject).shard)}r:${jti}`;
  }

  ofEvent(id: string): string {
    return `${this.#base(shardOf(id))}o:${id}`;
  }

  /** For a caller that knows the hash of the subject alone. */
  ofHash(sessionId: string, hash: string): Pick<SubjectKeys, 'hash' | 'sessions' | 'details' | 'feed'> {
    const base = this.#base(sessionId.slice(0, 2));
    return { hash, sessions: `${base}l:${hash}`, details: `${base}d:${hash}`, feed: `${base}x` };
  }

  feedOf(shard: string): string {
    return `${this.#base(shard)}x`;
  }

  /** A hash: which server the feed of a shard is from. */
  serverOf(shard: string): string {
    return `${this.#base(shard)}n`;
  }

  /** A session whose id has another shard than the subject cannot be the subject's. */
  mayBelong(sessionId: string, subject: string): boolean {
    return sessionId.startsWith(this.nameOf(subject).shard);
  }

  #base(shard: string): string {
    return `{${this.#prefix}:${shard}}:`;
  }
}
