import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { Session, TokenStore } from '../../store/token-store';
import { aliveIds, createdSession, isDead, plain, present, range, start, tally } from './store-fixtures';
import type { StoreSpecs } from './store-fixtures';

type Race = (store: TokenStore, session: Session) => Promise<void>;

/** What must hold whoever comes first. Each race is run again and again, each time with a session of its own. */
export function raceSpecs(rounds: number, callers: readonly number[]): StoreSpecs {
  const races = [
    ...Object.entries(fixedRaces),
    ...callers.flatMap((count) => Object.entries(refreshRaces(count))),
  ];
  return Object.fromEntries(
    races.map(([title, race]) => [
      title,
      async (store: TokenStore) => {
        for (let round = 0; round < rounds; round++) await race(store, await createdSession(store));
      },
    ]),
  );
}

const refreshRaces = (count: number): Record<string, Race> => ({
  [`${String(count)} refreshes without a window: one rotates, and the session is dead`]: async (
    store,
    session,
  ) => {
    const results = await Promise.all(
      range(count).map(() => present(store, session, 0, { graceSeconds: 0 })),
    );
    deepStrictEqual(tally(results), { rotated: 1, replayed: 0, reused: count - 1, unknown: 0 });
    strictEqual(results.filter(({ flipped }) => flipped).length, 1);
    strictEqual(await isDead(store, session, 1), true);
    strictEqual((await present(store, session, 1)).outcome, 'unknown');
  },

  [`${String(count)} refreshes within the window: one rotates, the others get the same row`]: async (
    store,
    session,
  ) => {
    const results = await Promise.all(range(count).map(() => present(store, session, 0)));
    deepStrictEqual(tally(results), { rotated: 1, replayed: count - 1, reused: 0, unknown: 0 });
    const moved = { ...session, generation: 1, rotatedAt: start + 1, lastUsedAt: start + 1 };
    for (const { session: row } of results) deepStrictEqual(plain(row), plain(moved));
    strictEqual(await isDead(store, session, 1), false);
  },
});

const fixedRaces: Record<string, Race> = {
  'a chain of refreshes beside replays never forks': async (store, session) => {
    const results = await Promise.all(range(10).map((index) => present(store, session, index % 2)));
    const { rotated } = tally(results);
    ok(rotated <= 2);
    const rows = await store.listSessions(session.subject, start + 1);
    for (const { generation } of rows) strictEqual(generation, rotated);
  },

  'a refresh beside a logout: afterwards nothing of the session works': async (store, session) => {
    const other = await createdSession(store, { subject: session.subject });
    const [, , isNews] = await Promise.all([
      present(store, session, 0),
      present(store, session, 0),
      store.revokeSession(session.id, start + 1),
      present(store, session, 0),
    ]);
    strictEqual(isNews, true);
    await expectDead(store, session);
    strictEqual(await isDead(store, other), false);
  },

  'a refresh beside a logout everywhere: afterwards nothing works but what is spared': async (
    store,
    session,
  ) => {
    const { subject } = session;
    const spared = await createdSession(store, { subject });
    const other = await createdSession(store);
    await Promise.all([
      present(store, session, 0),
      present(store, spared, 0),
      store.revokeSubject(subject, start + 1, { exceptSessionId: spared.id }),
      present(store, session, 0),
    ]);
    await expectDead(store, session);
    deepStrictEqual(await aliveIds(store, subject), [spared.id]);
    strictEqual((await present(store, spared, 1)).outcome, 'rotated');
    strictEqual(await isDead(store, other), false);
  },

  'eight logouts: one of them was it': async (store, session) => {
    const answers = await Promise.all(range(8).map(() => store.revokeSession(session.id, start + 1)));
    strictEqual(answers.filter((isNews) => isNews).length, 1);
  },

  'a logout beside a theft: the session ends once': async (store, session) => {
    await present(store, session, 0, { graceSeconds: 0 });
    const [isNews, { outcome, flipped }] = await Promise.all([
      store.revokeSession(session.id, start + 1),
      present(store, session, 0, { graceSeconds: 0 }),
    ]);
    strictEqual(outcome, 'reused');
    strictEqual(flipped === true, !isNews);
    await expectDead(store, session);
  },

  'logins beside a logout everywhere are alive or dead, whole': async (store, { subject }) => {
    const [first, , second] = await Promise.all([
      createdSession(store, { subject }),
      store.revokeSubject(subject, start),
      createdSession(store, { subject }),
    ]);
    const alive = await aliveIds(store, subject);
    for (const session of [first, second]) {
      strictEqual(await isDead(store, session), !alive.includes(session.id));
    }
  },

  'sixteen sessions at once do not touch each other': async (store) => {
    const sessions = await Promise.all(range(16).map(() => createdSession(store)));
    const results = await Promise.all(sessions.map((session) => present(store, session, 0)));
    strictEqual(tally(results).rotated, 16);
    for (const [index, { session: row }] of results.entries()) strictEqual(row?.id, sessions[index]?.id);
  },
};

async function expectDead(store: TokenStore, session: Session): Promise<void> {
  for (const generation of [undefined, 0, 1, 2]) strictEqual(await isDead(store, session, generation), true);
  ok(!(await aliveIds(store, session.subject)).includes(session.id));
  const outcomes = tally([await present(store, session, 1), await present(store, session, 0)]);
  strictEqual(outcomes.rotated + outcomes.replayed, 0);
}
