import { createHash } from 'node:crypto';
import type { Rotation, RevocationQuery, Session } from '../../src';
import { shardOf } from '../../src/store/shard';

/** Seconds since 1970 when the specs were started. */
export const now = Math.floor(Date.now() / 1000);
export const day = 86_400;

/** The id of a session: the shard of its subject and a name. */
export function idOf(subject: string, name: string): string {
  return shardOf(subject) + name;
}

export function newSession(name: string, subject = 'ada', members: Partial<Session> = {}): Session {
  const times = { rotatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: now + day };
  return { id: idOf(subject, name), subject, generation: 0, ...times, ...members };
}

/** The refresh token of a session, generation 0. */
export function rotationOf({ id, subject }: Session, members: Partial<Rotation> = {}): Rotation {
  return {
    sessionId: id,
    subject,
    generation: 0,
    now,
    expiresAt: now + day,
    graceSeconds: 10,
    ...members,
  };
}

/** An access token of a session. */
export function queryOf({ id, subject }: Session, members: Partial<RevocationQuery> = {}): RevocationQuery {
  return { jti: 'jti', sessionId: id, subject, issuedAt: now, now, graceSeconds: 10, ...members };
}

/** How a subject is called in the names of keys. */
export function hashOfSubject(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url').slice(0, 22);
}
