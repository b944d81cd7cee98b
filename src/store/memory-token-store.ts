import { ConfigurationError } from '../errors';
import { systemClock, unixSeconds, type Clock } from '../util/clock';
import { checkOptions } from '../util/options';
import { judgeRotation } from './judge-rotation';
import type {
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  TokenStore,
} from './token-store';

/** The options of a {@link MemoryTokenStore}. */
export interface MemoryTokenStoreOptions {
  /** What says when entries are over: give it the manager's. @default Date.now */
  readonly clock?: Clock | undefined;
  /** How many entries there may be; what is alive is never dropped, the next one is refused. @default no limit */
  readonly maxEntries?: number | undefined;
}

interface NotBefore {
  readonly at: number;
  readonly expiresAt: number;
}

/** Entries stay so many seconds longer than their tokens: a manager may tolerate clocks that differ. */
const slack = 300;
const millisecondsBetweenSweeps = 60_000;
const millisecondsPerSlice = 2;

/**
 * A token store in the memory of this process: for development, specs, and applications of one process whose users may
 * log in again after a restart. Whatever is over is swept away once a minute; no timer keeps the process alive.
 *
 * @example
 * ```ts
 * const jwtManager = new JwtManager({ secret, store: new MemoryTokenStore({ maxEntries: 100_000 }) });
 * ```
 */
export class MemoryTokenStore implements TokenStore {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #sessions = new Map<string, Session>();
  readonly #aliveBySubject = new Map<string, Set<string>>();
  readonly #revokedTokens = new Map<string, { readonly expiresAt: number }>();
  readonly #notBefore = new Map<string, NotBefore>();
  #sweeper: NodeJS.Timeout | undefined;
  #purge: Promise<number> | undefined;

  /** @throws {@link ConfigurationError} when an option is wrong */
  constructor(options: MemoryTokenStoreOptions = {}) {
    checkOptions('MemoryTokenStore', options, ['clock', 'maxEntries']);
    const { clock = systemClock, maxEntries = Infinity } = options;
    if (typeof clock !== 'function')
      throw new ConfigurationError('clock must be a function such as Date.now');
    if (typeof maxEntries !== 'number' || !(maxEntries >= 1))
      throw new ConfigurationError('maxEntries must be a number of at least 1');
    this.#clock = clock;
    this.#maxEntries = maxEntries;
  }

  /** How many entries there are: sessions, revoked tokens, revoked subjects. */
  get size(): number {
    return this.#sessions.size + this.#revokedTokens.size + this.#notBefore.size;
  }

  async createSession(session: Session): Promise<void> {
    await this.#makeRoom();
    if (this.#sessions.has(session.id)) throw new Error('there is a session with this id');
    this.#sessions.set(session.id, Object.freeze({ ...session }));
    this.#schedule();
    const alive = this.#aliveBySubject.get(session.subject);
    if (alive) alive.add(session.id);
    else this.#aliveBySubject.set(session.subject, new Set([session.id]));
  }

  rotateSession(rotation: Rotation): Promise<RotationResult> {
    const before = this.#sessions.get(rotation.sessionId);
    const result = judgeRotation(before, rotation);
    const after = result.session;
    if (after && after !== before) {
      this.#sessions.set(after.id, Object.freeze(after));
      if (after.revokedAt !== undefined) this.#forget(after);
    }
    return answer(result);
  }

  revokeSession(sessionId: string, now: number): Promise<boolean> {
    const session = this.#sessions.get(sessionId);
    const isAlive = session !== undefined && session.revokedAt === undefined && now < session.expiresAt;
    if (isAlive) this.#kill(session, now);
    return answer(isAlive);
  }

  async revokeSubject(subject: string, now: number, options: RevokeSubjectOptions = {}): Promise<void> {
    const { exceptSessionId, keepUntil = Infinity } = options;
    if (!this.#notBefore.has(subject)) await this.#makeRoom();
    const before = this.#notBefore.get(subject);
    this.#notBefore.set(subject, {
      at: Math.max(now, before?.at ?? 0),
      expiresAt: Math.max(keepUntil, before?.expiresAt ?? 0),
    });
    this.#schedule();
    for (const session of this.#alive(subject)) {
      if (session.id !== exceptSessionId) this.#kill(session, now);
    }
  }

  listSessions(subject: string, now: number): Promise<Session[]> {
    return answer(this.#alive(subject).filter(({ expiresAt }) => now < expiresAt));
  }

  async revokeToken(jti: string, expiresAt: number): Promise<void> {
    if (!this.#revokedTokens.has(jti)) await this.#makeRoom();
    const known = this.#revokedTokens.get(jti);
    this.#revokedTokens.set(jti, { expiresAt: Math.max(expiresAt, known?.expiresAt ?? 0) });
    this.#schedule();
  }

  isRevoked({ jti, sessionId, generation, subject, issuedAt }: RevocationQuery): boolean {
    if (this.#revokedTokens.has(jti)) return true;
    if (sessionId === undefined) return issuedAt <= (this.#notBefore.get(subject)?.at ?? -Infinity);
    const session = this.#sessions.get(sessionId);
    if (!session || session.revokedAt !== undefined || session.subject !== subject) return true;
    if (generation === undefined) return false;
    return generation < session.generation - 1 || generation > session.generation;
  }

  /**
   * Drops what is over. It happens by itself once a minute; it stops every few milliseconds to let others run.
   *
   * @returns how many entries were dropped
   */
  purgeExpired(): Promise<number> {
    this.#purge ??= this.#sweep().finally(() => (this.#purge = undefined));
    return this.#purge;
  }

  async #sweep(): Promise<number> {
    const now = unixSeconds(this.#clock);
    const size = this.size;
    let until = performance.now() + millisecondsPerSlice;
    for (const entries of [this.#sessions, this.#revokedTokens, this.#notBefore]) {
      let visited = 0;
      for (const [key, { expiresAt }] of entries) {
        if (expiresAt + slack < now) this.#drop(entries, key);
        if (++visited % 256 !== 0 || performance.now() < until) continue;
        await new Promise((resolve) => setImmediate(resolve));
        until = performance.now() + millisecondsPerSlice;
      }
    }
    this.#sweeper = undefined;
    this.#schedule();
    return size - this.size;
  }

  #drop(entries: Map<string, unknown>, key: string): void {
    const session = entries === this.#sessions ? this.#sessions.get(key) : undefined;
    entries.delete(key);
    if (session) this.#forget(session);
  }

  /** A timer runs while there is something to sweep. */
  #schedule(): void {
    if (this.#sweeper || this.size === 0) return;
    this.#sweeper = setTimeout(() => void this.purgeExpired(), millisecondsBetweenSweeps).unref();
  }

  async #makeRoom(): Promise<void> {
    if (this.size >= this.#maxEntries) await this.purgeExpired();
    if (this.size >= this.#maxEntries) throw new Error('the MemoryTokenStore is full');
  }

  #alive(subject: string): Session[] {
    const ids = [...(this.#aliveBySubject.get(subject) ?? [])];
    return ids.flatMap((id) => this.#sessions.get(id) ?? []);
  }

  #kill(session: Session, now: number): void {
    this.#forget(session);
    this.#sessions.set(session.id, Object.freeze({ ...session, revokedAt: now }));
  }

  /** Takes a session out of its subject's list. */
  #forget({ subject, id }: Session): void {
    const alive = this.#aliveBySubject.get(subject);
    alive?.delete(id);
    if (alive?.size === 0) this.#aliveBySubject.delete(subject);
  }
}

function answer<T>(value: T): Promise<T> {
  return Promise.resolve(value);
}
