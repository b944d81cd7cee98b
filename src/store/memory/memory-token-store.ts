import { setImmediate } from 'node:timers/promises';
import { unixTime, type Clock } from '../../util/clock';
import { isInWindow, resolveRotation } from '../resolve-rotation';
import type { OnceEvent, OnceStore } from '../once-store';
import { vouchFor } from '../vouching';
import { inTime } from './in-time';
import { Logins } from './logins';
import { resolveMemoryOptions, type MemoryTokenStoreOptions } from './memory-token-store-options';
import { subjectHash } from '../shard';
import { ShardedMap } from './sharded-map';
import { SubjectRevocations } from './subject-revocations';
import type { Login } from './subject-index';
import { Sweeper, type Expiring } from './sweeper';
import type { RevocationChange } from '../revocation-change';
import type {
  LoginLimits,
  LoginResult,
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  SessionPage,
  StoreLimits,
  TokenRevocation,
  TokenStore,
} from '../token-store';

/** How many sessions are erased in a row before others may run. */
const erasedInARow = 1000;

/**
 * A token store in the memory of this process: for development, specs, and applications of one process whose users
 * may log in again after a restart. Expired entries are removed once a minute, and no timer keeps the process alive.
 *
 * @example
 * ```ts
 * const jwtManager = new JwtManager({ secret, store: new MemoryTokenStore({ maxEntries: 100_000 }) });
 * ```
 */
export class MemoryTokenStore implements TokenStore, OnceStore {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #logins = new Logins();
  readonly #revokedTokens = new ShardedMap<Expiring>();
  readonly #revokedSubjects = new SubjectRevocations();
  readonly #events = new ShardedMap<Expiring>();
  readonly #listeners = new Set<(change: RevocationChange) => void>();
  readonly #sweeper: Sweeper;

