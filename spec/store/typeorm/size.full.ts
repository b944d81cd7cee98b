import { expect } from 'chai';
import { AbstractLogger, type DataSource } from 'typeorm';
import type { Session } from '../../../src';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { describeOn, postgreSql, servers } from '../../support/databases';
import { hashOf, newSession, now } from '../../support/sessions';
import { queryOf, rotationOf } from '../../support/sql-sessions';

const monitor = 'monitor';
const sessionsOfMonitor = 20_000;
const subjects = 80_000;
const columns = [
  'id_hash, subject_hash, epoch, rotated_clock, id, subject, generation',
  'rotated_at, created_at, last_used_at, expires_at, revoked_at, user_agent, ip, label',
].join(', ');

interface Logged {
  readonly query: string;
  readonly parameters: unknown[];
}

class Recorder extends AbstractLogger {
  readonly statements: Logged[] = [];
  override logQuery(query: string, parameters: unknown[] = []): void {
    this.statements.push({ query, parameters });
  }
  protected writeLog(): void {
    // Nothing but statements is of interest.
  }
}

describeOn(servers, 'a large database', (database, kind) => {
  const recorder = new Recorder();
  let dataSource: DataSource;
  let plain: DataSource;
  let store: TypeOrmTokenStore;
  let session: Session;

  before(async () => {
    dataSource = await database.open({ logger: recorder });
    plain = await database.open({ synchronize: false });
    store = new TypeOrmTokenStore(dataSource);
    await fill();
    session = newSession({ subject: monitor });
    await store.createSession(session);
  });

  async function fill(): Promise<void> {
    const isPostgres = kind === postgreSql;
    const sha = (text: string) =>
      isPostgres ? `encode(sha256(CAST(${text} AS bytea)), 'hex')` : `SHA2(${text}, 256)`;
    const numbers = (most: number) =>
      isPostgres
        ? `generate_series(1, ${String(most)}) AS t(seq)`
        : `(SELECT seq FROM seq_1_to_${String(most)}) t`;
    const at = String(now);
    const row = (name: string, subject: string) => `${sha(`CONCAT('${name}', seq)`)}, ${sha(subject)}, 5, 0,
      CONCAT('${name}', seq), ${subject}, 0, ${at}, ${at} - 60 - seq % 1000, ${at} - seq % 1000, ${at} + 900 + seq,
      NULL, NULL, NULL, NULL`;
    const one = `CONCAT('subject', seq)`;
    const texts = [
      `INSERT INTO jwt_session (${columns}) SELECT ${row('m', `'${monitor}'`)} FROM ${numbers(sessionsOfMonitor)}`,
      `INSERT INTO jwt_session (${columns}) SELECT ${row('s', one)} FROM ${numbers(subjects)}`,
      `INSERT INTO jwt_subject (subject_hash, epoch, not_before, revoked_at, expires_at)
        SELECT ${sha(one)}, 5, -1, -1, ${at} + 900 + seq FROM ${numbers(subjects)}`,
      `INSERT INTO jwt_subject (subject_hash, epoch, not_before, revoked_at, expires_at)
        VALUES ('${hashOf(monitor)}', 5, -1, -1, ${at} + 90000)`,
      `INSERT INTO jwt_revoked_token (jti_hash, expires_at) SELECT ${sha(one)}, ${at} + seq FROM ${numbers(subjects)}`,
      ...(isPostgres ? ['ANALYZE'] : ['ANALYZE TABLE jwt_session, jwt_subject, jwt_revoked_token']),
    ];
    for (const text of texts) await plain.query(text);
  }

  const verbs: [string, () => Promise<unknown>][] = [
    ['isRevoked', () => store.isRevoked(queryOf(session))],
    ['isRevoked of a refresh token', () => store.isRevoked(queryOf(session, { generation: 0 }))],
    ['isRevoked without a session', () => store.isRevoked(queryOf(session, { sessionId: undefined }))],
    ['findSession', () => store.findSession(session.id, now)],
    ['listSessions', () => store.listSessions(monitor, now)],
    ['listSessions, the next page', () => store.listSessions(monitor, now, { limit: 100, after: session })],
    ['rotateSession', () => store.rotateSession(rotationOf(session))],
    ['a replay', () => store.rotateSession(rotationOf(session))],
    ['createSession', () => store.createSession(newSession(), { maxSessions: 1000 })],
    ['revokeToken', () => store.revokeToken({ jti: 'jti', subject: monitor, now, expiresAt: now + 900 })],
    ['revokeSubject', () => store.revokeSubject(monitor, now, { exceptSessionId: session.id })],
    ['revokeSession', () => store.revokeSession(session.id, now)],
    ['purgeExpired', () => store.purgeExpired(now + 1500)],
    ['forgetSubject', () => store.forgetSubject(monitor, now)],
  ];
  for (const [name, verb] of verbs) {
    it(`reads no table from its beginning to its end for ${name}`, async () => {
      recorder.statements.length = 0;
      await verb();
      const explained = recorder.statements.filter(({ query }) =>
        /jwt_(session|subject|revoked_token)/.test(query),
      );
      expect(explained).to.have.length.above(0);
      for (const statement of explained.slice(0, 20))
        expect(await fullScans(statement), statement.query).to.deep.equal([]);
    });
  }

  async function fullScans({ query, parameters }: Logged): Promise<string[]> {
    // What comes before the statement is its limit.
    const text = query.replace(/^(SET LOCAL [^;]*;|\/\*M!.*?\*\/)\s*/s, '');
    const rows = await plain.query<Record<string, unknown>[]>(`EXPLAIN ${text}`, parameters);
    if (kind === postgreSql) {
      return rows.map((row) => String(row['QUERY PLAN'])).filter((line) => line.includes('Seq Scan on jwt_'));
    }
    // An INSERT has a line of that type and no rows.
    const isFull = ({ type, table, rows: read }: Record<string, unknown>) =>
      type === 'ALL' && read !== null && !String(table).startsWith('<');
    return rows.filter(isFull).map(({ table }) => String(table));
  }
});
