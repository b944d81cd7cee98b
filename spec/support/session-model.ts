import type {
  LoginLimits,
  LoginResult,
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  SessionPage,
} from '../../src';

/** How far the time steps back at the most, in seconds. */
const largestStepBack = 60;

/**
 * What a store has to answer, written down from the table of sessions as plainly as can be: it forgets nothing, and
 * nothing happens at once.
 */
export class SessionModel {
  now: number;
  readonly sessions = new Map<string, Session>();
  readonly #tokens = new Map<string, number>();
  readonly #subjects = new Map<string, SubjectState>();
  #latest: number;

  constructor(start: number) {
    this.now = start;
    this.#latest = start;
  }

  pass(seconds: number): void {
    this.now = Math.max(this.now + seconds, this.#latest - largestStepBack);
    this.#latest = Math.max(this.#latest, this.now);
  }

  /** Whether a store need not remember any more that the subject was revoked. */
  mayForget(subject: string): boolean {
    return this.now >= (this.#subjects.get(subject)?.until ?? Infinity);
  }

  create(session: Session, { maxSessions = Infinity, authenticatedAt = Infinity }: LoginLimits): LoginResult {
    const { subject } = session;
    if (authenticatedAt <= (this.#subjects.get(subject)?.revokedAt ?? -1))
      return { created: false, ended: [] };
    const byUse = this.list(subject).sort((one, other) => one.lastUsedAt - other.lastUsedAt);
    const surplus = byUse.slice(0, Math.max(0, byUse.length - maxSessions + 1));
    for (const row of surplus) this.#put({ ...row, revokedAt: this.now });
    this.sessions.set(session.id, session);
    return { created: true, ended: surplus.map(({ id }) => id) };
  }

  /** Takes over which of several equal sessions the store has ended. */
  settle(expected: readonly string[], ended: readonly string[]): void {
    const chosen = ended.filter((id) => !expected.includes(id));
    for (const [index, id] of expected.filter((one) => !ended.includes(one)).entries()) {
      const [alive, other] = [this.sessions.get(id), this.sessions.get(chosen[index] ?? '')];
      if (!alive || other?.lastUsedAt !== alive.lastUsedAt)
        throw new Error('another session should have ended');
      this.#put({ ...alive, revokedAt: undefined });
      this.#put({ ...other, revokedAt: alive.revokedAt });
    }
  }

  find(sessionId: string): Session | undefined {
    const row = this.sessions.get(sessionId);
    return row && this.isAlive(row) ? row : undefined;
  }

  /** A window is open for ever, or not at all: the clock of the store is not this one. */
  rotate(rotation: Rotation): RotationResult {
    const { sessionId, subject, generation, now, expiresAt, graceSeconds, seen = {} } = rotation;
    const row = this.sessions.get(sessionId);
    if (row?.subject !== subject || now >= row.expiresAt) return { outcome: 'unknown' };
    const isAlive = row.revokedAt === undefined;
    const behind = row.generation - generation;
    if (behind < 0) return { outcome: 'unknown' };
    if (behind === 0 && !isAlive) return { outcome: 'unknown' };
    if (behind === 0) {
      const moved = { generation: generation + 1, rotatedAt: now, lastUsedAt: now, expiresAt };
      return { outcome: 'rotated', session: this.#put({ ...row, ...moved, ...told(seen) }) };
    }
    if (behind === 1 && isAlive && graceSeconds > 0) return { outcome: 'replayed', session: row };
    const session = isAlive ? this.#put({ ...row, revokedAt: now }) : row;
    return { outcome: 'reused', session, flipped: isAlive };
  }

  revokeSession(sessionId: string, subject?: string): boolean {
    const row = this.find(sessionId);
    if (!row || row.subject !== (subject ?? row.subject)) return false;
    const details = { userAgent: undefined, ip: undefined, label: undefined };
    this.#put({ ...row, ...details, revokedAt: this.now });
    return true;
  }

  forgetSubject(subject: string, options: RevokeSubjectOptions): void {
    this.revokeSubject(subject, options);
    for (const { id, subject: owner } of this.sessions.values())
      if (owner === subject) this.sessions.delete(id);
  }

  revokeSubject(subject: string, options: RevokeSubjectOptions): void {
    const { exceptSessionId, keepUntil = Infinity, notBefore = this.now } = options;
    const before = this.#subjects.get(subject);
    this.#subjects.set(subject, {
      notBefore: Math.max(notBefore, before?.notBefore ?? notBefore),
      revokedAt: Math.max(this.now, before?.revokedAt ?? this.now),
      until: Math.max(keepUntil, before?.until ?? keepUntil),
    });
    for (const row of this.sessions.values()) {
      // One that has expired is not spared: the time may step back.
      const isSpared = row.id === exceptSessionId && this.now < row.expiresAt;
      const isMeant = row.subject === subject && row.revokedAt === undefined && !isSpared;
      if (isMeant) this.#put({ ...row, revokedAt: this.now });
    }
  }

  revokeToken(jti: string, expiresAt: number): void {
    this.#tokens.set(jti, Math.max(expiresAt, this.#tokens.get(jti) ?? expiresAt));
  }

  list(subject: string, { limit, after }: SessionPage = { limit: Infinity }): Session[] {
    const alive = [...this.sessions.values()].filter((row) => row.subject === subject && this.isAlive(row));
    const sorted = alive.sort(compare);
    return (after ? sorted.filter((row) => compare(after, row) < 0) : sorted).slice(0, limit);
  }

  /** @returns undefined where the store may say either, as what it was told about is over by time */
  isRevoked(query: RevocationQuery): boolean | undefined {
    const { jti, sessionId, generation, subject, issuedAt, graceSeconds } = query;
    const tokenUntil = this.#tokens.get(jti);
    if (tokenUntil !== undefined) return this.now < tokenUntil || undefined;
    if (sessionId === undefined) {
      const revoked = this.#subjects.get(subject);
      if (!revoked || issuedAt > revoked.notBefore) return false;
      return this.now < revoked.until || undefined;
    }
    const row = this.sessions.get(sessionId);
    if (row?.subject !== subject || !this.isAlive(row)) return true;
    const behind = row.generation - (generation ?? row.generation);
    return behind !== 0 && !(behind === 1 && graceSeconds > 0);
  }

  isAlive({ revokedAt, expiresAt }: Session): boolean {
    return revokedAt === undefined && this.now < expiresAt;
  }

  #put(row: Session): Session {
    this.sessions.set(row.id, row);
    return row;
  }
}

interface SubjectState {
  readonly notBefore: number;
  readonly revokedAt: number;
  readonly until: number;
}

/** Newest first. */
function compare(one: Pick<Session, 'id' | 'createdAt'>, other: Pick<Session, 'id' | 'createdAt'>): number {
  return other.createdAt - one.createdAt || (one.id === other.id ? 0 : one.id > other.id ? -1 : 1);
}

function told(seen: object): object {
  return Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined));
}
