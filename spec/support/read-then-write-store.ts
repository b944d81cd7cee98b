import { setImmediate } from 'node:timers/promises';
import type {
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  TokenStore,
} from '../../src';

/**
 * What many write by hand: it reads the row, decides, and writes it back, and others come in between. Alone it does
 * everything right. The negative control of the conformance suite.
 */
export class ReadThenWriteStore implements TokenStore {
  readonly #rows = new Map<string, Session>();
  readonly #tokens = new Set<string>();
  readonly #notBefore = new Map<string, number>();

  async createSession(session: Session): Promise<void> {
    if (await this.#read(session.id)) throw new Error('taken');
    this.#rows.set(session.id, session);
  }

  async rotateSession({
    sessionId,
    generation,
    now,
    graceSeconds,
    seen = {},
  }: Rotation): Promise<RotationResult> {
    const row = await this.#read(sessionId);
    if (!row || now >= row.expiresAt || generation > row.generation) return { outcome: 'unknown' };
    const isRevoked = row.revokedAt !== undefined;
    if (generation === row.generation) {
      if (isRevoked) return { outcome: 'unknown' };
      const { userAgent = row.userAgent, ip = row.ip } = seen;
      const moved = { ...row, generation: generation + 1, rotatedAt: now, lastUsedAt: now, userAgent, ip };
      return { outcome: 'rotated', session: this.#write(moved) };
    }
    const isInWindow = graceSeconds > 0 && now - row.rotatedAt <= graceSeconds;
    if (generation === row.generation - 1 && isInWindow && !isRevoked)
      return { outcome: 'replayed', session: row };
    const session = isRevoked ? row : this.#write({ ...row, revokedAt: now });
    return { outcome: 'reused', session, flipped: !isRevoked };
  }

  async revokeSession(sessionId: string, now: number): Promise<boolean> {
    const row = await this.#read(sessionId);
    if (!row || row.revokedAt !== undefined || now >= row.expiresAt) return false;
    this.#write({ ...row, revokedAt: now });
    return true;
  }

  async revokeSubject(subject: string, now: number, options: RevokeSubjectOptions = {}): Promise<void> {
    const rows = await this.listSessions(subject, now);
    this.#notBefore.set(subject, Math.max(now, this.#notBefore.get(subject) ?? 0));
    for (const row of rows) {
      if (row.id !== options.exceptSessionId) this.#write({ ...row, revokedAt: now });
    }
  }

  async listSessions(subject: string, now: number): Promise<Session[]> {
    await setImmediate();
    const own = [...this.#rows.values()].filter((row) => row.subject === subject);
    return own.filter(({ revokedAt, expiresAt }) => revokedAt === undefined && now < expiresAt);
  }

  async revokeToken(jti: string): Promise<void> {
    this.#tokens.add(jti);
  }

  async isRevoked({ jti, sessionId, generation, subject, issuedAt }: RevocationQuery): Promise<boolean> {
    if (this.#tokens.has(jti)) return true;
    if (sessionId === undefined) return issuedAt <= (this.#notBefore.get(subject) ?? -1);
    const row = await this.#read(sessionId);
    if (row?.subject !== subject || row.revokedAt !== undefined) return true;
    return generation !== undefined && (generation < row.generation - 1 || generation > row.generation);
  }

  async #read(sessionId: string): Promise<Session | undefined> {
    const row = this.#rows.get(sessionId);
    await setImmediate();
    return row;
  }

  #write(row: Session): Session {
    this.#rows.set(row.id, row);
    return row;
  }
}
