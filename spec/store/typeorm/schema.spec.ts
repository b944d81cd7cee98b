import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { TypeOrmTokenStore, tokenStoreEntities, tokenStoreMigrations } from '../../../src/typeorm';
import { allKinds, describeOn, mariaDb, postgreSql } from '../../support/databases';
import { testManager } from '../../support/manager';
import { partsOf } from '../../support/forge';

const migrated = { synchronize: false, migrations: tokenStoreMigrations };

/** The statements by which `synchronize` would change the schema. */
async function differences(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

async function empty(dataSource: DataSource): Promise<void> {
  await dataSource.dropDatabase();
  await dataSource.destroy();
}

describeOn(allKinds, 'the tables of the token store', (database, kind) => {
  it('are the same whether the migration or synchronize has made them', async () => {
    const dataSource = await database.open(migrated);
    expect(await differences(dataSource)).to.have.length.above(2);
    const ran = await dataSource.runMigrations();
    expect(ran.map(({ name }) => name)).to.deep.equal(['CreateJwtTokenStore1767225600000']);
    expect(await differences(dataSource)).to.deep.equal([]);
    await empty(dataSource);
    const synchronized = await database.open();
    expect(await differences(synchronized)).to.deep.equal([]);
    await empty(synchronized);
  });

  it('are gone when the migration is undone', async () => {
    const dataSource = await database.open(migrated);
    const before = await differences(dataSource);
    await dataSource.runMigrations();
    await dataSource.undoLastMigration();
    expect(await differences(dataSource)).to.deep.equal(before);
    await dataSource.runMigrations();
    expect(await differences(dataSource)).to.deep.equal([]);
    await empty(dataSource);
  });

  it('are made by TypeORM 0.3 as well, which calls a DataSource a connection', async () => {
    const dataSource = await database.open({ synchronize: false });
    const runner = dataSource.createQueryRunner();
    const old = new Proxy(runner, {
      get: (target, name) => {
        const value: unknown = name === 'dataSource' ? undefined : Reflect.get(target, name);
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    });
    for (const Migration of tokenStoreMigrations) await new Migration().up(old);
    await runner.release();
    expect(await differences(dataSource)).to.deep.equal([]);
    await empty(dataSource);
  });

  it('may have a prefix, and the store finds them', async () => {
    const dataSource = await database.open({ ...migrated, entityPrefix: 'Auth-' });
    await dataSource.runMigrations();
    expect(await differences(dataSource)).to.deep.equal([]);
    const jwtManager = testManager({ store: new TypeOrmTokenStore(dataSource) });
    const { refresh_token } = await jwtManager.createTokenPair('ada');
    await jwtManager.refresh(refresh_token);
    expect(await jwtManager.listSessions('ada')).to.have.length(1);
    const quote = (name: string) => dataSource.driver.escape(name);
    expect(await dataSource.query(`SELECT * FROM ${quote('Auth-jwt_session')}`)).to.have.length(1);
    await empty(dataSource);
  });

  it('show numbers where an application reads them by itself', async () => {
    const dataSource = await database.open();
    await testManager({ store: new TypeOrmTokenStore(dataSource) }).createTokenPair('ada');
    const [row] = await dataSource.getRepository('JwtSession').find();
    expect(row).to.deep.include({ subject: 'ada', generation: 0, revokedAt: null, label: null });
    expect(row?.['expiresAt']).to.equal(Number(row?.['createdAt']) + 30 * 86_400);
    await empty(dataSource);
  });

  it('F10: hold no text of a token', async () => {
    const dataSource = await database.open();
    const jwtManager = testManager({ store: new TypeOrmTokenStore(dataSource) });
    const first = await jwtManager.createTokenPair('ada', { session: { userAgent: 'Firefox' } });
    const second = await jwtManager.refresh(first.refresh_token);
    await jwtManager.revoke(second.access_token);
    await jwtManager.revokeAll('ada');
    const rows: unknown[] = [];
    for (const { options } of tokenStoreEntities) {
      rows.push(...(await dataSource.query<unknown[]>(`SELECT * FROM ${String(options.tableName)}`)));
    }
    expect(rows).to.have.length(3);
    const stored = JSON.stringify(rows, (_, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    );
    expect(stored).to.include(partsOf(first.refresh_token).claims['sid']);
    const tokens = [first, second].flatMap((pair) => [pair.access_token, pair.refresh_token]);
    for (const piece of tokens.flatMap((token) => token.split('.'))) {
      for (let start = 0; start + 12 <= piece.length; start += 6) {
        expect(stored).not.to.include(piece.slice(start, start + 12));
      }
    }
    await empty(dataSource);
  });

  if (kind === postgreSql) {
    it('may be in a schema of their own', async () => {
      const dataSource = await database.open({ ...migrated, schema: 'auth' });
      await dataSource.query('CREATE SCHEMA auth');
      await dataSource.runMigrations();
      expect(await differences(dataSource)).to.deep.equal([]);
      await testManager({ store: new TypeOrmTokenStore(dataSource) }).createTokenPair('ada');
      expect(await dataSource.query('SELECT * FROM auth.jwt_session')).to.have.length(1);
      await empty(dataSource);
    });
  }

  if (kind === mariaDb) {
    it('take every character from the migration, whatever the database was made for', async () => {
      const dataSource = await database.open(migrated);
      await dataSource.query(`ALTER DATABASE ${String(database.options.database)} CHARACTER SET latin1`);
      await dataSource.runMigrations();
      expect(await differences(dataSource)).to.deep.equal([]);
      const jwtManager = testManager({ store: new TypeOrmTokenStore(dataSource) });
      await jwtManager.createTokenPair('ада 😀', { session: { label: '😀'.repeat(100) } });
      const [session] = await jwtManager.listSessions('ада 😀');
      expect(session).to.include({ subject: 'ада 😀', label: '😀'.repeat(100) });
      await empty(dataSource);
    });
  }
});
