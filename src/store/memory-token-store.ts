import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { ConfigurationError } from '../errors';
import { systemClock, unixTime, type Clock } from '../util/clock';
import { readOptions } from '../util/options';
import { isInWindow, judgeRotation } from './judge-rotation';
import { Logins } from './memory/logins';
import { ShardedMap } from './memory/sharded-map';
import type { Login } from './memory/subject-index';
import { Sweeper, type Expiring } from './memory/sweeper';
import type {
  LoginLimits,
  LoginResult,
  RevocationChange,
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  SessionPage,
  StoreLimits,
  TokenRevocation,
  TokenStore,
} from './token-store';

/** The options of a {@link MemoryTokenStore}. */
export interface MemoryTokenStoreOptions {
  /** Decides when entries have expired and how long ago a rotation was: give it the manager's. @default Date.now */
  readonly clock?: Clock | undefined;
  /**
   * How many entries there may be. Nothing that is alive is dropped: a login that does not fit is rejected. Revocations
   * always fit. @default no limit
   */
  readonly maxEntries?: number | undefined;
}

interface SubjectRevocation extends Expiring {
  /** Tokens without a session that were issued at this time or earlier are dead. */
  readonly notBefore: number;
  /** Logins that began at this time or earlier are not created. */
  readonly revokedAt: number;
}

/** How many sessions are erased in a row before others may run. */
const erasedInARow = 1000;

/**
 * A token store in the memory of this process: for development, specs, and applications of one process whose users may
 * log in again after a restart. Expired entries are dropped once a minute, and no timer keeps the process alive.
 *
 * @example
 * ```ts
 * const jwtManager = new JwtManager({ secret, store: new MemoryTokenStore({ maxEntries: 100_000 }) });
 * ```
 */
export class MemoryTokenStore implements TokenStore {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #logins = new Logins();
  readonly #revokedTokens = new ShardedMap<Expiring>();
  /** By the hash of the subject: it outlives the sessions. */
  readonly #revokedSubjects = new ShardedMap<SubjectRevocation>();
  readonly #listeners = new Set<(change: RevocationChange) => void>();
  readonly #sweeper: Sweeper;

