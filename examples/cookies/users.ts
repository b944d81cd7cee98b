import { randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export interface User {
  /** What tokens call the user. */
  readonly username: string;
  /** What the page calls the user. */
  readonly name: string;
}

interface Account {
  readonly user: User;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const deriveKey = promisify<string, Buffer, number, Buffer>(scrypt);
const hashLength = 32;

/** In place of your own database. */
const accounts = new Map(
  [newAccount('ada', 'Ada Lovelace', 'engine'), newAccount('grace', 'Grace Hopper', 'compiler')].map(
    (account) => [account.user.username, account],
  ),
);

const nobody = newAccount('', '', randomBytes(16).toString('hex'));

export function userCalled(username: string): User | undefined {
  return accounts.get(username)?.user;
}

/** The user, when the password is the right one. */
export async function userWith(username: string, password: string): Promise<User | undefined> {
  // The same work for a name that nobody has: the time must not tell who has an account.
  const { salt, hash } = accounts.get(username) ?? nobody;
  const isRight = timingSafeEqual(await deriveKey(password, salt, hashLength), hash);
  return isRight ? userCalled(username) : undefined;
}

function newAccount(username: string, name: string, password: string): Account {
  const salt = randomBytes(16);
  return { user: { username, name }, salt, hash: scryptSync(password, salt, hashLength) };
}
