import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { DataSource, EntitySubscriberInterface } from 'typeorm';
import type { Session, StoreLimits } from '../../../src';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { describeOn, mariaDb, postgreSql, servers, type DatabaseKind } from '../../support/databases';
import { refusalOf } from '../../support/rejected';
import { hashOf, newSession, now } from '../../support/sessions';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy';

function soon(milliseconds = 150): StoreLimits {
  return { deadline: performance.now() + milliseconds };
}

/** A verb is given up, whatever it waits for. */
async function givenUp(verb: Promise<unknown>): Promise<void> {
  await refusalOf(verb, Error);
}

const busy: Readonly<Record<string, string>> = {
  [postgreSql.name]: `SELECT count(*) AS others FROM pg_stat_activity
    WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()`,
  [mariaDb.name]: `SELECT count(*) AS others FROM information_schema.processlist
    WHERE db = database() AND command <> 'Sleep' AND id <> connection_id()`,
};

/** Waits until the server has nothing to do any more for anybody but us. */
async function idle(dataSource: DataSource, kind: DatabaseKind): Promise<void> {
  for (;;) {
    const [row] = await dataSource.query<{ others: unknown }[]>(busy[kind.name] ?? '');
    if (Number(row?.others) === 0) return;
    await setTimeout(10);
  }
}

describeOn(servers, 'a verb that comes too late', (database, kind) => {
  let others: DataSource;
  let dataSource: DataSource;
  let store: TypeOrmTokenStore;
  let session: Session;

  before(async () => {
    others = await database.open();
    dataSource = await database.open({ poolSize: 1 });
  });

  beforeEach(async () => {
    store = new TypeOrmTokenStore(dataSource);
    session = newSession();
    // By another store, which does what follows a login elsewhere.
    await new TypeOrmTokenStore(others).createSession(session);
  });

  /** Holds what a statement has locked while something is done, and lets go of it without a trace. */
  async function locked(statement: string, action: () => Promise<void>): Promise<void> {
    const runner = others.createQueryRunner();
    await runner.startTransaction();
    await runner.query(statement);
    await action();
    await runner.rollbackTransaction();
    await runner.release();
    await idle(others, kind);
  }

  const rotation = () => ({
    sessionId: session.id,
    subject: session.subject,
    generation: 0,
    now,
    expiresAt: now + 900,
    graceSeconds: 10,
  });
  const lockSubject = () =>
    `SELECT * FROM jwt_subject WHERE subject_hash = '${hashOf(session.subject)}' FOR UPDATE`;
  const lockSession = () => `SELECT * FROM jwt_session WHERE id_hash = '${hashOf(session.id)}' FOR UPDATE`;
  const touchSession = () =>
    `UPDATE jwt_session SET label = 'locked' WHERE id_hash = '${hashOf(session.id)}'`;
  const lockEverything = () =>
    kind === postgreSql
      ? 'LOCK TABLE jwt_session, jwt_revoked_token, jwt_subject IN EXCLUSIVE MODE'
      : `INSERT INTO jwt_revoked_token VALUES ('${hashOf('jti')}', 1)`;

  const verbs: [string, () => string, (limits: StoreLimits) => Promise<unknown>][] = [
    ['a rotation', lockSession, (limits) => store.rotateSession(rotation(), limits)],
    ['a logout', lockSession, (limits) => store.revokeSession(session.id, now, limits)],
    ['a logout beside a change', touchSession, (limits) => store.revokeSession(session.id, now, limits)],
    ['a logout everywhere', lockSubject, (limits) => store.revokeSubject(session.subject, now, {}, limits)],
    [
      'the revocation of a token',
      lockEverything,
      (limits) =>
        store.revokeToken({ jti: 'jti', subject: session.subject, now, expiresAt: now + 900 }, limits),
    ],
  ];
  for (const [name, lock, verb] of verbs) {
    it(`is given up at its deadline and has no effect: ${name}`, async () => {
      await locked(lock(), async () => {
        await givenUp(verb(soon()));
      });
      const query = { jti: 'jti', subject: session.subject, issuedAt: now, now, graceSeconds: 10 };
      expect(await store.isRevoked({ ...query, sessionId: session.id, generation: 0 })).to.equal(false);
      expect(await store.isRevoked(query)).to.equal(false);
      const { outcome, session: row } = await store.rotateSession(rotation());
      expect(outcome).to.equal('rotated');
      expect(row).to.deep.include({ generation: 1 });
    });
  }

  it('does not keep its place in the pool', async () => {
    const other = newSession();
    await store.createSession(other);
    await locked(lockSession(), async () => {
      await givenUp(store.revokeSession(session.id, now, soon()));
      expect(await store.revokeSession(other.id, now, soon(20_000))).to.equal(true);
    });
  });

  it('has no effect when it gets its connection too late', async () => {
    const runner = dataSource.createQueryRunner();
    await runner.connect();
    const verb = store.revokeSession(session.id, now, soon());
    await givenUp(verb);
    const sent: string[] = [];
    dataSource.subscribers.push({
      beforeQuery: ({ query }: { query: string }) => {
        sent.push(query);
      },
    } as EntitySubscriberInterface);
    await runner.release();
    await dataSource.query('SELECT 1');
    dataSource.subscribers.pop();
    expect(sent).to.deep.equal(['SELECT 1']);
    expect(await store.revokeSession(session.id, now, soon(20_000))).to.equal(true);
  });

  it('has no effect when the process was too busy to notice', async () => {
    const deadline = performance.now() + 1000;
    let isBusy = false;
    const subscriber: EntitySubscriberInterface = {
      afterQuery: ({ query }: { query: string }) => {
        if (!query.startsWith('UPDATE')) return;
        isBusy = true;
        while (performance.now() < deadline) void 0;
      },
    };
    dataSource.subscribers.push(subscriber);
    await givenUp(store.revokeSession(session.id, now, { deadline }));
    dataSource.subscribers.pop();
    expect(isBusy).to.equal(true);
    expect(await store.revokeSession(session.id, now, soon(20_000))).to.equal(true);
  });

  /** Another store on the same database, whose network fails as soon as an UPDATE has been answered. */
  async function failingAfterUpdate(
    fail: (proxy: TcpProxy) => void,
    use: (store: TypeOrmTokenStore, proxy: TcpProxy) => Promise<void>,
  ): Promise<void> {
    const proxy = await startProxy(kind.port ?? 0);
    const distant = await database.open({ port: proxy.port, synchronize: false });
    distant.subscribers.push({
      afterQuery: ({ query }: { query: string }) => {
        if (query.startsWith('UPDATE')) fail(proxy);
      },
    } as EntitySubscriberInterface);
    try {
      await use(new TypeOrmTokenStore(distant), proxy);
    } finally {
      await proxy.close();
      await distant.destroy();
    }
  }

  it('has no effect when its COMMIT is held up on the way', async () => {
    await failingAfterUpdate(
      (proxy) => {
        proxy.hold();
      },
      async (distantStore, proxy) => {
        await givenUp(distantStore.revokeSession(session.id, now, soon(1000)));
        // The server alone knows by now that it is too late.
        proxy.release();
        await idle(others, kind);
        expect(await store.revokeSession(session.id, now, soon(20_000))).to.equal(true);
      },
    );
  });

  it('leaves no lock behind when its network is gone', async () => {
    await failingAfterUpdate(
      (proxy) => {
        proxy.isBlackHole = true;
      },
      async (distantStore) => {
        await givenUp(distantStore.revokeSession(session.id, now, soon(1000)));
        expect(await store.revokeSession(session.id, now, soon(20_000))).to.equal(true);
      },
    );
  });
});
