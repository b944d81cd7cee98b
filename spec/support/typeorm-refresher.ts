import 'reflect-metadata';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { JwtManager } from '../../src';
import { TypeOrmTokenStore, tokenStoreEntities } from '../../src/typeorm';
import { secret } from './manager';
import { serveRefreshes } from './serve-refreshes';

// A process of its own.

interface RefresherOptions {
  readonly options: DataSourceOptions;
  readonly rotationGrace: number;
}

async function run({ options, rotationGrace }: RefresherOptions): Promise<void> {
  const dataSource = await new DataSource({ ...options, entities: tokenStoreEntities }).initialize();
  const store = new TypeOrmTokenStore(dataSource);
  await serveRefreshes(new JwtManager({ secret, store, rotationGrace, storeTimeout: '30s' }), () =>
    dataSource.destroy(),
  );
}

void run(JSON.parse(process.argv[2] ?? '') as RefresherOptions);
