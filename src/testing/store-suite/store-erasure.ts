import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { Session, TokenStore } from '../../store/token-store';
import {
  aliveIds,
  createdSession,
  isDead,
  isDeadAlone,
  lifetime,
  newSession,
  present,
  start,
} from './store-fixtures';
import type { StoreSpecs } from './store-fixtures';

const details = { userAgent: 'Firefox', ip: '192.0.2.1', label: 'laptop' };

/** What is left of a user after a logout, and after they asked to be forgotten. */
export const erasureSpecs: StoreSpecs = {
  'forgets the device and the address of a session that is revoked alone': async (store) => {
    const session = await createdSession(store, details);
    await present(store, session, 0);
    await store.revokeSession(session.id, start + 1);
    const { outcome, session: row } = await present(store, session, 0, { now: start + 2 });
    strictEqual(outcome, 'reused');
    const { userAgent, ip, label } = row ?? {};
    deepStrictEqual([userAgent, ip, label], [undefined, undefined, undefined]);
  },

  'kills all sessions and tokens of the subject, and nobody else’s': async (store) => {
    const session = await createdSession(store, details);
    const { subject } = session;
    const other = await createdSession(store);
    await store.forgetSubject(subject, start, { notBefore: start + 5, keepUntil: start + lifetime });
    await expectForgotten(store, session);
    strictEqual(await isDeadAlone(store, { subject, issuedAt: start + 5 }), true);
    strictEqual(await isDeadAlone(store, { subject, issuedAt: start + 6 }), false);
    strictEqual(await isDead(store, other), false);
    strictEqual((await present(store, other, 0)).outcome, 'rotated');
  },

  'shows no row of the subject any more, of sessions that were revoked before either': async (store) => {
    const session = await createdSession(store, details);
    const { subject } = session;
    const [revoked, all] = [
      await createdSession(store, { subject, ...details }),
      await createdSession(store, { subject }),
    ];
    for (const one of [session, revoked, all]) await present(store, one, 0);
    await store.revokeSession(revoked.id, start + 1);
    await store.revokeSubject(subject, start + 1);
    await createdSession(store, { subject });
    await store.forgetSubject(subject, start + 2);
    for (const one of [session, revoked, all]) {
      const { session: row } = await present(store, one, 0, { now: start + 3 });
      deepStrictEqual([row?.userAgent, row?.ip, row?.label], [undefined, undefined, undefined]);
      await expectForgotten(store, one);
    }
  },

  'may be repeated, is done for a subject that nobody knows, and lets logins in afterwards': async (
    store,
  ) => {
    const { subject } = newSession();
    for (let count = 0; count < 2; count++) await store.forgetSubject(subject, start);
    const session = newSession({ subject });
    const result = await store.createSession(session, { authenticatedAt: start });
    strictEqual(result.created, false);
    strictEqual((await store.createSession(session, { maxSessions: 1 })).created, true);
    strictEqual(await isDead(store, session), false);
    deepStrictEqual(await aliveIds(store, subject, start), [session.id]);
  },
};

async function expectForgotten(store: TokenStore, session: Session): Promise<void> {
  strictEqual(await isDead(store, session), true);
  strictEqual(await store.findSession(session.id, start), undefined);
  deepStrictEqual(await aliveIds(store, session.subject), []);
  strictEqual(await store.revokeSession(session.id, start), false);
  const { outcome } = await present(store, session, 1, { now: start + 3 });
  strictEqual(outcome, 'unknown');
}
