import { createHash, createHmac } from 'node:crypto';

/** SHA-256 in lower-case hex, under which ids and subjects are found. */
export type Hash = (text: string) => string;

/** Each prefix has hashes of its own, so that the rows of one are never found by another. */
export function hashFor(prefix: string | undefined): Hash {
  return (text) =>
    (prefix === undefined ? createHash('sha256') : createHmac('sha256', prefix)).update(text).digest('hex');
}
