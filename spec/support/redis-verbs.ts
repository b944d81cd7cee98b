import type { Session, StoreLimits, TokenStore } from '../../src';
import { idOf, newSession, now, queryOf, rotationOf } from './redis-sessions';

type Ask = (store: TokenStore, session: Session, limits?: StoreLimits) => Promise<unknown>;

/** Verbs that only need the session to be there. */
export const reads: Readonly<Record<string, Ask>> = {
  findSession: (store, { id }, limits) => store.findSession(id, now, limits),
  listSessions: (store, { subject }, limits) => store.listSessions(subject, now, { limit: 10 }, limits),
  'isRevoked with a session': async (store, session, limits) => store.isRevoked(queryOf(session), limits),
  'isRevoked with a generation': async (store, session, limits) =>
    store.isRevoked(queryOf(session, { generation: 0 }), limits),
  'isRevoked without a session': async (store, session, limits) =>
    store.isRevoked(queryOf(session, { sessionId: undefined }), limits),
};

/** Verbs that end something; each session stands one of them. */
export const revocations: Readonly<Record<string, Ask>> = {
  'revokeSession by id': (store, { id }, limits) => store.revokeSession(id, now, limits),
  'revokeSession of a subject': (store, { id, subject }, limits) =>
    store.revokeSession(id, now, { subject, ...limits }),
  'rotateSession that finds a reuse': (store, session, limits) =>
    store.rotateSession(rotationOf(session, { generation: -1, graceSeconds: 0 }), limits),
  revokeSubject: (store, { subject }, limits) => store.revokeSubject(subject, now, {}, limits),
  'revokeSubject but one': (store, { subject }, limits) =>
    store.revokeSubject(subject, now, { exceptSessionId: idOf(subject, 'spared') }, limits),
  forgetSubject: (store, { subject }, limits) => store.forgetSubject(subject, now, {}, limits),
  revokeToken: (store, { subject }, limits) =>
    store.revokeToken({ jti: 'jti', subject, now, expiresAt: now + 60 }, limits),
};

/** Every verb in every form that asks another question. */
export const verbs: Readonly<Record<string, Ask>> = {
  ...reads,
  ...revocations,
  createSession: (store, { subject }, limits) => store.createSession(newSession('next', subject), limits),
  rotateSession: (store, session, limits) => store.rotateSession(rotationOf(session), limits),
};
