import { randomBytes } from 'node:crypto';

/** A new id that nobody can guess: 128 random bits, base64url. */
export function randomId(): string {
  return randomBytes(16).toString('base64url');
}
