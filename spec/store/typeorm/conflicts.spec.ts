import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { DataSource, EntitySubscriberInterface, QueryRunner } from 'typeorm';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { describeOn, postgreSql, servers } from '../../support/databases';
import { refusalOf } from '../../support/rejected';
import { hashOf, newSession, now } from '../../support/sessions';

describeOn(servers, 'a transaction that the database ends', (database, kind) => {
  let dataSource: DataSource;
  let store: TypeOrmTokenStore;
  const begun = { count: 0 };

  before(async () => {
    if (kind === postgreSql) {
      const first = await database.open();
      await first.query(`ALTER DATABASE ${String(database.options.database)} SET deadlock_timeout = '300ms'`);
      await first.destroy();
    }
    dataSource = await database.open();
    store = new TypeOrmTokenStore(dataSource);
    dataSource.subscribers.push({
      afterQuery: ({ query }: { query: string }) => {
        if (query.startsWith('START TRANSACTION')) begun.count++;
      },
    } as EntitySubscriberInterface);
  });

  beforeEach(() => {
    begun.count = 0;
  });

  /** Takes the session first and the subject second, where the store does it the other way round. */
  async function crossing(subject: string, sessionId: string, meanwhile: () => Promise<void>): Promise<void> {
    const runner = dataSource.createQueryRunner();
    // It has written more, so that it is not the one that is ended.
    await runner.query(
      kind === postgreSql ? `SET deadlock_timeout = '1min'` : 'SET SESSION lock_wait_timeout = 60',
    );
    await runner.query('START TRANSACTION');
    for (let index = 0; index < 50; index++) {
      await runner.query(`INSERT INTO jwt_revoked_token VALUES ('${randomUUID()}', 1)`);
    }
    await runner.query(`UPDATE jwt_session SET label = 'x' WHERE id_hash = '${hashOf(sessionId)}'`);
    await meanwhile();
    await runner.query(
      `UPDATE jwt_subject SET not_before = ${String(now + 60)} WHERE subject_hash = '${hashOf(subject)}'`,
    );
    await runner.query('COMMIT');
    if (kind === postgreSql) await runner.query('RESET deadlock_timeout');
    await runner.release();
  }

  it('for a deadlock, is begun again and comes through', async () => {
    const session = newSession();
    await store.createSession(session);
    const before = await limits();
    let verb: Promise<unknown> | undefined;
    await crossing(session.subject, session.id, async () => {
      const limits = { deadline: performance.now() + 30_000 };
      verb = store.revokeSubject(session.subject, now, { exceptSessionId: session.id }, limits);
      await waiting(dataSource);
    });
    await verb;
    // The application has its connections back as it left them.
    expect(await limits()).to.deep.equal(before);
    // One created the session, one was crossing; on a busy machine they may meet more than once.
    expect(begun.count).to.be.within(4, 7);
    expect(await store.listSessions(session.subject, now)).to.have.length(1);
    // It has not gone back behind what the other one wrote.
    const token = { jti: 'jti', subject: session.subject, now, graceSeconds: 0 };
    expect(await store.isRevoked({ ...token, issuedAt: now + 60 })).to.equal(true);
    expect(await store.isRevoked({ ...token, issuedAt: now + 61 })).to.equal(false);
  });

  /** The limits of all connections in the pool that are free. */
  async function limits(): Promise<unknown[]> {
    const names =
      kind === postgreSql
        ? ['statement_timeout', 'lock_timeout']
        : ['wait_timeout', 'innodb_lock_wait_timeout'];
    const text =
      kind === postgreSql
        ? `SELECT ${names.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}`
        : `SELECT ${names.map((name) => `@@SESSION.${name} AS ${name}`).join(', ')}`;
    const runners = Array.from({ length: 3 }, () => dataSource.createQueryRunner());
    const found = await Promise.all(runners.map(async (runner) => (await runner.query(text)) as unknown[]));
    await Promise.all(runners.map((runner) => runner.release()));
    return found.flat();
  }

  async function waiting(on: DataSource): Promise<void> {
    const text =
      kind === postgreSql
        ? `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
        : `SELECT id FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = trx_mysql_thread_id
           WHERE trx_state = 'LOCK WAIT' AND db = database()`;
    // InnoDB tells the same for a tenth of a second, counted from the last question.
    const pause = kind === postgreSql ? 5 : 150;
    while ((await on.query<unknown[]>(text)).length === 0) await setTimeout(pause);
  }

  const revocation = { jti: 'jti', subject: 'ada', now, expiresAt: now };
  const ends: [string, string, string, number][] = [
    ['for the sake of another, is begun five times at most', '40001', '1213', 5],
    ['for another reason, is not begun again', '45000', '1644', 1],
  ];
  for (const [name, state, errorNumber, count] of ends) {
    it(name, async () => {
      const runner = dataSource.createQueryRunner();
      await refuseRevokedTokens(runner, state, errorNumber);
      expect((await refusalOf(store.revokeToken(revocation), Error)).message).to.include('sorry');
      expect(begun.count).to.equal(count);
      await runner.query(`DROP TRIGGER refuse ${kind === postgreSql ? 'ON jwt_revoked_token' : ''}`);
      await runner.release();
      await store.revokeToken(revocation);
    });
  }

  async function refuseRevokedTokens(runner: QueryRunner, state: string, errorNumber: string): Promise<void> {
    if (kind === postgreSql) {
      await runner.query(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'sorry' USING ERRCODE = '${state}'; END $$`);
      await runner.query(
        'CREATE TRIGGER refuse BEFORE INSERT ON jwt_revoked_token FOR EACH ROW EXECUTE FUNCTION refuse()',
      );
    } else {
      await runner.query(`CREATE TRIGGER refuse BEFORE INSERT ON jwt_revoked_token FOR EACH ROW
        SIGNAL SQLSTATE '${state}' SET MESSAGE_TEXT = 'sorry', MYSQL_ERRNO = ${errorNumber}`);
    }
  }
});
