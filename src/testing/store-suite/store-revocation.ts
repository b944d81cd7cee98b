import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { randomId } from '../../util/random-id';
import {
  aliveIds,
  createdSession,
  isDead,
  isDeadAlone,
  lifetime,
  newSession,
  present,
  queryFor,
  revokeToken,
  start,
} from './store-fixtures';
import type { StoreSpecs } from './store-fixtures';

/** Revocation of a session. */
export const sessionRevocationSpecs: StoreSpecs = {
  'kills it once': async (store) => {
    const session = await createdSession(store);
    strictEqual(await isDead(store, session), false);
    strictEqual(await store.revokeSession(session.id, start), true);
    strictEqual(await isDead(store, session), true);
    strictEqual(await isDead(store, session, 0), true);
    strictEqual(await store.revokeSession(session.id, start + 1), false);
  },

  'answers false for a session that never was': async (store) => {
    strictEqual(await store.revokeSession(randomId(), start), false);
  },

  'answers false for a session that is over': async (store) => {
    const session = await createdSession(store);
    strictEqual(await store.revokeSession(session.id, start + lifetime), false);
    strictEqual(await isDead(store, session, undefined, start + lifetime), true);
    strictEqual(await isDead(store, session, undefined, start + lifetime - 1), false);
    strictEqual(await store.revokeSession(session.id, start + lifetime - 1), true);
  },

  'leaves the session of another subject than was named alone': async (store) => {
    const session = await createdSession(store);
    const other = await createdSession(store);
    strictEqual(await store.revokeSession(session.id, start, { subject: other.subject }), false);
    strictEqual(await isDead(store, session), false);
    strictEqual(await isDead(store, other), false);
    strictEqual(await store.revokeSession(session.id, start, { subject: session.subject }), true);
  },

  'answers false for a session that was revoked with its subject': async (store) => {
    const session = await createdSession(store);
    await store.revokeSubject(session.subject, start);
    strictEqual(await store.revokeSession(session.id, start + 1), false);
  },

  'leaves other sessions of the subject alive': async (store) => {
    const session = await createdSession(store);
    const other = await createdSession(store, { subject: session.subject });
    await store.revokeSession(session.id, start);
    strictEqual(await isDead(store, other), false);
  },
};

