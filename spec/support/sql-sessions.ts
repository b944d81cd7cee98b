import type { RevocationQuery, Rotation, Session } from '../../src';
import { now } from './sessions';

/** The rotation that a session's refresh token asks for. */
export function rotationOf(session: Session, members: Partial<Rotation> = {}): Rotation {
  const { id, subject, generation } = session;
  return { sessionId: id, subject, generation, now, expiresAt: now + 900, graceSeconds: 10, ...members };
}

/** The question whether a token of a session is dead. */
export function queryOf(session: Session, members: Partial<RevocationQuery> = {}): RevocationQuery {
  const { id, subject } = session;
  return { jti: 'unknown', sessionId: id, subject, issuedAt: now, now, graceSeconds: 10, ...members };
}
