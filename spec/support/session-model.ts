import type { RevocationQuery, RevokeSubjectOptions, Rotation, RotationResult, Session } from '../../src';

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
  readonly #subjects = new Map<string, { readonly notBefore: number; readonly until: number }>();
  #latest: number;

  constructor(start: number) {
    this.now = start;
    this.#latest = start;
  }

  pass(seconds: number): void {
    this.now = Math.max(this.now + seconds, this.#latest - largestStepBack);
    this.#latest = Math.max(this.#latest, this.now);
  }

  create(session: Session): void {
    this.sessions.set(session.id, session);
  }

  rotate({ sessionId, generation, now, graceSeconds, seen = {} }: Rotation): RotationResult {
    const row = this.sessions.get(sessionId);
    if (!row || now >= row.expiresAt) return { outcome: 'unknown' };
    const isAlive = row.revokedAt === undefined;
    const behind = row.generation - generation;
    if (behind < 0) return { outcome: 'unknown' };
    if (behind === 0 && !isAlive) return { outcome: 'unknown' };
    if (behind === 0) {
      const moved = { generation: generation + 1, rotatedAt: now, lastUsedAt: now };
      return { outcome: 'rotated', session: this.#put({ ...row, ...moved, ...told(seen) }) };
    }
    const isInWindow = graceSeconds > 0 && now - row.rotatedAt <= graceSeconds;
    if (behind === 1 && isAlive && isInWindow) return { outcome: 'replayed', session: row };
    const session = isAlive ? this.#put({ ...row, revokedAt: now }) : row;
    return { outcome: 'reused', session, flipped: isAlive };
  }

  revokeSession(sessionId: string): boolean {
    const row = this.sessions.get(sessionId);
    if (!row || !this.isAlive(row)) return false;
    this.#put({ ...row, revokedAt: this.now });
    return true;
  }

  revokeSubject(subject: string, { exceptSessionId, keepUntil = Infinity }: RevokeSubjectOptions): void {
    const before = this.#subjects.get(subject);
    this.#subjects.set(subject, {
      notBefore: Math.max(this.now, before?.notBefore ?? this.now),
      until: Math.max(keepUntil, before?.until ?? keepUntil),
    });
    for (const row of this.sessions.values()) {
      const isMeant = row.subject === subject && row.revokedAt === undefined && row.id !== exceptSessionId;
      if (isMeant) this.#put({ ...row, revokedAt: this.now });
    }
  }

  revokeToken(jti: string, expiresAt: number): void {
    this.#tokens.set(jti, Math.max(expiresAt, this.#tokens.get(jti) ?? expiresAt));
  }

  list(subject: string): Session[] {
    return [...this.sessions.values()].filter((row) => row.subject === subject && this.isAlive(row));
  }

  /** @returns undefined where the store may say either, as what it was told about is over by time */
  isRevoked({ jti, sessionId, generation, subject, issuedAt }: RevocationQuery): boolean | undefined {
    const tokenUntil = this.#tokens.get(jti);
    if (tokenUntil !== undefined) return this.now < tokenUntil || undefined;
    if (sessionId === undefined) {
      const revoked = this.#subjects.get(subject);
      if (!revoked || issuedAt > revoked.notBefore) return false;
      return this.now < revoked.until || undefined;
    }
    const row = this.sessions.get(sessionId);
    if (row?.subject !== subject || row.revokedAt !== undefined) return true;
    if (!this.isAlive(row)) return undefined;
    return generation !== undefined && (generation > row.generation || generation < row.generation - 1);
  }

  isAlive({ revokedAt, expiresAt }: Session): boolean {
    return revokedAt === undefined && this.now < expiresAt;
  }

  #put(row: Session): Session {
    this.sessions.set(row.id, row);
    return row;
  }
}

function told(seen: object): object {
  return Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined));
}
