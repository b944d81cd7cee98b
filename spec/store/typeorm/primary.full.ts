import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Session } from '../../../src';
import { TypeOrmTokenStore, tokenStoreEntities } from '../../../src/typeorm';
import { MariaDbServer, whyNoMariaDbServer } from '../../support/mariadb-server';
import { PostgresServer, whyNoPostgresServer } from '../../support/postgres-server';
import { refusalOf } from '../../support/rejected';
import { requireService } from '../../support/require-service';
import { newSession, now } from '../../support/sessions';
import { queryOf, rotationOf } from '../../support/sql-sessions';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy';

const poolSize = 3;
const refusal = 'the database server is not the primary';

type Verbs = [string, (store: TypeOrmTokenStore, session: Session) => Promise<unknown>][];

const verbs: Verbs = [
  ['isRevoked', (store, session) => store.isRevoked(queryOf(session))],
  ['isRevoked of a refresh token', (store, session) => store.isRevoked(queryOf(session, { generation: 0 }))],
  [
    'isRevoked without a session',
    (store, session) => store.isRevoked(queryOf(session, { sessionId: undefined })),
  ],
  ['findSession', (store, session) => store.findSession(session.id, now)],
  ['findSession of none', (store) => store.findSession('unknown', now)],
  ['listSessions', (store, session) => store.listSessions(session.subject, now)],
  ['listSessions of nobody', (store) => store.listSessions('unknown', now)],
  ['createSession', (store) => store.createSession(newSession())],
  ['rotateSession', (store, session) => store.rotateSession(rotationOf(session))],
  ['rotateSession of none', (store) => store.rotateSession(rotationOf(newSession()))],
  ['revokeSession', (store, session) => store.revokeSession(session.id, now)],
  ['revokeSession of none', (store) => store.revokeSession('unknown', now)],
  ['revokeSubject', (store, session) => store.revokeSubject(session.subject, now)],
  ['forgetSubject', (store, session) => store.forgetSubject(session.subject, now)],
  ['revokeToken', (store) => store.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now })],
  ['purgeExpired', (store) => store.purgeExpired()],
];

/** Two servers behind one address, which moves. */
interface SwitchOver {
  readonly proxy: TcpProxy;
  readonly options: DataSourceOptions;
  /** Known to both servers. */
  readonly session: Session;
  /** Stops the writes of the old primary, which goes on to answer. */
  readonly demote: () => Promise<unknown>;
  readonly newPort: number;
  readonly remove: () => Promise<unknown>;
}