  /** @throws {@link ConfigurationError} when an option is wrong */
  constructor(options: MemoryTokenStoreOptions = {}) {
    const { clock, maxEntries } = resolveMemoryOptions(options);
    this.#clock = clock;
    this.#maxEntries = maxEntries;
    const [logins, tokens, subjects] = [this.#logins, this.#revokedTokens, this.#revokedSubjects.entries];
    const events = this.#events;
    this.#sweeper = new Sweeper(clock, [
      { entries: logins.entries, drop: logins.drop.bind(logins) },
      { entries: tokens, drop: tokens.delete.bind(tokens) },
      { entries: subjects, drop: subjects.delete.bind(subjects) },
      { entries: events, drop: events.delete.bind(events) },
    ]);
    vouchFor(this, { isRevoked, evidenceFor: (query) => logins.evidenceFor(query) });
  }

  /** How many entries there are: sessions, revoked tokens, revoked subjects, used tickets. */
  get size(): number {
    const { entries } = this.#revokedSubjects;
    return this.#logins.entries.size + this.#revokedTokens.size + entries.size + this.#events.size;
  }

  async createSession(
    session: Session,
    limits: Partial<StoreLimits> & LoginLimits = {},
  ): Promise<LoginResult> {
    const { subject, createdAt: now } = session;
    const most = (limits.maxSessions ?? Infinity) - 1;
    const hasRoom = () =>
      !this.#isFull() || this.#logins.hasDead || this.#logins.surplusOf(subject, now, most).length > 0;
    while (!hasRoom()) await this.#makeRoom();
    return inTime(limits, () => this.#create(session, most, limits.authenticatedAt));
  }

  findSession(sessionId: string, now: number): Promise<Session | undefined> {
    return Promise.resolve(this.#logins.alive(sessionId, now)?.session);
  }

  rotateSession(rotation: Rotation, limits?: Partial<StoreLimits>): Promise<RotationResult> {
    return inTime(limits, () => {
      const login = this.#logins.get(rotation.sessionId);
      const result = resolveRotation(login?.state, rotation, login ? this.#ageOf(login) : NaN);
      const { outcome, session, flipped } = result;
      if (login && session && outcome === 'rotated') {
        this.#logins.move(login, session, unixTime(this.#clock));
        this.#sweeper.expect(session);
      }
      if (login && session && flipped) this.#revoke(login, session, 'reused');
      return result;
    });
  }

  revokeSession(
    sessionId: string,
    now: number,
    limits: Partial<StoreLimits> & { readonly subject?: string | undefined } = {},
  ): Promise<boolean> {
    return inTime(limits, () => {
      const login = this.#logins.alive(sessionId, now);
      if (!login || login.session.subject !== (limits.subject ?? login.session.subject)) return false;
      const details = { userAgent: undefined, ip: undefined, label: undefined };
      this.#revoke(login, { ...login.session, ...details, revokedAt: now });
      return true;
    });
  }

  revokeSubject(
    subject: string,
    now: number,
    options: RevokeSubjectOptions = {},
    limits?: Partial<StoreLimits>,
  ): Promise<void> {
    return inTime(limits, () => {
      const { exceptSessionId, notBefore = now } = options;
      this.#sweeper.expect(this.#revokedSubjects.add(subject, now, options));
      this.#logins.revokeAll(subject, now, exceptSessionId);
      this.#shrink();
      this.#tell({ kind: 'subject', subjectHash: subjectHash(subject), notBefore, exceptSessionId });
    });
  }

  async forgetSubject(
    subject: string,
    now: number,
    { notBefore, keepUntil }: Pick<RevokeSubjectOptions, 'notBefore' | 'keepUntil'> = {},
    limits?: Partial<StoreLimits>,
  ): Promise<void> {
    await this.revokeSubject(subject, now, { notBefore, keepUntil }, limits);
    let count = 0;
    while (this.#logins.dropDead(subject)) if (++count % erasedInARow === 0) await setImmediate();
  }

  listSessions(subject: string, now: number, page: SessionPage = { limit: Infinity }): Promise<Session[]> {
    return Promise.resolve(this.#logins.pageOf(subject, now, page));
  }

  revokeToken({ jti, subject, expiresAt }: TokenRevocation, limits?: Partial<StoreLimits>): Promise<void> {
    return inTime(limits, () => {
      const before = this.#revokedTokens.get(jti);
      const entry = { expiresAt: Math.max(expiresAt, before?.expiresAt ?? expiresAt) };
      this.#revokedTokens.set(jti, entry);
      this.#logins.happenings.note(jti);
      this.#sweeper.expect(entry);
      this.#shrink();
      this.#tell({ kind: 'token', subjectHash: subjectHash(subject), jti });
    });
  }

  isRevoked(query: RevocationQuery): boolean {
    const { jti, sessionId, generation, subject } = query;
    if (this.#revokedTokens.has(jti)) return true;
    if (sessionId === undefined)
      return query.issuedAt <= (this.#revokedSubjects.of(subject)?.notBefore ?? -Infinity);
    const login = this.#logins.alive(sessionId, query.now);
    if (login?.session.subject !== subject) return true;
    const behind = login.session.generation - (generation ?? login.session.generation);
    return behind !== 0 && !(behind === 1 && isInWindow(this.#ageOf(login), query.graceSeconds));
  }

  async remember({ id, expiresAt }: OnceEvent, limits?: Partial<StoreLimits>): Promise<boolean> {
    while (this.#isFull() && !this.#logins.hasDead) await this.#makeRoom();
    return inTime(limits, () => {
      if (this.#events.has(id)) return false;
      this.#events.set(id, { expiresAt });
      this.#sweeper.expect({ expiresAt });
      this.#shrink();
      return true;
    });
  }

  /** Reports what this store revokes, so that managers that share it learn of each other's revocations. */
  subscribe(listener: (change: RevocationChange) => void): Promise<() => Promise<void>> {
    const own = (change: RevocationChange) => {
      listener(change);
    };
    this.#listeners.add(own);
    return Promise.resolve(() => Promise.resolve(void this.#listeners.delete(own)));
  }

  /**
   * Removes expired entries, which also happens by itself once a minute. It yields every few milliseconds.
   *
   * @returns the number of removed entries
   */
  purgeExpired(): Promise<number> {
    return this.#sweeper.sweep();
  }

  #create(session: Session, most: number, authenticatedAt = Infinity): LoginResult {
    const { id, subject, createdAt: now } = session;
    if (this.#logins.get(id)) throw new Error('there is a session with this id');
    if (authenticatedAt <= (this.#revokedSubjects.of(subject)?.revokedAt ?? -Infinity))
      return { created: false, ended: [] };
    const surplus = this.#logins.surplusOf(subject, now, most);
    const ended = surplus.map((login) => this.#revoke(login, { ...login.session, revokedAt: now }));
    while (this.#isFull() && this.#logins.dropDead());
    this.#logins.add(session, unixTime(this.#clock));
    this.#sweeper.expect(session);
    return { created: true, ended };
  }

  #isFull(): boolean {
    return this.size >= this.#maxEntries;
  }

  /** Others wait for the same room: after waiting, the caller checks again whether it is still there. */
  async #makeRoom(): Promise<void> {
    await this.#sweeper.sweep();
    if (this.#isFull()) throw new Error('the MemoryTokenStore is full');
  }

  /** A revocation has taken its place already: what it revoked gives room for it. */
  #shrink(): void {
    while (this.size > this.#maxEntries && this.#logins.dropDead());
  }

  #revoke(login: Login, session: Session, reason: 'revoked' | 'reused' = 'revoked'): string {
    const { id: sessionId, subject } = session;
    this.#logins.revoke(login, session);
    this.#tell({ kind: 'session', subjectHash: subjectHash(subject), sessionId, reason });
    return sessionId;
  }

  #tell(change: RevocationChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Seconds since the last rotation, by the clock of the store. */
  #ageOf({ rotatedAt }: Login): number {
    return unixTime(this.#clock) - rotatedAt;
  }
}

const { isRevoked } = MemoryTokenStore.prototype as { readonly isRevoked: unknown };
