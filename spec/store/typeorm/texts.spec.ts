import { expect } from 'chai';
import { AbstractLogger, type DataSource } from 'typeorm';
import type { Session } from '../../../src';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { allKinds, describeOn, mariaDb } from '../../support/databases';
import { newSession, now } from '../../support/sessions';
import { queryOf, rotationOf } from '../../support/sql-sessions';

const hostile = [
  `\\' OR 1=1 -- `,
  `\\", ip = (SELECT 1), label = "x`,
  `\\'), (1, (SELECT id FROM jwt_session LIMIT 1)) -- `,
  `'; DROP TABLE jwt_session; -- `,
  '$1 $2 ? ?text :name "subjectHash"',
  '{JwtSession} [id] @clock @primary',
  '`back` /* comment */ /*! 1 */ %s \\0 \\u0000 \u2028',
  '\u00bf\u0027 \uff07 ünïcödé ☃ 😀',
];

describeOn(allKinds, 'texts of a request in TypeOrmTokenStore', (database, kind) => {
  let dataSource: DataSource;
  const statements: unknown[] = [];

  class Recorder extends AbstractLogger {
    override logQuery(query: string, parameters?: unknown[]): void {
      statements.push(query, ...(parameters ?? []));
    }
    protected writeLog(): void {
      // Nothing but statements is of interest.
    }
  }

  before(async () => {
    dataSource = await database.open({ logger: new Recorder() });
  });

  /** Every connection of the pool, whichever a verb gets. */
  async function withoutEscapes(): Promise<void> {
    if (kind !== mariaDb) return;
    const runners = Array.from({ length: 10 }, () => dataSource.createQueryRunner());
    await Promise.all(
      runners.map((runner) =>
        runner.query(`SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')`),
      ),
    );
    await Promise.all(runners.map((runner) => runner.release()));
  }

  for (const text of hostile) {
    it(`come back as they were, and do nothing else: ${JSON.stringify(text)}`, async () => {
      await withoutEscapes();
      const store = new TypeOrmTokenStore(dataSource, { prefix: `shop ${text}` });
      const session: Session = newSession({
        id: text,
        subject: text,
        userAgent: text,
        ip: text,
        label: text,
      });
      await store.createSession(session, { maxSessions: 5 });
      expect(await store.findSession(text, now)).to.deep.equal(session);
      expect(await store.listSessions(text, now)).to.deep.equal([session]);
      expect(await store.listSessions(text, now, { limit: 9, after: session })).to.deep.equal([]);
      await store.revokeToken({ jti: text, subject: text, now, expiresAt: now + 900 });
      expect(await store.isRevoked(queryOf(session))).to.equal(false);
      expect(await store.isRevoked(queryOf(session, { jti: text }))).to.equal(true);
      const seen = { userAgent: `${text}'`, ip: `${text}\\` };
      const { outcome, session: row } = await store.rotateSession(rotationOf(session, { seen }));
      expect(outcome).to.equal('rotated');
      expect(await store.findSession(text, now)).to.deep.equal({ ...row });
      expect(row).to.deep.include(seen);
      await store.revokeSubject(text, now, { exceptSessionId: text });
      expect(await store.revokeSession(text, now, { subject: text })).to.equal(true);
      await store.forgetSubject(text, now);
    });
  }

  it('F10: are in no statement, and a parameter of PostgreSQL or hexadecimal at most', () => {
    const seen = statements.filter((value) => typeof value === 'string' && /OR 1=1|DROP TABLE/.test(value));
    if (kind === mariaDb) expect(seen).to.deep.equal([]);
    for (const value of seen) expect(value).not.to.match(/^(SELECT|INSERT|UPDATE|DELETE|SET)/);
  });
});
