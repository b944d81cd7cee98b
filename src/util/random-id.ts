import { randomFillSync } from 'node:crypto';

const bytesPerId = 16;
const pool = Buffer.alloc(bytesPerId * 256);
let used = pool.length;

/** An id that cannot be guessed: 128 random bits (RFC 8725, section 3.12), as base64url. */
export function randomId(): string {
  // Drawn in batches: asking the system for each id takes longer than an HMAC.
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytesPerId;
  return pool.toString('base64url', used - bytesPerId, used);
}
