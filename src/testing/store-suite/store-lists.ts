import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { Session, TokenStore } from '../../store/token-store';
import { randomId } from '../../util/random-id';
import { createdSession, lifetime, newSession, plain, present, range, start } from './store-fixtures';
import type { StoreSpecs } from './store-fixtures';

/** Finding one session, and lists of them. */
export const listSpecs: StoreSpecs = {
  'finds a session by its id, as it was created': async (store) => {
    const session = await createdSession(store, { userAgent: 'Firefox', ip: '2001:db8::1', label: 'laptop' });
    deepStrictEqual(plain(await store.findSession(session.id, start)), plain(session));
    strictEqual(await store.findSession(newSession().id, start), undefined);
  },

  'finds no session that is over, revoked, or revoked with its subject': async (store) => {
    const sessions = [];
    for (let count = 0; count < 3; count++) sessions.push(await createdSession(store));
    const [over, revoked, all] = sessions as [Session, Session, Session];
    strictEqual((await store.findSession(over.id, start + lifetime - 1))?.id, over.id);
    strictEqual(await store.findSession(over.id, start + lifetime), undefined);
    await store.revokeSession(revoked.id, start);
    strictEqual(await store.findSession(revoked.id, start), undefined);
    await store.revokeSubject(all.subject, start);
    strictEqual(await store.findSession(all.id, start), undefined);
  },

  'finds a session as its last rotation left it': async (store) => {
    const session = await createdSession(store);
    const { session: moved } = await present(store, session, 0, { seen: { ip: '192.0.2.2' } });
    deepStrictEqual(plain(await store.findSession(session.id, start + 1)), plain(moved));
  },

  'lists sixty sessions, newest first by createdAt and then by id': async (store) => {
    const { all, subject } = await manySessions(store);
    deepStrictEqual(ids(await store.listSessions(subject, start)), ids(all));
    deepStrictEqual(ids(await store.listSessions(subject, start, { limit: 1000 })), ids(all));
  },

  'lists no more than were asked for': async (store) => {
    const { all, subject } = await manySessions(store);
    for (const limit of [1, 7, 59, 60, 61])
      deepStrictEqual(ids(await store.listSessions(subject, start, { limit })), ids(all.slice(0, limit)));
  },

  'goes on after the last of a page, until there is none': async (store) => {
    const { all, subject } = await manySessions(store);
    const seen: Session[] = [];
    for (let after: Session | undefined; seen.length <= all.length; after = seen.at(-1)) {
      const page = await store.listSessions(subject, start, { limit: 7, after });
      if (page.length === 0) break;
      seen.push(...page);
    }
    deepStrictEqual(ids(seen), ids(all));
  },

  'goes on after a session that has ended, and after one that never was': async (store) => {
    const { all, subject } = await manySessions(store);
    const [tenth] = all.slice(10, 11) as [Session];
    await store.revokeSession(tenth.id, start);
    const rest = ids(all.slice(11, 16));
    const between = { id: `${tenth.id}-`, createdAt: tenth.createdAt };
    for (const after of [tenth, between])
      deepStrictEqual(ids(await store.listSessions(subject, start, { limit: 5, after })), rest);
  },

  'lists by when sessions began, not by when they were used': async (store) => {
    const subject = randomId();
    const first = await createdSession(store, { subject });
    const second = await createdSession(store, { subject, createdAt: start + 5 });
    await present(store, first, 0, { now: start + 60 });
    deepStrictEqual(ids(await store.listSessions(subject, start + 60)), [second.id, first.id]);
  },
};

/** Sixty sessions of a subject, some of one second, in the order of the contract. */
async function manySessions(store: TokenStore): Promise<{ subject: string; all: Session[] }> {
  const subject = randomId();
  const all: Session[] = [];
  for (const index of range(60))
    all.push(await createdSession(store, { subject, createdAt: start - (index % 9) }));
  await createdSession(store);
  all.sort((one, other) => other.createdAt - one.createdAt || (one.id > other.id ? -1 : 1));
  return { subject, all };
}

function ids(sessions: readonly Session[]): string[] {
  return sessions.map(({ id }) => id);
}
