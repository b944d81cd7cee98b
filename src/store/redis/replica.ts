import { warn } from '../../util/warn';
import type { RevocationQuery } from '../token-store';
import type { FeedReader } from './feed';
import type { FeedChange } from './feed-change';
import type { Evidence } from '../vouching';
import { KnownTokens } from './known-tokens';
import type { KeyNames } from './names';
import { horizon } from './prelude';
import { ShardRevocations, type Doubt, type SubjectRevocation } from './shard-revocations';
import { slack } from './time-to-live';

/**
 * What was revoked in the last two hours, in this process. It decides where it is sure; everything else is a question to Redis:
 *
 * - while nothing vouches for the shard
 * - about a refresh token: its generation changes without a revocation
 * - about a token that may be older than what is known, and about the tokens of a subject that was logged out everywhere
 *   within the hour before they were issued, since they may be of a new session, and likewise about those of a session that a
 *   rotation has shortened. Once Redis has found one alive, it is known until something happens to it.
 */
export class Replica implements FeedReader {
  readonly #names: KeyNames;
  readonly #shards = new Map<string, ShardRevocations>();
  readonly #known = new KnownTokens();
  /** The time of Redis when it last vouched. */
  #time = 0;
  #hasWarned = false;

  constructor(names: KeyNames) {
    this.#names = names;
  }

  begin(shard: string, time: number): void {
    this.#of(shard).begin(time);
  }

  change(shard: string, time: number, change: FeedChange): void {
    this.#of(shard).add(time, change);
  }

  vouched(shard: string, time: number): void {
    this.#time = time;
    const revocations = this.#of(shard);
    // The clock of Redis was ahead, and what it took for old was dropped.
    if (time - horizon < revocations.sweptTo - slack / 2) revocations.begin(time);
    revocations.keepSince(time - horizon);
  }

  /** @returns undefined where Redis must be asked. Only for a shard that is vouched for */
  isRevoked(query: RevocationQuery): boolean | undefined {
    const { jti, sessionId, subject, issuedAt } = query;
    if (query.generation !== undefined || !this.#isTimely(query.now)) return undefined;
    const { shard, hash } = this.#names.nameOf(subject);
    const revocations = this.#of(shard);
    const all = revocations.ofSubject(hash);
    const isRevoked =
      sessionId === undefined
        ? all !== undefined && issuedAt <= all.notBefore
        : revocations.hasSession(sessionId);
    if (isRevoked || revocations.hasToken(jti)) return true;
    const doubt = doubtOf(query, revocations, all);
    return isSure(query, revocations, doubt) || this.#find(query, revocations, doubt) ? false : undefined;
  }

  /**
   * Called after {@link Replica.isRevoked} has answered false.
   *
   * @returns what holds while the shard is vouched for
   */
  evidenceFor(query: RevocationQuery): Evidence | undefined {
    const { shard, hash } = this.#names.nameOf(query.subject);
    const revocations = this.#of(shard);
    const { count } = revocations;
    const doubt = doubtOf(query, revocations, revocations.ofSubject(hash));
    const isUnchanged = (now: number) => revocations.count === count && this.#isTimely(now);
    if (isSure(query, revocations, doubt))
      return { holds: (now) => isUnchanged(now) && isYoung(query, revocations) };
    const known = this.#find(query, revocations, doubt);
    return known && { holds: (now) => isUnchanged(now) && now < known.until };
  }

  /** What Redis has found of a token since anything happened that may concern it. Of the end of a session nothing is told. */
  #find(query: RevocationQuery, { beganAt }: ShardRevocations, doubt: Doubt | undefined) {
    return this.#known.find(query, Math.max(beganAt, doubt?.count ?? 0));
  }

  /** Called before Redis is asked. @returns what to call if it finds the token alive */
  asking(query: RevocationQuery): (expiresAt: number) => void {
    const revocations = this.#of(this.#names.nameOf(query.subject).shard);
    const { count } = revocations;
    return (expiresAt) => {
      // What happened meanwhile may have happened after Redis answered.
      if (query.generation === undefined && revocations.count === count)
        this.#known.add(query, count, expiresAt);
    };
  }

  /** Otherwise times of issue say nothing about what came first. */
  #isTimely(now: number): boolean {
    if (Math.abs(now - this.#time) <= slack / 2) return true;
    if (!this.#hasWarned) {
      this.#hasWarned = true;
      warn(
        'JwtRedisClockWarning',
        'RedisTokenStore: the clock of this process differs from that of Redis by more than half an hour. ' +
          'The replica is not used, and Redis is asked about each token. Synchronize the clocks.',
      );
    }
    return false;
  }

  #of(shard: string): ShardRevocations {
    let revocations = this.#shards.get(shard);
    if (!revocations) this.#shards.set(shard, (revocations = new ShardRevocations()));
    return revocations;
  }
}

/** The last of what may have ended the session of a token: a logout everywhere, or a rotation that shortened it. */
function doubtOf(
  { sessionId }: RevocationQuery,
  revocations: ShardRevocations,
  all: SubjectRevocation | undefined,
): Doubt | undefined {
  if (sessionId === undefined) return undefined;
  const logout = sessionId === all?.exceptSessionId ? undefined : all;
  const end = revocations.earlierEndOf(sessionId);
  return logout && end && logout.count > end.count ? logout : (end ?? logout);
}

/** Whether a token that is not known to be revoked is alive for sure. Otherwise Redis must have found it alive. */
function isSure(query: RevocationQuery, revocations: ShardRevocations, doubt: Doubt | undefined): boolean {
  return isYoung(query, revocations) && (doubt === undefined || query.issuedAt > doubt.time + slack);
}

/** Whether everything is known that has happened to a token. */
function isYoung({ issuedAt }: RevocationQuery, { since }: ShardRevocations): boolean {
  return issuedAt > since + slack;
}
