import { ShardedMap } from './sharded-map';
import { LoginGroup, type Login } from './subject-index';

/** Revoked logins. They are remembered to recognize a theft, and are the first to make room. */
export class DeadLogins {
  /** By subject: logins that were revoked alone, and groups that were revoked at once. */
  readonly #graves = new ShardedMap<Set<Login | LoginGroup>>();

  get isEmpty(): boolean {
    return this.#graves.size === 0;
  }

  add(subject: string, grave: Login | LoginGroup): void {
    let graves = this.#graves.get(subject);
    if (!graves) this.#graves.set(subject, (graves = new Set()));
    graves.add(grave);
  }

  /** Forgets one, if it is here. */
  remove(login: Login): void {
    const { group, session } = login;
    if (group?.revokedAt === undefined) {
      this.#close(session.subject, login);
      return;
    }
    group.remove(login);
    if (group.size === 0) this.#close(session.subject, group);
  }

  /** Takes one out, of this subject or of any. */
  take(subject = this.#graves.firstKey()): Login | undefined {
    if (subject === undefined) return undefined;
    const [grave] = this.#graves.get(subject) ?? [];
    const login = grave instanceof LoginGroup ? grave.byUse.newest?.value : grave;
    if (login) this.remove(login);
    return login;
  }

  #close(subject: string, grave: Login | LoginGroup): void {
    const graves = this.#graves.get(subject);
    if (graves?.delete(grave) && graves.size === 0) this.#graves.delete(subject);
  }
}
