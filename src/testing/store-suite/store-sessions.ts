import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { shardOf } from '../../store/shard';
import type { TokenStore } from '../../store/token-store';
import { randomId } from '../../util/random-id';
import {
  aliveIds,
  createdSession,
  isDead,
  isDeadAlone,
  lifetime,
  newSession,
  plain,
  present,
  revokeToken,
  start,
} from './store-fixtures';
import type { StoreSpecs } from './store-fixtures';

/** Texts that a store may confuse, lose, or take for part of a query. */
const texts = [
  "o'hara",
  '"double"',
  'semi;colon--',
  'per%cent_under*star?[a]',
  'back\\slash',
  '{json: 1}',
  'ünïcödé ☃ 😀',
  '\u202Eright to left',
  'https://issuer.example\nada',
  'x'.repeat(255),
  '__proto__',
  'constructor',
  'null',
  '0',
];

/** Pairs that a store must keep apart. */
const alike = [
  ['ada', 'ADA'],
  ['ada', 'ada '],
  ['ada', 'adá'],
  ['ß', 'ss'],
  ['1', '01'],
] as const;

/** Creating and listing sessions. */
export const sessionSpecs: StoreSpecs = {
  'are listed as they were created': async (store) => {
    const session = await createdSession(store, { userAgent: 'Firefox', ip: '2001:db8::1', label: 'laptop' });
    const listed = await store.listSessions(session.subject, start);
    deepStrictEqual(listed.map(plain), [plain(session)]);
  },

  'are listed without what nobody told': async (store) => {
    const session = await createdSession(store);
    deepStrictEqual((await store.listSessions(session.subject, start)).map(plain), [plain(session)]);
  },

  'are listed for their own subject, all of them': async (store) => {
    const first = await createdSession(store);
    const second = await createdSession(store, { subject: first.subject });
    const other = await createdSession(store);
    deepStrictEqual(await aliveIds(store, first.subject), [first.id, second.id].sort());
    deepStrictEqual(await aliveIds(store, other.subject), [other.id]);
    deepStrictEqual(await aliveIds(store, randomId()), []);
  },

  'are listed until the second before their end': async (store) => {
    const { id, subject } = await createdSession(store);
    deepStrictEqual(await aliveIds(store, subject, start + lifetime - 1), [id]);
    deepStrictEqual(await aliveIds(store, subject, start + lifetime), []);
  },

  'are not listed once they are revoked': async (store) => {
    const { id, subject } = await createdSession(store);
    await store.revokeSession(id, start);
    deepStrictEqual(await aliveIds(store, subject, start), []);
  },

  'are not replaced by another one with the same id': async (store) => {
    const session = await createdSession(store);
    await store.revokeSession(session.id, start);
    await rejects(store.createSession(newSession({ id: session.id, subject: session.subject })));
    strictEqual(await isDead(store, session), true);
  },

  'keep the longest texts that there are': async (store) => {
    const subject = `${'i'.repeat(255)}\n${'☃'.repeat(233)}${randomId()}`;
    const texts = { userAgent: 'ü'.repeat(512), ip: 'x'.repeat(64), label: '☃'.repeat(255) };
    const session = await createdSession(store, { subject, ...texts });
    deepStrictEqual(plain(await store.findSession(session.id, start)), plain(session));
    const jti = 'j'.repeat(233) + randomId();
    await revokeToken(store, { jti, subject });
    strictEqual(await isDeadAlone(store, { jti, subject }), true);
    strictEqual(await isDeadAlone(store, { jti: jti.slice(0, -1), subject }), false);
  },

  ...Object.fromEntries(
    texts.map((text) => [
      `keep the text ${JSON.stringify(text.slice(0, 30))} in every place`,
      (store: TokenStore) => expectKept(store, text),
    ]),
  ),

  ...Object.fromEntries(
    alike.map(([one, another]) => [
      `are told apart by ${JSON.stringify(one)} and ${JSON.stringify(another)}`,
      (store: TokenStore) => expectApart(store, one, another),
    ]),
  ),
};

async function expectKept(store: TokenStore, text: string): Promise<void> {
  const own = `${text.slice(0, 200)}-${randomId()}`;
  const jti = `${own}-jti`;
  const id = shardOf(own) + own;
  const session = await createdSession(store, { id, subject: own, userAgent: text, label: text });
  await revokeToken(store, { jti, subject: own });
  deepStrictEqual((await store.listSessions(own, start)).map(plain), [plain(session)]);
  strictEqual(await isDeadAlone(store, { jti, subject: own }), true);
  strictEqual(await isDead(store, session), false);
  strictEqual((await present(store, session, 0)).outcome, 'rotated');
  await store.revokeSubject(own, start);
  strictEqual(await isDead(store, session), true);
}

async function expectApart(store: TokenStore, one: string, another: string): Promise<void> {
  const prefix = randomId();
  const [mine, theirs] = [prefix + one, prefix + another];
  const first = await createdSession(store, { id: shardOf(mine) + mine, subject: mine });
  const second = await createdSession(store, { id: shardOf(theirs) + theirs, subject: theirs });
  await revokeToken(store, { jti: mine, subject: mine });
  strictEqual(await isDeadAlone(store, { jti: theirs, subject: theirs }), false);
  await store.revokeSession(first.id, start);
  strictEqual(await isDead(store, second), false);
  await store.revokeSubject(first.subject, start);
  strictEqual(await isDead(store, second), false);
  deepStrictEqual(await aliveIds(store, theirs), [second.id]);
}
