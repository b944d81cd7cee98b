import { createHash } from 'node:crypto';
import { shardOf } from '../shard';

/** The names of a subject's keys, which are all in one hash slot. */
export interface SubjectKeys {
  /** Stands for the subject in Redis. */
  readonly hash: string;
  /** A hash: what outlives the subject's sessions. */
  readonly subject: string;
  /** A sorted set: the sessions that are alive. */
  readonly sessions: string;
  /** A hash: what is known of the people behind them. */
  readonly details: string;
  /** A sorted set: the sessions whose rows are being erased. */
  readonly forgotten: string;
}

/** How keys are named. The hash tag is the prefix and the shard of a subject. */
export class KeyNames {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  ofSubject(subject: string): SubjectKeys {
    const hash = createHash('sha256').update(subject).digest('base64url').slice(0, 22);
    const base = this.#base(shardOf(subject));
    return {
      hash,
      subject: `${base}u:${hash}`,
      sessions: `${base}l:${hash}`,
      details: `${base}d:${hash}`,
      forgotten: `${base}f:${hash}`,
    };
  }

  ofSession(sessionId: string): string {
    return `${this.#base(sessionId.slice(0, 2))}s:${sessionId}`;
  }

  /** A token is in the shard of its subject. */
  ofToken(jti: string, subject: string): string {
    return `${this.#base(shardOf(subject))}r:${jti}`;
  }

  ofEvent(id: string): string {
    return `${this.#base(shardOf(id))}o:${id}`;
  }

  /** For a caller that knows the hash of the subject alone. */
  ofHash(sessionId: string, hash: string): Pick<SubjectKeys, 'hash' | 'sessions' | 'details'> {
    const base = this.#base(sessionId.slice(0, 2));
    return { hash, sessions: `${base}l:${hash}`, details: `${base}d:${hash}` };
  }

  #base(shard: string): string {
    return `{${this.#prefix}:${shard}}:`;
  }
}

/** A session whose id has another shard than the subject cannot be the subject's. */
export function mayBelong(sessionId: string, subject: string): boolean {
  return sessionId.startsWith(shardOf(subject));
}
