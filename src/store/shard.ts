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

/**
 * What stands for a subject in a {@link RevocationChange}: a hash, so that changes can be kept longer than what is stored about the
 * subject.
 *
 * @param subject as a store is given it, with the issuer in front
 * @returns 22 characters: 132 bits of SHA-256
 * @example
 * ```ts
 * listener({ kind: 'token', subjectHash: subjectHash(subject), jti });
 * ```
 */
export function subjectHash(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url').slice(0, 22);
}
