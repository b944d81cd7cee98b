import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { TypeOrmTokenStore, tokenStoreEntities, tokenStoreMigrations } from '../../src/typeorm';

// A process of its own, which starts as an application does.

interface MigratorOptions {
  readonly options: DataSourceOptions;
  readonly migrationsRun: boolean;
  /** Unix milliseconds: all begin together. */
  readonly at: number;
}

async function run({ options, migrationsRun, at }: MigratorOptions): Promise<void> {
  const dataSource = new DataSource({
    ...options,
    entities: tokenStoreEntities,
    migrations: tokenStoreMigrations,
  });
  await dataSource.initialize();
  const store = new TypeOrmTokenStore(dataSource);
  await setTimeout(at - Date.now());
  if (migrationsRun) await dataSource.runMigrations();
  else await store.createTables();
  await store.findSession('sid', 0);
  await dataSource.destroy();
}

void run(JSON.parse(process.argv[2] ?? '') as MigratorOptions);