  /** @throws {@link ConfigurationError} when an option is wrong */
  constructor(options: MemoryTokenStoreOptions = {}) {
    const own = readOptions('MemoryTokenStore', options, ['clock', 'maxEntries']);
    const { clock = systemClock, maxEntries = Infinity } = own;
    if (typeof clock !== 'function')
      throw new ConfigurationError('clock must be a function such as Date.now');
    if (typeof maxEntries !== 'number' || !(maxEntries >= 1))
      throw new ConfigurationError('maxEntries must be a number of at least 1');
    this.#clock = clock;
    this.#maxEntries = maxEntries;
    const [logins, tokens, subjects] = [this.#logins, this.#revokedTokens, this.#revokedSubjects];
    this.#sweeper = new Sweeper(clock, [
      { entries: logins.entries, drop: logins.drop.bind(logins) },
      { entries: tokens, drop: tokens.delete.bind(tokens) },
      { entries: subjects, drop: subjects.delete.bind(subjects) },
    ]);
  }

  /** How many entries there are: sessions, revoked tokens, revoked subjects. */
  get size(): number {
    return this.#logins.entries.size + this.#revokedTokens.size + this.#revokedSubjects.size;
  }

  async createSession(
    session: Session,
    limits: Partial<StoreLimits> & LoginLimits = {},
  ): Promise<LoginResult> {
    const { id, subject, createdAt: now } = session;
    const { maxSessions = Infinity, authenticatedAt = Infinity } = limits;
    const surplus = () => this.#logins.surplusOf(subject, now, maxSessions - 1);
    while (this.#isFull() && !this.#logins.hasDead && surplus().length === 0) await this.#makeRoom(limits);
    if (this.#logins.get(id)) throw new Error('there is a session with this id');
    if (authenticatedAt <= (this.#revocationOf(subject)?.revokedAt ?? -Infinity))
      return { created: false, ended: [] };
    const ended = surplus().map((login) => this.#revoke(login, { ...login.session, revokedAt: now }));
    while (this.#isFull() && this.#logins.dropDead());
    this.#logins.add(session, unixTime(this.#clock));
    this.#sweeper.expect(session);
    return { created: true, ended };
  }

  findSession(sessionId: string, now: number): Promise<Session | undefined> {
    return answer(this.#logins.alive(sessionId, now)?.session);
  }

  rotateSession(rotation: Rotation): Promise<RotationResult> {
    const login = this.#logins.get(rotation.sessionId);
    const result = judgeRotation(login?.state, rotation, login ? this.#ageOf(login) : NaN);
    const { outcome, session, flipped } = result;
    if (login && session && outcome === 'rotated') {
      this.#logins.move(login, session, unixTime(this.#clock));
      this.#sweeper.expect(session);
    }
    if (login && session && flipped) this.#revoke(login, session, 'reused');
    return answer(result);
  }

  revokeSession(
    sessionId: string,
    now: number,
    limits: { readonly subject?: string | undefined } = {},
  ): Promise<boolean> {
    const login = this.#logins.alive(sessionId, now);
    if (!login) return answer(false);
    const { session } = login;
    if (limits.subject !== undefined && limits.subject !== session.subject) return answer(false);
    const details = { userAgent: undefined, ip: undefined, label: undefined };
    this.#revoke(login, { ...session, ...details, revokedAt: now });
    return answer(true);
  }

  revokeSubject(subject: string, now: number, options: RevokeSubjectOptions = {}): Promise<void> {
    const { exceptSessionId, keepUntil = Infinity, notBefore = now } = options;
    const before = this.#revocationOf(subject);
    const revocation = {
      notBefore: Math.max(notBefore, before?.notBefore ?? notBefore),
      revokedAt: Math.max(now, before?.revokedAt ?? now),
      expiresAt: Math.max(keepUntil, before?.expiresAt ?? keepUntil),
    };
    this.#revokedSubjects.set(hashOf(subject), revocation);
    this.#sweeper.expect(revocation);
    this.#logins.revokeAll(subject, now, exceptSessionId);
    this.#shrink();
    this.#tell({ kind: 'subject', subject, notBefore, exceptSessionId });
    return answer(undefined);
  }

  async forgetSubject(
    subject: string,
    now: number,
    options: Pick<RevokeSubjectOptions, 'notBefore' | 'keepUntil'> = {},
  ): Promise<void> {
    await this.revokeSubject(subject, now, { notBefore: options.notBefore, keepUntil: options.keepUntil });
    let count = 0;
    while (this.#logins.dropDead(subject)) if (++count % erasedInARow === 0) await setImmediate();
  }

  listSessions(subject: string, now: number, page: SessionPage = { limit: Infinity }): Promise<Session[]> {
    return answer(this.#logins.pageOf(subject, now, page));
  }

  revokeToken({ jti, subject, expiresAt }: TokenRevocation): Promise<void> {
    const before = this.#revokedTokens.get(jti);
    const entry = { expiresAt: Math.max(expiresAt, before?.expiresAt ?? expiresAt) };
    this.#revokedTokens.set(jti, entry);
    this.#sweeper.expect(entry);
    this.#shrink();
    this.#tell({ kind: 'token', subject, jti });
    return answer(undefined);
  }

  isRevoked(query: RevocationQuery): boolean {
    const { jti, sessionId, generation, subject } = query;
    if (this.#revokedTokens.has(jti)) return true;
    if (sessionId === undefined)
      return query.issuedAt <= (this.#revocationOf(subject)?.notBefore ?? -Infinity);
    const login = this.#logins.alive(sessionId, query.now);
    if (login?.session.subject !== subject) return true;
    const behind = login.session.generation - (generation ?? login.session.generation);
    return behind !== 0 && !(behind === 1 && isInWindow(this.#ageOf(login), query.graceSeconds));
  }

  /** Reports what this store revokes: managers that share it hear of each other. */
  subscribe(listener: (change: RevocationChange) => void): Promise<() => Promise<void>> {
    const own = (change: RevocationChange) => {
      listener(change);
    };
    this.#listeners.add(own);
    return answer(() => answer(void this.#listeners.delete(own)));
  }

  /**
   * Drops expired entries. It happens by itself once a minute; it stops every few milliseconds to let others run.
   *
   * @returns how many entries were dropped
   */
  purgeExpired(): Promise<number> {
    return this.#sweeper.sweep();
  }

  #isFull(): boolean {
    return this.size >= this.#maxEntries;
  }

  /** Others wait for the same room: after waiting, the caller checks again whether it is still there. */
  async #makeRoom({ deadline = Infinity }: Partial<StoreLimits>): Promise<void> {
    await this.#sweeper.sweep();
    if (this.#isFull()) throw new Error('the MemoryTokenStore is full');
    if (performance.now() >= deadline) throw new Error('the time is over; nothing was changed');
  }

  /** A revocation has taken its place already: what it revoked gives room for it. */
  #shrink(): void {
    while (this.size > this.#maxEntries && this.#logins.dropDead());
  }

  #revoke(login: Login, session: Session, reason: 'revoked' | 'reused' = 'revoked'): string {
    const { id: sessionId, subject } = session;
    this.#logins.revoke(login, session);
    this.#tell({ kind: 'session', subject, sessionId, reason });
    return sessionId;
  }

  #tell(change: RevocationChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Seconds since the last rotation, by the clock of the store. */
  #ageOf({ rotatedAt }: Login): number {
    return unixTime(this.#clock) - rotatedAt;
  }

  #revocationOf(subject: string): SubjectRevocation | undefined {
    return this.#revokedSubjects.size === 0 ? undefined : this.#revokedSubjects.get(hashOf(subject));
  }
}

function hashOf(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url');
}

function answer<T>(value: T): Promise<T> {
  return Promise.resolve(value);
}
