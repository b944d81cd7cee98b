import { setImmediate } from 'node:timers/promises';
import type {
  LoginLimits,
  LoginResult,
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  SessionPage,
  TokenRevocation,
  TokenStore,
} from '../../src';

/**
 * What many write by hand: it reads the row, decides, and writes it back, and others come in between. Alone it does
 * everything right. The negative control of the conformance suite.
 */
export class ReadThenWriteStore implements TokenStore {
  readonly #rows = new Map<string, Session>();
  readonly #rotatedAt = new Map<string, number>();
  readonly #tokens = new Set<string>();
  readonly #notBefore = new Map<string, number>();
  readonly #revokedAt = new Map<string, number>();

  async createSession(
    session: Session,
    { maxSessions = Infinity, authenticatedAt = Infinity }: LoginLimits = {},
  ): Promise<LoginResult> {
    if (await this.#read(session.id)) throw new Error('taken');
    const { subject, createdAt: now } = session;
    if (authenticatedAt <= (this.#revokedAt.get(subject) ?? -1)) return { created: false, ended: [] };
    const alive = await this.listSessions(subject, now);
    const byUse = alive.sort((one, other) => one.lastUsedAt - other.lastUsedAt);
    const surplus = byUse.slice(0, Math.max(0, alive.length - maxSessions + 1));
    for (const row of surplus) this.#write({ ...row, revokedAt: now });
    this.#rows.set(session.id, session);
    return { created: true, ended: surplus.map(({ id }) => id) };
  }

  async findSession(sessionId: string, now: number): Promise<Session | undefined> {
    const row = await this.#read(sessionId);
    return row && isAlive(row, now) ? row : undefined;
  }

  async rotateSession(rotation: Rotation): Promise<RotationResult> {
    const { sessionId, subject, generation, now, expiresAt, seen = {} } = rotation;
    const row = await this.#read(sessionId);
    if (row?.subject !== subject || now >= row.expiresAt || generation > row.generation)
      return { outcome: 'unknown' };
    const isRevoked = row.revokedAt !== undefined;
    if (generation === row.generation) {
      if (isRevoked) return { outcome: 'unknown' };
      const { userAgent = row.userAgent, ip = row.ip } = seen;
      const times = { rotatedAt: now, lastUsedAt: now, expiresAt };
      this.#rotatedAt.set(sessionId, performance.now());
      const session = this.#write({ ...row, ...times, generation: generation + 1, userAgent, ip });
      return { outcome: 'rotated', session };
    }
    if (generation === row.generation - 1 && this.#isInWindow(rotation) && !isRevoked)
      return { outcome: 'replayed', session: row };
    const session = isRevoked ? row : this.#write({ ...row, revokedAt: now });
    return { outcome: 'reused', session, flipped: !isRevoked };
  }

  async revokeSession(
    sessionId: string,
    now: number,
    { subject }: { subject?: string | undefined } = {},
  ): Promise<boolean> {
    const row = await this.#read(sessionId);
    if (!row || !isAlive(row, now) || row.subject !== (subject ?? row.subject)) return false;
    this.#write({ ...row, revokedAt: now, userAgent: undefined, ip: undefined, label: undefined });
    return true;
  }

  async revokeSubject(subject: string, now: number, options: RevokeSubjectOptions = {}): Promise<void> {
    const rows = await this.listSessions(subject, -Infinity);
    const { notBefore = now } = options;
    this.#notBefore.set(subject, Math.max(notBefore, this.#notBefore.get(subject) ?? notBefore));
    this.#revokedAt.set(subject, Math.max(now, this.#revokedAt.get(subject) ?? now));
    for (const row of rows) {
      if (row.id !== options.exceptSessionId) this.#write({ ...row, revokedAt: now });
    }
  }

  async forgetSubject(subject: string, now: number, options: RevokeSubjectOptions = {}): Promise<void> {
    await this.revokeSubject(subject, now, options);
    for (const row of this.#rows.values()) if (row.subject === subject) this.#rows.delete(row.id);
  }

  async listSessions(subject: string, now: number, page?: SessionPage): Promise<Session[]> {
    const alive = [...this.#rows.values()].filter((row) => row.subject === subject && isAlive(row, now));
    await setImmediate();
    const sorted = alive.sort(compare);
    const { after, limit = Infinity } = page ?? {};
    return (after ? sorted.filter((row) => compare(after, row) < 0) : sorted).slice(0, limit);
  }

  async revokeToken({ jti }: TokenRevocation): Promise<void> {
    this.#tokens.add(jti);
  }

  async isRevoked(query: RevocationQuery): Promise<boolean> {
    const { jti, sessionId, generation, subject, issuedAt, now } = query;
    if (this.#tokens.has(jti)) return true;
    if (sessionId === undefined) return issuedAt <= (this.#notBefore.get(subject) ?? -1);
    const row = await this.#read(sessionId);
    if (row?.subject !== subject || !isAlive(row, now)) return true;
    const behind = row.generation - (generation ?? row.generation);
    return behind !== 0 && !(behind === 1 && this.#isInWindow({ ...query, sessionId }));
  }

  #isInWindow({ sessionId, graceSeconds }: Pick<Rotation, 'sessionId' | 'graceSeconds'>): boolean {
    const age = performance.now() - (this.#rotatedAt.get(sessionId) ?? 0);
    return graceSeconds > 0 && age <= graceSeconds * 1000;
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

function isAlive({ revokedAt, expiresAt }: Session, now: number): boolean {
  return revokedAt === undefined && now < expiresAt;
}

/** Newest first. */
function compare(one: Pick<Session, 'id' | 'createdAt'>, other: Pick<Session, 'id' | 'createdAt'>): number {
  return other.createdAt - one.createdAt || (one.id === other.id ? 0 : one.id < other.id ? 1 : -1);
}
