import { expect } from 'chai';
import type { DataSource, EntitySubscriberInterface } from 'typeorm';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { describeOn, postgreSql, servers } from '../../support/databases';
import { refusalOf } from '../../support/rejected';
import { newSession, now } from '../../support/sessions';

describeOn(servers, 'the connections that the store shares with the application', (database, kind) => {
  let dataSource: DataSource;
  let store: TypeOrmTokenStore;

  before(async () => {
    dataSource = await database.open({ poolSize: 1 });
    store = new TypeOrmTokenStore(dataSource);
  });

  async function failedVerb(): Promise<void> {
    const session = newSession();
    await store.createSession(session);
    await refusalOf(store.createSession(session), Error);
  }

  async function connectionId(): Promise<unknown> {
    const text = kind === postgreSql ? 'SELECT pg_backend_pid() AS id' : 'SELECT connection_id() AS id';
    const [row] = await dataSource.query<{ id: unknown }[]>(text);
    return row?.id;
  }

  async function settings(): Promise<unknown> {
    return dataSource.query(
      kind === postgreSql
        ? `SELECT name, setting FROM pg_settings WHERE name ~ 'timeout|isolation' ORDER BY name`
        : 'SELECT @@SESSION.wait_timeout, @@SESSION.innodb_lock_wait_timeout, @@SESSION.lock_wait_timeout, @@SESSION.max_statement_time, @@SESSION.tx_isolation, @@SESSION.autocommit',
    );
  }

  it('come back as they were, whether a verb went through or failed', async () => {
    const before = await settings();
    const id = await connectionId();
    const limits = () => ({ deadline: performance.now() + 5000 });
    await store.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now }, limits());
    expect(await settings()).to.deep.equal(before);
    const session = newSession();
    await store.createSession(session, limits());
    await refusalOf(store.createSession(session, limits()), Error);
    expect(await settings()).to.deep.equal(before);
    expect(await connectionId()).to.equal(id);
  });

  it('do not come back with a transaction that could not be rolled back', async () => {
    await failedVerb();
    const id = await connectionId();
    dataSource.subscribers.push({
      beforeQuery: ({ query }: { query: string }) => {
        if (query === 'ROLLBACK') throw new Error('not sent');
      },
    } as EntitySubscriberInterface);
    await failedVerb();
    dataSource.subscribers.pop();
    expect(await connectionId()).not.to.equal(id);
  });

  it('are those to the primary, and never to a replica', async () => {
    const { options } = database;
    const replicated = await database.open({
      synchronize: false,
      replication: { master: options, slaves: [{ ...options, database: 'test' }] },
    });
    const replicatedStore = new TypeOrmTokenStore(replicated);
    const session = newSession();
    await replicatedStore.createSession(session);
    expect(await replicatedStore.listSessions(session.subject, now)).to.have.length(1);
    const { id: sessionId, subject } = session;
    const token = { jti: 'some', sessionId, subject, issuedAt: now, now, graceSeconds: 0 };
    expect(await replicatedStore.isRevoked(token)).to.equal(false);
  });

  if (kind === postgreSql) {
    it('carry nothing into a statement that is no whole number and no hash', async () => {
      for (const time of [NaN, Infinity, 2 ** 60]) await refusalOf(store.findSession('sid', time), TypeError);
    });
  }
});
