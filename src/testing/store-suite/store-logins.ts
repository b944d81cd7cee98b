import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import type { Session } from '../../store/token-store';
import { randomId } from '../../util/random-id';
import {
  aliveIds,
  createdSession,
  isDead,
  lifetime,
  newSession,
  plain,
  present,
  range,
  start,
} from './store-fixtures';
import type { StoreSpecs } from './store-fixtures';

/** What a login does: the limit of sessions, and a login that a logout has overtaken. */
export const loginSpecs: StoreSpecs = {
  'is created, and ends nobody where there is no limit': async (store) => {
    const session = newSession();
    deepStrictEqual(await store.createSession(session), { created: true, ended: [] });
    for (let count = 0; count < 3; count++) await createdSession(store, { subject: session.subject });
    strictEqual((await aliveIds(store, session.subject)).length, 4);
  },

  'ends the session used longest ago where there are too many': async (store) => {
    const subject = randomId();
    const sessions = [];
    for (const lastUsedAt of [start + 3, start, start + 1, start + 2])
      sessions.push(await createdSession(store, { subject, lastUsedAt }));
    const [used, rotated, oldest] = sessions as [Session, Session, Session];
    await present(store, rotated, 0, { now: start + 9 });
    const next = newSession({ subject, createdAt: start + 10, lastUsedAt: start + 10 });
    deepStrictEqual(await store.createSession(next, { maxSessions: 4 }), {
      created: true,
      ended: [oldest.id],
    });
    strictEqual(await isDead(store, oldest), true);
    strictEqual((await present(store, oldest, 0, { now: start + 11 })).outcome, 'unknown');
    strictEqual((await aliveIds(store, subject, start + 11)).length, 4);
    strictEqual(await isDead(store, used), false);
    strictEqual(await isDead(store, next), false);
  },

  'ends as many as are too many, and never itself': async (store) => {
    const subject = randomId();
    const ids = [];
    for (const index of range(5))
      ids.push((await createdSession(store, { subject, lastUsedAt: start + 100 + index })).id);
    const other = await createdSession(store);
    // Its clock is behind: it would be the one used longest ago.
    const next = newSession({ subject });
    const { created, ended } = await store.createSession(next, { maxSessions: 2 });
    strictEqual(created, true);
    deepStrictEqual([...ended].sort(), ids.slice(0, 4).sort());
    deepStrictEqual(await aliveIds(store, subject), [next.id, ids[4]].sort());
    strictEqual(await isDead(store, other), false);
  },

  'ends nobody for sessions that are over or revoked: they do not count': async (store) => {
    const subject = randomId();
    await createdSession(store, { subject, expiresAt: start + 5 });
    const revoked = await createdSession(store, { subject });
    await store.revokeSession(revoked.id, start);
    const alive = await createdSession(store, { subject });
    const next = newSession({ subject, createdAt: start + 5, lastUsedAt: start + 5 });
    deepStrictEqual(await store.createSession(next, { maxSessions: 2 }), { created: true, ended: [] });
    deepStrictEqual(await aliveIds(store, subject, start + 5), [alive.id, next.id].sort());
  },

  'ends nobody for sessions that a logout everywhere has ended': async (store) => {
    const subject = randomId();
    for (let count = 0; count < 3; count++) await createdSession(store, { subject });
    await store.revokeSubject(subject, start);
    const [one, other] = [newSession({ subject }), newSession({ subject })];
    deepStrictEqual(await store.createSession(one, { maxSessions: 2 }), { created: true, ended: [] });
    deepStrictEqual(await store.createSession(other, { maxSessions: 2 }), { created: true, ended: [] });
  },

  'is exact when twenty come at once': async (store) => {
    const subject = randomId();
    const results = await Promise.all(
      range(20).map(() => store.createSession(newSession({ subject }), { maxSessions: 3 })),
    );
    const ended = results.flatMap((result) => result.ended);
    strictEqual(new Set(ended).size, 17);
    strictEqual(ended.length, 17);
    strictEqual((await aliveIds(store, subject)).length, 3);
  },

  'is not created when it began before a logout everywhere, or at its moment; nothing changes': async (
    store,
  ) => {
    const old = await createdSession(store);
    const { subject } = old;
    await store.revokeSubject(subject, start + 10, { exceptSessionId: old.id, keepUntil: start + lifetime });
    for (const authenticatedAt of [start + 9, start + 10]) {
      const session = newSession({ subject });
      const result = await store.createSession(session, { authenticatedAt, maxSessions: 1 });
      deepStrictEqual(result, { created: false, ended: [] });
      strictEqual(await store.findSession(session.id, start + 11), undefined);
      strictEqual(await isDead(store, session), true);
    }
    deepStrictEqual(await aliveIds(store, subject, start + 11), [old.id]);
  },

  'is not created when it began before the latest of several logouts everywhere, in whatever order they come':
    async (store) => {
      const { subject } = await createdSession(store);
      for (const now of [start + 10, start + 5])
        await store.revokeSubject(subject, now, { keepUntil: start + lifetime });
      const session = newSession({ subject });
      const result = await store.createSession(session, { authenticatedAt: start + 8 });
      deepStrictEqual(result, { created: false, ended: [] });
    },

  'is created when it began after the logout everywhere, or does not say when': async (store) => {
    const subject = randomId();
    await store.revokeSubject(subject, start + 10, { notBefore: start + 15, keepUntil: start + lifetime });
    for (const limits of [{ authenticatedAt: start + 11 }, {}]) {
      const session = newSession({ subject, createdAt: start + 10 });
      strictEqual((await store.createSession(session, limits)).created, true);
      strictEqual(await isDead(store, session), false);
    }
    const other = newSession();
    strictEqual((await store.createSession(other, { authenticatedAt: start })).created, true);
  },

  'is rejected with the id of a session that is alive, which stays as it was': async (store) => {
    const session = await createdSession(store, { ip: '192.0.2.1' });
    const again = newSession({ id: session.id, subject: session.subject, generation: 5 });
    await rejects(store.createSession(again, { maxSessions: 1 }));
    deepStrictEqual(plain(await store.findSession(session.id, start)), plain(session));
  },
};