/** Revocation of a subject. */
export const subjectRevocationSpecs: StoreSpecs = {
  'kills every session but the one that is spared': async (store) => {
    const spared = await createdSession(store);
    const { subject } = spared;
    const others = [await createdSession(store, { subject }), await createdSession(store, { subject })];
    const stranger = await createdSession(store);
    await store.revokeSubject(subject, start, { exceptSessionId: spared.id, keepUntil: start + lifetime });
    deepStrictEqual(await aliveIds(store, subject), [spared.id]);
    for (const session of others) strictEqual(await isDead(store, session), true);
    strictEqual(await isDead(store, spared), false);
    strictEqual(await isDead(store, stranger), false);
    strictEqual((await present(store, spared, 0)).outcome, 'rotated');
  },

  'spares nobody by default, and a dead session never': async (store) => {
    const session = await createdSession(store);
    await store.revokeSubject(session.subject, start);
    await store.revokeSubject(session.subject, start + 1, { exceptSessionId: session.id });
    strictEqual(await isDead(store, session), true);
    strictEqual((await present(store, session, 0, { now: start + 2 })).outcome, 'unknown');
    strictEqual(await store.revokeSession(session.id, start + 2), false);
  },

  'kills the session that an earlier one has spared': async (store) => {
    const first = await createdSession(store);
    const second = await createdSession(store, { subject: first.subject });
    await store.revokeSubject(first.subject, start, { exceptSessionId: first.id });
    await store.revokeSubject(first.subject, start, { exceptSessionId: second.id });
    strictEqual(await isDead(store, first), true);
    strictEqual(await isDead(store, second), true);
    deepStrictEqual(await aliveIds(store, first.subject), []);
  },

  'does not touch a login that comes after it in the same second': async (store) => {
    const old = await createdSession(store);
    await store.revokeSubject(old.subject, start);
    const session = await createdSession(store, { subject: old.subject });
    strictEqual(await isDead(store, old), true);
    strictEqual(await isDead(store, session), false);
    deepStrictEqual(await aliveIds(store, old.subject, start), [session.id]);
    strictEqual((await present(store, session, 0, { now: start })).outcome, 'rotated');
  },

  'kills tokens without a session that were issued until then, and only those': async (store) => {
    const subject = randomId();
    await store.revokeSubject(subject, start, { keepUntil: start + lifetime });
    const isRevoked = async (issuedAt: number, of = subject) => isDeadAlone(store, { subject: of, issuedAt });
    strictEqual(await isRevoked(start - 1), true);
    strictEqual(await isRevoked(start), true);
    strictEqual(await isRevoked(start + 1), false);
    strictEqual(await isRevoked(start, randomId()), false);
  },

  'spares nothing when the session to be spared is of somebody else, and leaves that alone': async (
    store,
  ) => {
    const [first, second] = [await createdSession(store), await createdSession(store)];
    await store.revokeSubject(first.subject, start, { exceptSessionId: second.id });
    strictEqual(await isDead(store, first), true);
    strictEqual(await isDeadAlone(store, { subject: first.subject }), true);
    strictEqual(await isDead(store, second), false);
    strictEqual(await isDeadAlone(store, { subject: second.subject }), false);
    strictEqual((await present(store, second, 0)).outcome, 'rotated');
  },

  'kills tokens without a session up to its notBefore, which may be ahead': async (store) => {
    const subject = randomId();
    await store.revokeSubject(subject, start, { notBefore: start + 5, keepUntil: start + lifetime });
    strictEqual(await isDeadAlone(store, { subject, issuedAt: start + 5, now: start + 6 }), true);
    strictEqual(await isDeadAlone(store, { subject, issuedAt: start + 6, now: start + 6 }), false);
  },

  'is not taken back by a login': async (store) => {
    const subject = randomId();
    await store.revokeSubject(subject, start, { keepUntil: start + lifetime });
    const session = await createdSession(store, { subject });
    await present(store, session, 0);
    strictEqual(await isDeadAlone(store, { subject, issuedAt: start }), true);
  },

  'is remembered as long as the longest of several calls asked for': async (store) => {
    const subject = randomId();
    for (const keepUntil of [start + 60, start + lifetime, start + 120])
      await store.revokeSubject(subject, start, { keepUntil });
    strictEqual(await isDeadAlone(store, { subject, issuedAt: start, now: start + lifetime - 1 }), true);
  },

  'does not go back when a clock steps back': async (store) => {
    const subject = randomId();
    await store.revokeSubject(subject, start + 60, { keepUntil: start + lifetime });
    await store.revokeSubject(subject, start, { keepUntil: start + lifetime });
    strictEqual(await isDeadAlone(store, { subject, issuedAt: start + 60 }), true);
  },

  'keeps the older generations of what it killed a theft': async (store) => {
    const session = await createdSession(store);
    await present(store, session, 0, { now: start });
    await store.revokeSubject(session.subject, start + 1);
    strictEqual((await present(store, session, 0, { now: start + 2 })).outcome, 'reused');
    strictEqual((await present(store, session, 1, { now: start + 2 })).outcome, 'unknown');
  },
};

/** Revocation of a token. */
export const tokenRevocationSpecs: StoreSpecs = {
  'kills it alone': async (store) => {
    const session = await createdSession(store);
    const { subject } = session;
    const jti = randomId();
    await revokeToken(store, { jti, subject });
    strictEqual(await store.isRevoked(queryFor(session, { jti })), true);
    strictEqual(await isDeadAlone(store, { jti, subject }), true);
    strictEqual(await isDead(store, session), false);
    strictEqual(await isDeadAlone(store, { subject }), false);
  },

  'may be repeated': async (store) => {
    const [jti, subject] = [randomId(), randomId()];
    for (const expiresAt of [start + 900, start + 60, start + 900])
      await revokeToken(store, { jti, subject, expiresAt });
    strictEqual(await isDeadAlone(store, { jti, subject }), true);
  },

  'holds for a token that is over soon': async (store) => {
    const [jti, subject] = [randomId(), randomId()];
    await revokeToken(store, { jti, subject, expiresAt: start + 1 });
    strictEqual(await isDeadAlone(store, { jti, subject, issuedAt: start - 60, now: start }), true);
  },
};

/** A token. */
export const tokenSpecs: StoreSpecs = {
  'of a session that the store does not know is dead': async (store) => {
    strictEqual(await isDead(store, newSession()), true);
  },

  "of another subject's session is dead": async (store) => {
    const session = await createdSession(store);
    strictEqual(await store.isRevoked(queryFor(session, { subject: randomId() })), true);
  },

  'without a session lives until somebody says otherwise': async (store) => {
    strictEqual(await isDeadAlone(store, { subject: randomId() }), false);
  },

  'to refresh with is dead when it is more than one generation behind, or ahead': async (store) => {
    const session = await createdSession(store);
    for (const generation of [0, 1]) await present(store, session, generation);
    const dead = [];
    for (const generation of [0, 1, 2, 3]) dead.push(await isDead(store, session, generation));
    deepStrictEqual(dead, [true, false, false, true]);
  },
};
