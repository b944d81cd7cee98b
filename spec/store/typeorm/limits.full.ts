import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import type { Session, StoreLimits } from '../../../src';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { describeOn, postgreSql, servers } from '../../support/databases';
import { newSession, now } from '../../support/sessions';
import { queryOf, rotationOf } from '../../support/sql-sessions';
import { startProxy } from '../../support/tcp-proxy';

describeOn(servers, 'the limit of a statement on its server', (database, kind) => {
  let others: DataSource;
  let session: Session;

  before(async () => {
    others = await database.open();
    session = newSession();
    await new TypeOrmTokenStore(others).createSession(session);
  });

  const verbs: [string, (store: TypeOrmTokenStore, limits: StoreLimits) => Promise<unknown>][] = [
    ['isRevoked', (store, limits) => store.isRevoked(queryOf(session), limits)],
    [
      'isRevoked of a refresh token',
      (store, limits) => store.isRevoked(queryOf(session, { generation: 0 }), limits),
    ],
    ['findSession', (store, limits) => store.findSession(session.id, now, limits)],
    ['listSessions', (store, limits) => store.listSessions(session.subject, now, { limit: 9 }, limits)],
    ['rotateSession', (store, limits) => store.rotateSession(rotationOf(session), limits)],
    ['revokeSession', (store, limits) => store.revokeSession(session.id, now, limits)],
    ['createSession', (store, limits) => store.createSession(newSession(), limits)],
    ['revokeSubject', (store, limits) => store.revokeSubject(session.subject, now, {}, limits)],
    ['forgetSubject', (store, limits) => store.forgetSubject(session.subject, now, {}, limits)],
  ];
  for (const [name, verb] of verbs) {
    it(`F9: ends ${name} while a table is locked and the client cannot be heard`, async () => {
      const proxy = await startProxy(kind.port ?? 0);
      const distant = await database.open({ port: proxy.port, synchronize: false });
      const locker = others.createQueryRunner();
      await locker.query(
        kind === postgreSql
          ? 'BEGIN; LOCK TABLE jwt_session, jwt_subject IN ACCESS EXCLUSIVE MODE'
          : 'LOCK TABLES jwt_session WRITE, jwt_subject WRITE',
      );
      let asked = Promise.resolve<unknown>(undefined);
      // On a machine that is too slow for its deadline it does not get as far as the lock: it has more time then.
      for (let limit = 800; (await waiting()) === 0; limit *= 2) {
        let isOver = false;
        asked = verb(new TypeOrmTokenStore(distant), { deadline: performance.now() + limit })
          .catch((error: unknown) => error)
          .finally(() => (isOver = true));
        while (!isOver && (await waiting()) === 0) await setTimeout(20);
      }
      proxy.isBlackHole = true;
      expect(await asked).to.be.an('error');
      while ((await waiting()) > 0) await setTimeout(20);
      await locker.query(kind === postgreSql ? 'COMMIT' : 'UNLOCK TABLES');
      await locker.release();
      await proxy.close();
      expect(await new TypeOrmTokenStore(others).findSession(session.id, now)).to.deep.equal(session);
    });
  }

  async function waiting(): Promise<number> {
    const [row] = await others.query<{ count: unknown }[]>(
      kind === postgreSql
        ? `SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
        : `SELECT count(*) AS count FROM information_schema.processlist WHERE db = database() AND state LIKE 'Waiting for table%'`,
    );
    return Number(row?.count);
  }
});
