import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import type { Session, TokenStore } from '../../store/token-store';
import { randomId } from '../../util/random-id';
import {
  aliveIds,
  createdSession,
  isDead,
  isDeadAlone,
  lifetime,
  newSession,
  plain,
  start,
} from './store-fixtures';
import type { StoreSpecs } from './store-fixtures';

type Late = (store: TokenStore, session: Session, limits: { readonly deadline: number }) => Promise<unknown>;

const verbs: Record<string, Late> = {
  createSession: (store, { subject }, limits) =>
    store.createSession(newSession({ subject }), { maxSessions: 1, ...limits }),
  rotateSession: (store, { id: sessionId, subject, expiresAt }, limits) =>
    store.rotateSession(
      { sessionId, subject, generation: 0, now: start + 1, expiresAt, graceSeconds: 0 },
      limits,
    ),
  revokeSession: (store, { id }, limits) => store.revokeSession(id, start + 1, limits),
  revokeSubject: (store, { subject }, limits) => store.revokeSubject(subject, start + 1, {}, limits),
  forgetSubject: (store, { subject }, limits) => store.forgetSubject(subject, start + 1, {}, limits),
};

/** A verb whose caller was told that it failed takes no effect any more. */
export const deadlineSpecs: StoreSpecs = {
  ...Object.fromEntries(
    Object.entries(verbs).map(([verb, call]) => [
      `${verb} fails and changes nothing when its deadline has passed`,
      async (store: TokenStore) => {
        const session = await createdSession(store);
        await rejects(call(store, session, { deadline: performance.now() - 1000 }));
        deepStrictEqual(plain(await store.findSession(session.id, start)), plain(session));
        deepStrictEqual(await aliveIds(store, session.subject), [session.id]);
        strictEqual(await isDead(store, session, 0), false);
        strictEqual(await isDeadAlone(store, { subject: session.subject }), false);
        await call(store, session, { deadline: performance.now() + 60_000 });
      },
    ]),
  ),

  'revokeToken fails and changes nothing when its deadline has passed': async (store) => {
    const [jti, subject] = [randomId(), randomId()];
    const revocation = { jti, subject, now: start, expiresAt: start + lifetime };
    await rejects(store.revokeToken(revocation, { deadline: performance.now() - 1000 }));
    strictEqual(await isDeadAlone(store, { jti, subject }), false);
    await store.revokeToken(revocation, { deadline: performance.now() + 60_000 });
    strictEqual(await isDeadAlone(store, { jti, subject }), true);
  },
};
