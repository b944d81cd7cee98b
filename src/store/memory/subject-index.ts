import type { Session } from '../token-store';
import { ShardedMap } from './sharded-map';

/** A session, and its place in the list of its subject. */
export interface Login {
  /** As it stands, but for what its list says. */
  session: Session;
  readonly expiresAt: number;
  /** Where it stands since it was created; nowhere once it has been revoked alone or forgotten. */
  list: LoginList | undefined;
  newer: Login | undefined;
  older: Login | undefined;
}

/** The logins of a subject, until all of them are revoked at once. A later login stands in a list of its own. */
interface LoginList {
  newest: Login | undefined;
  revokedAt: number | undefined;
}

/**
 * Who has which sessions. Neither the number of sessions nor that of subjects makes a step slow: revoking all sessions
 * of a subject marks their list, and leaving a list joins two neighbours.
 */
export class SubjectIndex {
  readonly #lists = new ShardedMap<LoginList>();

  add(session: Session): Login {
    const { expiresAt } = session;
    const login: Login = { session, expiresAt, list: undefined, newer: undefined, older: undefined };
    this.#link(login);
    return login;
  }

  /** Takes it out of its list, if it is in one. */
  remove(login: Login): void {
    const { session, list, newer, older } = login;
    if (!list) return;
    if (newer) newer.older = older;
    else list.newest = older;
    if (older) older.newer = newer;
    login.list = login.newer = login.older = undefined;
    if (!list.newest && this.#lists.get(session.subject) === list) this.#lists.delete(session.subject);
  }

  /** Revokes all logins that a subject has now, but for one. */
  revoke(subject: string, now: number, spared: Login | undefined): void {
    const list = this.#lists.get(subject);
    if (!list) return;
    this.#lists.delete(subject);
    list.revokedAt = now;
    if (spared?.list !== list) return;
    this.remove(spared);
    this.#link(spared);
  }

  /** The sessions that are not revoked, oldest first. */
  sessionsOf(subject: string): Session[] {
    const sessions: Session[] = [];
    let login = this.#lists.get(subject)?.newest;
    for (; login; login = login.older) sessions.push(login.session);
    return sessions.reverse();
  }

  #link(login: Login): void {
    const { subject } = login.session;
    const list = this.#lists.get(subject) ?? { newest: undefined, revokedAt: undefined };
    if (list.newest) list.newest.newer = login;
    else this.#lists.set(subject, list);
    login.list = list;
    login.older = list.newest;
    list.newest = login;
  }
}

/** The session as it stands. */
export function stateOf({ session, list }: Login): Session {
  return list?.revokedAt === undefined ? session : { ...session, revokedAt: list.revokedAt };
}

/** Whether it was revoked, alone or with all others of its subject. */
export function isLoginRevoked({ session, list }: Login): boolean {
  return session.revokedAt !== undefined || list?.revokedAt !== undefined;
}
