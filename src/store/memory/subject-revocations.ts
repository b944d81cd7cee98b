import { subjectHash } from '../shard';
import type { RevokeSubjectOptions } from '../token-store';
import { ShardedMap } from './sharded-map';
import type { Expiring } from './sweeper';

/** What is remembered of a subject that was logged out everywhere. */
export interface SubjectRevocation extends Expiring {
  /** Tokens without a session that were issued at this time or earlier are revoked. */
  readonly notBefore: number;
  /** Logins that began at this time or earlier are not created. */
  readonly revokedAt: number;
}

/** Which subjects were logged out everywhere, by their hashes: they outlive what else is stored about them. */
export class SubjectRevocations {
  readonly entries = new ShardedMap<SubjectRevocation>();

  of(subject: string): SubjectRevocation | undefined {
    return this.entries.size === 0 ? undefined : this.entries.get(subjectHash(subject));
  }

  /** A later call never moves a time back. */
  add(
    subject: string,
    now: number,
    { keepUntil = Infinity, notBefore = now }: RevokeSubjectOptions,
  ): SubjectRevocation {
    const before = this.of(subject);
    const revocation = {
      notBefore: Math.max(notBefore, before?.notBefore ?? notBefore),
      revokedAt: Math.max(now, before?.revokedAt ?? now),
      expiresAt: Math.max(keepUntil, before?.expiresAt ?? keepUntil),
    };
    this.entries.set(subjectHash(subject), revocation);
    return revocation;
  }
}
