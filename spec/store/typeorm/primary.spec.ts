import { expect } from 'chai';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { describeOn, postgreSql } from '../../support/databases';
import { refusalOf } from '../../support/rejected';
import { newSession, now } from '../../support/sessions';
import { queryOf, rotationOf } from '../../support/sql-sessions';

/** What primary.full.ts does with servers of its own, here with a database that takes no writes. */
describeOn([postgreSql], 'F11: a server that is not the primary', (database) => {
  const session = newSession();
  let store: TypeOrmTokenStore;

  before(async () => {
    const dataSource = await database.open();
    await new TypeOrmTokenStore(dataSource).createSession(session);
    const name = String(database.options.database);
    await dataSource.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await dataSource.destroy();
    store = new TypeOrmTokenStore(await database.open({ synchronize: false }));
  });

  const verbs: [name: string, ask: () => Promise<unknown>][] = [
    ['isRevoked', () => store.isRevoked(queryOf(session))],
    ['findSession', () => store.findSession(session.id, now)],
    ['createSession', () => store.createSession(newSession())],
    ['rotateSession', () => store.rotateSession(rotationOf(session))],
    ['revokeSession', () => store.revokeSession(session.id, now)],
  ];
  for (const [name, ask] of verbs) {
    it(`is not believed: ${name}`, async () => {
      const { message } = await refusalOf(ask(), Error);
      expect(message).to.equal('the database server is not the primary');
    });
  }
});
