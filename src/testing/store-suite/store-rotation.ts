import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { RotationResult, TokenStore } from '../../store/token-store';
import {
  aliveIds,
  createdSession,
  isDead,
  lifetime,
  newSession,
  plain,
  present,
  queryFor,
  start,
  waitOneWindow,
} from './store-fixtures';
import type { StoreSpecs } from './store-fixtures';

/** The table of outcomes. */
export const rotationSpecs: StoreSpecs = {
  'moves the current generation on': async (store) => {
    const session = await createdSession(store, { userAgent: 'Firefox', ip: '192.0.2.1', label: 'laptop' });
    const [now, expiresAt] = [start + 60, start + lifetime + 60];
    const { outcome, session: row } = await present(store, session, 0, { now, expiresAt });
    const moved = { ...session, generation: 1, rotatedAt: now, lastUsedAt: now, expiresAt };
    strictEqual(outcome, 'rotated');
    deepStrictEqual(plain(row), plain(moved));
    deepStrictEqual((await store.listSessions(session.subject, start + 60)).map(plain), [plain(moved)]);
  },

  'notes where it was seen, and leaves what it was not told': async (store) => {
    const session = await createdSession(store, { userAgent: 'Firefox', ip: '192.0.2.1', label: 'laptop' });
    await present(store, session, 0, { seen: { ip: '192.0.2.2' } });
    await present(store, session, 1, { seen: { userAgent: undefined, ip: undefined } });
    const { session: row } = await present(store, session, 2, { seen: {} });
    const { userAgent, ip, label } = row ?? {};
    deepStrictEqual({ userAgent, ip, label }, { userAgent: 'Firefox', ip: '192.0.2.2', label: 'laptop' });
  },

  'answers the previous generation with the row, whatever time the caller has': async (store) => {
    const session = await createdSession(store);
    const { session: moved } = await present(store, session, 0, { now: start + 60 });
    for (const now of [start + 60, start, start + 7200]) {
      const replay = await present(store, session, 0, { now, expiresAt: now + lifetime });
      strictEqual(replay.outcome, 'replayed');
      deepStrictEqual(plain(replay.session), plain(moved));
    }
  },

  'takes the previous generation for a theft after the window, which a replay does not renew': async (
    store,
  ) => {
    const [once, twice] = [await createdSession(store), await createdSession(store)];
    for (const session of [once, twice]) await present(store, session, 0);
    await waitOneWindow();
    await present(store, twice, 0);
    for (const session of [once, twice]) {
      strictEqual(await store.isRevoked(queryFor(session, { generation: 0, graceSeconds: 1 })), true);
      strictEqual(await store.isRevoked(queryFor(session, { generation: 0 })), false);
      await expectTheft(store, session, await present(store, session, 0, { graceSeconds: 1 }));
    }
  },

  'leaves the session to its subject: for anyone else it is unknown, and stays as it was': async (store) => {
    const session = await createdSession(store);
    await present(store, session, 0);
    for (const generation of [0, 1, 2]) {
      const result = await present(store, session, generation, {
        subject: `${session.subject}x`,
        graceSeconds: 0,
      });
      strictEqual(result.outcome, 'unknown');
    }
    strictEqual((await present(store, session, 1)).outcome, 'rotated');
  },

  'sets the end anew: later, and earlier': async (store) => {
    const session = await createdSession(store);
    const { subject } = session;
    const later = start + 3 * lifetime;
    await present(store, session, 0, { expiresAt: later });
    strictEqual((await store.findSession(session.id, later - 1))?.expiresAt, later);
    deepStrictEqual(await aliveIds(store, subject, later - 1), [session.id]);
    strictEqual(await isDead(store, session, 1, later - 1), false);
    const now = start + 2 * lifetime;
    const next = await present(store, session, 1, { now, expiresAt: now + 60 });
    strictEqual(next.session?.expiresAt, now + 60);
    strictEqual(await isDead(store, session, 2, now + 60), true);
    deepStrictEqual(await aliveIds(store, subject, now + 60), []);
    strictEqual((await present(store, session, 2, { now: now + 60, expiresAt: later })).outcome, 'unknown');
  },

  'notes the device and leaves the address when only the device is told': async (store) => {
    const session = await createdSession(store, { userAgent: 'Firefox', ip: '192.0.2.1', label: 'laptop' });
    const { session: row } = await present(store, session, 0, { seen: { userAgent: 'curl' } });
    const { userAgent, ip, label } = row ?? {};
    deepStrictEqual({ userAgent, ip, label }, { userAgent: 'curl', ip: '192.0.2.1', label: 'laptop' });
  },

  'changes nothing by a replay, what was seen included': async (store) => {
    const session = await createdSession(store, { ip: '192.0.2.1' });
    const { session: moved } = await present(store, session, 0);
    const seen = { ip: '192.0.2.2' };
    const replay = await present(store, session, 0, { now: start + 9, expiresAt: start + 99, seen });
    deepStrictEqual([replay.outcome, plain(replay.session)], ['replayed', plain(moved)]);
    deepStrictEqual(plain(await store.findSession(session.id, start + 9)), plain(moved));
  },

  'has no window when it is 0': async (store) => {
    const session = await createdSession(store);
    await present(store, session, 0, { now: start, graceSeconds: 0 });
    await expectTheft(store, session, await present(store, session, 0, { now: start, graceSeconds: 0 }));
  },

  'takes an older generation for a theft, within the window too': async (store) => {
    const session = await createdSession(store);
    for (const generation of [0, 1]) await present(store, session, generation);
    strictEqual(await isDead(store, session, 0), true);
    await expectTheft(store, session, await present(store, session, 0));
  },

  'counts a theft once': async (store) => {
    const session = await createdSession(store);
    for (const generation of [0, 1, 2]) await present(store, session, generation);
    const thefts = [
      await present(store, session, 0),
      await present(store, session, 1),
      await present(store, session, 0),
    ];
    deepStrictEqual(
      thefts.map(({ outcome, flipped }) => [outcome, flipped === true]),
      [
        ['reused', true],
        ['reused', false],
        ['reused', false],
      ],
    );
  },

  'knows neither the current generation of a revoked session nor one ahead of it': async (store) => {
    const session = await createdSession(store);
    await present(store, session, 0);
    await store.revokeSession(session.id, start + 2);
    for (const generation of [1, 2]) {
      strictEqual((await present(store, session, generation, { now: start + 3 })).outcome, 'unknown');
    }
  },

  'takes the previous generation of a revoked session for a theft, and does not flip it again': async (
    store,
  ) => {
    const session = await createdSession(store);
    await present(store, session, 0, { now: start });
    await store.revokeSession(session.id, start + 1);
    const { outcome, flipped, session: row } = await present(store, session, 0, { now: start + 2 });
    strictEqual(outcome, 'reused');
    strictEqual(flipped === true, false);
    strictEqual(row?.revokedAt, start + 1);
  },

  'does not know a generation ahead of the row, and leaves the session alive': async (store) => {
    const session = await createdSession(store);
    strictEqual((await present(store, session, 1)).outcome, 'unknown');
    strictEqual(await isDead(store, session), false);
    strictEqual((await present(store, session, 0)).outcome, 'rotated');
  },

  'does not know a session that never was': async (store) => {
    strictEqual((await present(store, newSession(), 0)).outcome, 'unknown');
  },

  'does not know a session that is over, whatever the generation': async (store) => {
    const session = await createdSession(store);
    const last = await present(store, session, 0, { now: start + lifetime - 1 });
    strictEqual(last.outcome, 'rotated');
    for (const generation of [0, 1, 2]) {
      strictEqual((await present(store, session, generation, { now: start + lifetime })).outcome, 'unknown');
    }
  },

  'goes on for a thousand generations': async (store) => {
    const session = await createdSession(store);
    for (let generation = 0; generation < 1000; generation++) {
      const { outcome, session: row } = await present(store, session, generation);
      if (outcome !== 'rotated' || row?.generation !== generation + 1) strictEqual(outcome, 'rotated');
    }
    strictEqual((await present(store, session, 998)).outcome, 'reused');
  },
};

/** The session is revoked, and the store itself says so afterwards. */
async function expectTheft(
  store: TokenStore,
  session: { id: string; subject: string },
  { outcome, flipped, session: row }: RotationResult,
): Promise<void> {
  strictEqual(outcome, 'reused');
  strictEqual(flipped, true);
  strictEqual(typeof row?.revokedAt, 'number');
  strictEqual(row?.id, session.id);
  const known = newSession({ id: session.id, subject: session.subject });
  strictEqual(await isDead(store, known), true);
  deepStrictEqual(await store.listSessions(session.subject, start + 12), []);
  strictEqual((await present(store, known, row.generation, { now: start + 12 })).outcome, 'unknown');
}
