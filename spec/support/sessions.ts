import { createHash, randomUUID } from 'node:crypto';
import type { RevocationQuery, Session } from '../../src';
import { shardOf } from '../../src/store/shard';

/** Unix seconds, as specs that use a store without a manager take them. */
export const now = Math.floor(Date.now() / 1000);

/** A session that begins now and that no store knows. */
export function newSession(members: Partial<Session> = {}): Session {
  const { subject = randomUUID() } = members;
  return {
    id: shardOf(subject) + randomUUID(),
    subject,
    generation: 0,
    rotatedAt: now,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: now + 900,
    ...members,
  };
}

/** A question about a token; of nobody, without a session, unless the members say otherwise. */
export function queryFor(members: Partial<RevocationQuery> = {}): RevocationQuery {
  return { jti: randomUUID(), subject: 'nobody', issuedAt: now, now, graceSeconds: 10, ...members };
}

/** How the tables of TypeOrmTokenStore know an id. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
