import { randomBytes, randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

export interface User {
  readonly id: string;
  readonly username: string;
  readonly passwordHash: string;
  readonly roles: readonly string[];
}

/** The users, in memory: replace this class with one that asks your database. */
class Users {
  readonly #byId = new Map<string, User>();
  readonly #byName = new Map<string, User>();
  readonly #unknownUser = hash(randomBytes(16));

  find(id: string): User | undefined {
    return this.#byId.get(id);
  }

  /** Returns undefined if the name is taken. */
  async add(username: string, password: string): Promise<User | undefined> {
    const passwordHash = await hash(password);
    const name = normalize(username);
    if (this.#byName.has(name)) return undefined;
    const user = { id: randomUUID(), username, passwordHash, roles: ['member'] };
    this.#byId.set(user.id, user);
    this.#byName.set(name, user);
    return user;
  }

  /** Takes as long for an unknown name as for a wrong password, so that no one can find out which names exist. */
  async authenticate(username: string, password: string): Promise<User | undefined> {
    const user = this.#byName.get(normalize(username));
    const isRight = await verify(user?.passwordHash ?? (await this.#unknownUser), password);
    return isRight ? user : undefined;
  }
}

/** Names that look alike are one name. */
function normalize(username: string): string {
  return username.normalize('NFKC').trim().toLowerCase();
}

export const users = new Users();
