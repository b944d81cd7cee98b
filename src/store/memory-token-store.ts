import { ConfigurationError } from '../errors';
import { systemClock, type Clock } from '../util/clock';
import { readOptions } from '../util/options';
import { judgeRotation } from './judge-rotation';
import { ShardedMap } from './memory/sharded-map';
import { isLoginRevoked, stateOf, SubjectIndex, type Login } from './memory/subject-index';
import { Sweeper, type Expiring } from './memory/sweeper';
import type {
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  StoreLimits,
  TokenStore,
} from './token-store';

/** The options of a {@link MemoryTokenStore}. */
export interface MemoryTokenStoreOptions {
  /** What says when entries are over: give it the manager's. @default Date.now */
  readonly clock?: Clock | undefined;
  /** How many entries there may be; what is alive is never dropped, the next one is refused. @default no limit */
  readonly maxEntries?: number | undefined;
}

interface NotBefore extends Expiring {
  readonly at: number;
}

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
  readonly #maxEntries: number;
  readonly #logins = new ShardedMap<Login>();
  readonly #subjects = new SubjectIndex();
  readonly #revokedTokens = new ShardedMap<Expiring>();
  readonly #notBefore = new ShardedMap<NotBefore>();
  readonly #sweeper: Sweeper;

  /** @throws {@link ConfigurationError} when an option is wrong */
  constructor(options: MemoryTokenStoreOptions = {}) {
    const own = readOptions('MemoryTokenStore', options, ['clock', 'maxEntries']);
    const { clock = systemClock, maxEntries = Infinity } = own;
    if (typeof clock !== 'function')
      throw new ConfigurationError('clock must be a function such as Date.now');
    if (typeof maxEntries !== 'number' || !(maxEntries >= 1))
      throw new ConfigurationError('maxEntries must be a number of at least 1');
    this.#maxEntries = maxEntries;
    const [tokens, subjects] = [this.#revokedTokens, this.#notBefore];
    this.#sweeper = new Sweeper(clock, [
      {
        entries: this.#logins,
        drop: (id) => {
          this.#forget(id);
        },
      },
      {
        entries: tokens,
        drop: (jti) => {
          tokens.delete(jti);
        },
      },
      {
        entries: subjects,
        drop: (subject) => {
          subjects.delete(subject);
        },
      },
    ]);
  }

  /** How many entries there are: sessions, revoked tokens, revoked subjects. */
  get size(): number {
    return this.#logins.size + this.#revokedTokens.size + this.#notBefore.size;
  }

  async createSession(session: Session, limits?: StoreLimits): Promise<void> {
    while (this.#isFull()) await this.#makeRoom(limits);
    if (this.#logins.has(session.id)) throw new Error('there is a session with this id');
    this.#logins.set(session.id, this.#subjects.add(Object.freeze({ ...session })));
    this.#sweeper.expect(session);
  }

  rotateSession(rotation: Rotation): Promise<RotationResult> {
    const login = this.#logins.get(rotation.sessionId);
    const before = login && stateOf(login);
    const result = judgeRotation(before, rotation);
    if (login && result.session && result.session !== before) this.#move(login, result.session);
    return answer(result);
  }

  revokeSession(sessionId: string, now: number): Promise<boolean> {
    const login = this.#logins.get(sessionId);
    if (!login || isLoginRevoked(login) || now >= login.expiresAt) return answer(false);
    this.#move(login, { ...login.session, revokedAt: now });
    return answer(true);
  }

  async revokeSubject(
    subject: string,
    now: number,
    { exceptSessionId, keepUntil = Infinity }: RevokeSubjectOptions = {},
    limits?: StoreLimits,
  ): Promise<void> {
    while (this.#isFull() && !this.#notBefore.has(subject)) await this.#makeRoom(limits);
    const before = this.#notBefore.get(subject);
    const notBefore = {
      at: Math.max(now, before?.at ?? now),
      expiresAt: Math.max(keepUntil, before?.expiresAt ?? keepUntil),
    };
    this.#notBefore.set(subject, notBefore);
    this.#sweeper.expect(notBefore);
    const spared = exceptSessionId === undefined ? undefined : this.#logins.get(exceptSessionId);
    this.#subjects.revoke(subject, now, spared);
  }

  listSessions(subject: string, now: number): Promise<Session[]> {
    return answer(this.#subjects.sessionsOf(subject).filter(({ expiresAt }) => now < expiresAt));
  }

  async revokeToken(jti: string, expiresAt: number, limits?: StoreLimits): Promise<void> {
    while (this.#isFull() && !this.#revokedTokens.has(jti)) await this.#makeRoom(limits);
    const before = this.#revokedTokens.get(jti);
    const entry = { expiresAt: Math.max(expiresAt, before?.expiresAt ?? expiresAt) };
    this.#revokedTokens.set(jti, entry);
    this.#sweeper.expect(entry);
  }

  isRevoked({ jti, sessionId, generation, subject, issuedAt }: RevocationQuery): boolean {
    if (this.#revokedTokens.has(jti)) return true;
    if (sessionId === undefined) return issuedAt <= (this.#notBefore.get(subject)?.at ?? -Infinity);
    const login = this.#logins.get(sessionId);
    if (!login || isLoginRevoked(login) || login.session.subject !== subject) return true;
    if (generation === undefined) return false;
    const { generation: current } = login.session;
    return generation < current - 1 || generation > current;
  }

  /**
   * Drops what is over. It happens by itself once a minute; it stops every few milliseconds to let others run.
   *
   * @returns how many entries were dropped
   */
  purgeExpired(): Promise<number> {
    return this.#sweeper.sweep();
  }

  #isFull(): boolean {
    return this.size >= this.#maxEntries;
  }

  /** Others wait for the same room: whoever comes to it looks again whether it is still there. */
  async #makeRoom(limits: StoreLimits | undefined): Promise<void> {
    await this.#sweeper.sweep();
    if (this.#isFull()) throw new Error('the MemoryTokenStore is full');
    if (limits && performance.now() >= limits.deadline)
      throw new Error('the time is over; nothing was changed');
  }

  #move(login: Login, session: Session): void {
    login.session = Object.freeze(session);
    if (session.revokedAt !== undefined) this.#subjects.remove(login);
  }

  #forget(id: string): void {
    const login = this.#logins.get(id);
    if (login) this.#subjects.remove(login);
    this.#logins.delete(id);
  }
}

function answer<T>(value: T): Promise<T> {
  return Promise.resolve(value);
}