function describeSwitchOver(
  title: string,
  whyNot: () => string | undefined,
  prepare: () => Promise<SwitchOver>,
): void {
  describe(title, function () {
    this.timeout(120_000);
    let world: SwitchOver;
    let dataSource: DataSource;
    let pooled: DataSource;

    const checks = (source: DataSource) => {
      const store = new TypeOrmTokenStore(source);
      return Array.from({ length: poolSize }, () => store.isRevoked(queryOf(world.session)));
    };

    before(async function () {
      requireService(this, 'a server of our own', whyNot());
      world = await prepare();
      dataSource = await opened(world.options, { poolSize: 1 });
      pooled = await opened(world.options, { poolSize });
      expect(await Promise.all(checks(pooled))).to.deep.equal([false, false, false]);
      await world.demote();
    });
    after(async () => {
      await dataSource?.destroy();
      await pooled?.destroy();
      await world?.proxy.close();
      await world?.remove();
    });

    for (const [name, verb] of verbs) {
      it(`does not believe the old one: ${name}`, async () => {
        const store = new TypeOrmTokenStore(dataSource);
        expect((await refusalOf(verb(store, world.session), Error)).message).to.equal(refusal);
      });
    }

    it('F11: closes its connections to the old one, and so finds the new one', async () => {
      const { newPort, options, proxy, session } = world;
      const fresh = await opened(options, { port: newPort });
      await new TypeOrmTokenStore(fresh).revokeSession(session.id, now);
      await fresh.destroy();
      proxy.target = newPort;
      const early = await Promise.allSettled(checks(pooled));
      expect(early.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected']);
      expect(await Promise.all(checks(pooled))).to.deep.equal([true, true, true]);
    });
  });
}

function opened(options: DataSourceOptions, changes: object): Promise<DataSource> {
  return new DataSource({ ...options, ...changes }).initialize();
}

async function createdIn(options: DataSourceOptions, session: Session): Promise<void> {
  const dataSource = await opened(options, { synchronize: true });
  await new TypeOrmTokenStore(dataSource).createSession(session);
  await dataSource.destroy();
}

const entities = tokenStoreEntities;
const host = '127.0.0.1';

const postgres = (port: number): DataSourceOptions => ({
  type: 'postgres',
  host,
  port,
  username: 'postgres',
  database: 'postgres',
  connectTimeoutMS: 5000,
  entities,
});

const mariadb = (port: number): DataSourceOptions => ({
  type: 'mariadb',
  host,
  port,
  username: 'root',
  database: 'jwt',
  entities,
});

describeSwitchOver('a PostgreSQL that is told to write no more', whyNoPostgresServer, async () => {
  const server = await PostgresServer.create();
  const session = newSession();
  await createdIn(postgres(server.port), session);
  const standby = await server.standby();
  const proxy = await startProxy(server.port);
  const administrator = await new DataSource(postgres(server.port)).initialize();
  return {
    proxy,
    options: postgres(proxy.port),
    session,
    newPort: standby.port,
    demote: async () => {
      await standby.promote();
      await administrator.query('ALTER SYSTEM SET default_transaction_read_only = on');
      await administrator.query('SELECT pg_reload_conf()');
      while (!(await isReadOnly(administrator))) await setTimeout(10);
    },
    remove: async () => {
      await administrator.destroy();
      await standby.kill();
      await server.remove();
    },
  };
});

describeSwitchOver('a MariaDB that is told to write no more', whyNoMariaDbServer, async () => {
  const servers = await Promise.all([MariaDbServer.create(), MariaDbServer.create()]);
  const session = newSession();
  for (const server of servers) {
    await server.execute('CREATE DATABASE jwt');
    await createdIn(mariadb(server.port), session);
  }
  const [old, fresh] = servers;
  const proxy = await startProxy(old.port);
  return {
    proxy,
    options: mariadb(proxy.port),
    session,
    newPort: fresh.port,
    // The user of these specs may write all the same.
    demote: () => old.execute('SET GLOBAL read_only = 1'),
    remove: () => Promise.all(servers.map((server) => server.remove())),
  };
});

describe('a PostgreSQL in recovery', function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let standby: PostgresServer;
  let dataSource: DataSource;
  const session = newSession();

  before(async function () {
    requireService(this, 'a PostgreSQL of our own', whyNoPostgresServer());
    server = await PostgresServer.create();
    await createdIn(postgres(server.port), session);
    standby = await server.standby();
    dataSource = await opened(postgres(standby.port), { poolSize: 1 });
  });
  after(async () => {
    await dataSource?.destroy();
    await standby?.kill();
    await server?.remove();
  });

  for (const [name, verb] of verbs) {
    it(`is not believed: ${name}`, async () => {
      const store = new TypeOrmTokenStore(dataSource);
      expect((await refusalOf(verb(store, session), Error)).message).to.equal(refusal);
    });
  }

  it('is believed as soon as it has been promoted', async () => {
    await standby.promote();
    const store = new TypeOrmTokenStore(dataSource);
    expect(await store.isRevoked(queryOf(session))).to.equal(false);
    expect(await store.revokeSession(session.id, now)).to.equal(true);
    expect(await store.isRevoked(queryOf(session))).to.equal(true);
  });
});

async function isReadOnly(dataSource: DataSource): Promise<boolean> {
  const [row] = await dataSource.query<{ setting: string }[]>(
    `SELECT current_setting('transaction_read_only') AS setting`,
  );
  return row?.setting === 'on';
}
