import { createHash } from 'node:crypto';

/** How many shards there are: enough to spread over fifty nodes, few enough to be followed by each process. */
const shardCount = 256;

/**
 * The shard of a subject: two hexadecimal digits. The id of a session starts with it, so that a store can keep all that
 * belongs to a subject in one place and different subjects in different ones.
 */
export function shardOf(subject: string): string {
  return createHash('sha256').update(subject).digest('hex').slice(0, 2);
}
