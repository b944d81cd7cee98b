import { compareNewestFirst } from '../session-shape';
import type { Session, SessionPage } from '../token-store';
import { OrderedList, type Place } from './ordered-list';
import { ShardedMap } from './sharded-map';
import { SkipList } from './skip-list';
import type { Expiring } from './sweeper';

/** A session, and where it stands among those of its subject. */
export class Login implements Expiring {
  /** The row, except for the state of its group. */
  session: Session;
  /** The last rotation by the clock of the store: Unix seconds, with fractions. */
  rotatedAt: number;
  /** Undefined once it is revoked alone or forgotten. */
  group: LoginGroup | undefined;
  byUse: Place<Login> | undefined;

  constructor(session: Session, rotatedAt: number) {
    this.session = session;
    this.rotatedAt = rotatedAt;
  }

  get expiresAt(): number {
    return this.session.expiresAt;
  }

  get isRevoked(): boolean {
    return this.session.revokedAt !== undefined || this.group?.revokedAt !== undefined;
  }

  /** The row with its real `revokedAt`. */
  get state(): Session {
    const revokedAt = this.group?.revokedAt;
    return revokedAt === undefined ? this.session : { ...this.session, revokedAt };
  }
}

// One function for all groups: most subjects have a single session, and each byte counts.
const lastUseOf = ({ session }: Login): number => session.lastUsedAt;
const sessionOf = ({ session }: Login): Pick<Session, 'id' | 'createdAt'> => session;

/** The logins of a subject until all of them are revoked at once. A later login is in a group of its own. */
export class LoginGroup {
  readonly byUse = new OrderedList(lastUseOf);
  readonly newestFirst = new SkipList(sessionOf, compareNewestFirst);
  revokedAt: number | undefined;
  /** No login of the group expires earlier. */
  #earliest = Infinity;

  add(login: Login): void {
    login.group = this;
    login.byUse = this.byUse.add(login);
    this.newestFirst.add(login);
    this.#earliest = Math.min(this.#earliest, login.expiresAt);
  }

  /** To be called after `lastUsedAt` and `expiresAt` were set. */
  moved(login: Login): void {
    if (login.byUse) this.byUse.remove(login.byUse);
    login.byUse = this.byUse.add(login);
    this.#earliest = Math.min(this.#earliest, login.expiresAt);
  }

  remove(login: Login): void {
    if (login.byUse) this.byUse.remove(login.byUse);
    this.newestFirst.remove(login);
    login.group = login.byUse = undefined;
  }

  get size(): number {
    return this.byUse.size;
  }

  /** How many logins are alive. Looks at each only when one of them may have expired since it last did. */
  countAlive(now: number): number {
    if (now < this.#earliest) return this.size;
    this.#earliest = Infinity;
    let count = 0;
    for (let place = this.byUse.oldest; place; place = place.newer) {
      const { expiresAt } = place.value;
      if (now >= expiresAt) continue;
      count++;
      this.#earliest = Math.min(this.#earliest, expiresAt);
    }
    if (count < this.size) this.#earliest = -Infinity;
    return count;
  }
}

/**
 * Who has which sessions. Neither the number of sessions nor that of subjects makes a step slow: revoking all sessions
 * of a subject marks their group, and leaving a group joins two neighbours.
 */
export class SubjectIndex {
  readonly #groups = new ShardedMap<LoginGroup>();

  add(login: Login): void {
    const { subject } = login.session;
    let group = this.#groups.get(subject);
    if (!group) this.#groups.set(subject, (group = new LoginGroup()));
    group.add(login);
  }

  /** Takes it out of its group. @param login one that is alive */
  remove(login: Login): void {
    const { session } = login;
    const group = login.group as LoginGroup;
    group.remove(login);
    if (group.size === 0 && this.#groups.get(session.subject) === group) this.#groups.delete(session.subject);
  }

  /**
   * Revokes all logins that a subject has now, except for one.
   *
   * @returns their previous group
   */
  revoke(subject: string, now: number, spared: Login | undefined): LoginGroup | undefined {
    const group = this.#groups.get(subject);
    if (!group) return undefined;
    this.#groups.delete(subject);
    if (spared?.group === group) {
      group.remove(spared);
      this.add(spared);
    }
    group.revokedAt = now;
    return group;
  }

  /** The logins that have to end so that at most this many are alive: those used longest ago. */
  surplusOf(subject: string, now: number, most: number): Login[] {
    const group = this.#groups.get(subject);
    if (!group || group.size <= most) return [];
    let excess = group.countAlive(now) - most;
    const surplus: Login[] = [];
    for (let place = group.byUse.oldest; place && excess > 0; place = place.newer) {
      if (now >= place.value.expiresAt) continue;
      surplus.push(place.value);
      excess--;
    }
    return surplus;
  }

  /** The sessions that are alive, in the order of the contract. */
  pageOf(subject: string, now: number, { limit, after }: SessionPage): Session[] {
    const found: Session[] = [];
    for (const { session } of this.#groups.get(subject)?.newestFirst.after(after) ?? []) {
      if (now < session.expiresAt && found.push(session) >= limit) break;
    }
    return found;
  }
}
