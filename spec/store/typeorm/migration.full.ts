import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { DataSource, QueryRunner } from 'typeorm';
import { TypeOrmTokenStore, tokenStoreMigrations } from '../../../src/typeorm';
import { allKinds, describeOn, servers } from '../../support/databases';
import { refusalOf } from '../../support/rejected';

const migrator = resolve(__dirname, '../../support/typeorm-migrator.js');
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

/** Executes statements that create something only so often, and fails then, as a process that dies. */
function dyingAfter(runner: QueryRunner, creations: number): QueryRunner {
  let left = creations;
  return new Proxy(runner, {
    get: (target, name): unknown => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const method = value as (this: unknown, ...args: unknown[]) => unknown;
      return function (this: unknown, ...args: unknown[]): unknown {
        if (name === 'query' && /^CREATE/.test(String(args[0])) && left-- === 0) throw new Error('died');
        return Reflect.apply(method, this, args);
      };
    },
  });
}

describeOn(allKinds, 'the migration of the token store', (database) => {
  const [Migration] = tokenStoreMigrations;
  const up = async (runner: QueryRunner): Promise<void> => {
    if (Migration) await new Migration().up(runner);
  };

  it('goes on where a process has died in its middle, wherever that was', async () => {
    for (let creations = 0; ; creations++) {
      const dataSource = await database.open(migrated);
      const runner = dyingAfter(dataSource.createQueryRunner(), creations);
      const died = await up(runner).then(
        () => false,
        () => true,
      );
      await runner.release();
      await dataSource.runMigrations({ transaction: 'none' });
      expect(await differences(dataSource)).to.deep.equal([]);
      await empty(dataSource);
      if (!died) break;
    }
  });

  it('finds nothing to do where synchronize was first', async () => {
    await (await database.open()).destroy();
    const dataSource = await database.open(migrated);
    expect(await dataSource.runMigrations()).to.have.length(1);
    expect(await differences(dataSource)).to.deep.equal([]);
    await empty(dataSource);
  });

  it('may be repeated, and mixed with createTables', async () => {
    const dataSource = await database.open(migrated);
    const store = new TypeOrmTokenStore(dataSource);
    await store.createTables();
    await store.createTables();
    await dataSource.runMigrations();
    await dataSource.query('DELETE FROM migrations');
    await dataSource.runMigrations();
    await store.createTables();
    expect(await differences(dataSource)).to.deep.equal([]);
    await empty(dataSource);
  });

  it('lets go of its lock when it fails', async () => {
    const dataSource = await database.open(migrated);
    const runner = dyingAfter(dataSource.createQueryRunner(), 1);
    await refusalOf(up(runner), Error);
    await new TypeOrmTokenStore(dataSource).createTables();
    await runner.release();
    expect(await differences(dataSource)).to.deep.equal([]);
    await empty(dataSource);
  });
});

describeOn(servers, 'three processes that start at once', (database) => {
  for (const [name, migrationsRun] of [
    ['by the migration', true],
    ['by createTables', false],
  ] as const) {
    it(`all get the tables, ${name}`, async () => {
      const dataSource = await database.open(migrated);
      // TypeORM makes its own table without a lock.
      if (migrationsRun) await dataSource.showMigrations();
      const options = { options: database.options, migrationsRun, at: Date.now() + 4000 };
      const starting = Array.from({ length: 3 }, () =>
        promisify(execFile)(process.execPath, [migrator, JSON.stringify(options)]),
      );
      await Promise.all(starting);
      expect(await differences(dataSource)).to.deep.equal([]);
      await empty(dataSource);
    });
  }
});
