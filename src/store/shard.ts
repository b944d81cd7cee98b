import { createHash } from 'node:crypto';

/**
 * The shard of a subject, one of 256: two hexadecimal digits. The id of a session starts with it, so that a store can keep all that
 * belongs to a subject in one place and different subjects in different ones.
 *
 * @param subject as a store is given it, with the issuer in front
 * @example
 * ```ts
 * shardOf('ada'); // 'fd'
 * ```
 */
export function shardOf(subject: string): string {
  return createHash('sha256').update(subject).digest('hex').slice(0, 2);
}
