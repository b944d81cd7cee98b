import type { RevocationQuery, Session, SessionPage } from '../token-store';
import type { Evidence } from '../vouching';
import { DeadLogins } from './dead-logins';
import { Happenings } from './happenings';
import { ShardedMap } from './sharded-map';
import { Login, SubjectIndex } from './subject-index';

/** All sessions of a store: by id, by subject, and those that are revoked. */
export class Logins {
  readonly entries = new ShardedMap<Login>();
  readonly happenings = new Happenings();
  readonly #subjects = new SubjectIndex();
  readonly #dead = new DeadLogins();

  get hasDead(): boolean {
    return !this.#dead.isEmpty;
  }

  get(id: string): Login | undefined {
    return this.entries.get(id);
  }

  /** The login, if it is alive. */
  alive(id: string, now: number): Login | undefined {
    const login = this.entries.get(id);
    return login && !login.isRevoked && now < login.expiresAt ? login : undefined;
  }

  /** Evidence that nothing has happened to a token that is alive. */
  evidenceFor({ jti, subject, sessionId, generation }: RevocationQuery): Evidence | undefined {
    // A generation is replaced after some seconds, without anything happening.
    if (generation !== undefined) return undefined;
    const until = sessionId === undefined ? Infinity : this.entries.get(sessionId)?.expiresAt;
    return until === undefined ? undefined : this.happenings.none(subject, jti, until);
  }

  add(session: Session, rotatedAt: number): void {
    const login = new Login(Object.freeze({ ...session }), rotatedAt);
    this.entries.set(session.id, login);
    this.#subjects.add(login);
  }

  /** @param rotatedAt Unix seconds on the clock of the store, with fractions */
  move(login: Login, session: Session, rotatedAt: number): void {
    login.session = Object.freeze(session);
    login.rotatedAt = rotatedAt;
    login.group?.moved(login);
    // It may expire earlier now.
    this.happenings.note(session.subject);
  }

  /** @param login one that is alive */
  revoke(login: Login, session: Session): void {
    this.#subjects.remove(login);
    login.session = Object.freeze(session);
    this.happenings.note(session.subject);
    this.#dead.add(session.subject, login);
  }

  /** Revokes all logins of a subject, except for one that has not expired: no clock that is set back may revive it. */
  revokeAll(subject: string, now: number, exceptId: string | undefined): void {
    this.happenings.note(subject);
    const spared = exceptId === undefined ? undefined : this.alive(exceptId, now);
    const group = this.#subjects.revoke(subject, now, spared);
    if (group && group.size > 0) this.#dead.add(subject, group);
  }

  /** Drops one that is revoked, of this subject or of any. @returns whether there was one */
  dropDead(subject?: string): boolean {
    const login = this.#dead.take(subject);
    if (login) this.entries.delete(login.session.id);
    return login !== undefined;
  }

  drop(id: string): void {
    const login = this.entries.get(id) as Login;
    if (login.isRevoked) this.#dead.remove(login);
    else this.#subjects.remove(login);
    this.entries.delete(id);
    this.happenings.note(login.session.subject);
  }

  /** Those used longest ago that have to end so that at most so many are alive. */
  surplusOf(subject: string, now: number, most: number): Login[] {
    return this.#subjects.surplusOf(subject, now, most);
  }

  pageOf(subject: string, now: number, page: SessionPage): Session[] {
    return this.#subjects.pageOf(subject, now, page);
  }
}
