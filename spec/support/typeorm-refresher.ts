import 'reflect-metadata';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { JwtError, JwtManager } from '../../src';
import { TypeOrmTokenStore, tokenStoreEntities } from '../../src/typeorm';
import { secret } from './manager';
import type { RefreshOrder, Refreshed } from './refresher';

// A process of its own: refreshes what its parent says, and may be killed at any time.

/** What the process works with. */
interface RefresherOptions {
  readonly options: DataSourceOptions;
  readonly rotationGrace: number;
}

async function run({ options, rotationGrace }: RefresherOptions): Promise<void> {
  const dataSource = await new DataSource({ ...options, entities: tokenStoreEntities }).initialize();
  const store = new TypeOrmTokenStore(dataSource);
  const manager = new JwtManager({ secret, store, rotationGrace, storeTimeout: 10 });
  // So that the first order finds everything warm.
  await manager.refresh((await manager.createTokenPair('warm-up')).refresh_token);

  process.on('message', ({ token, count, at }: RefreshOrder) => {
    // All processes begin in the same moment.
    while (Date.now() < at);
    void Promise.all(Array.from({ length: count }, () => refresh(manager, token))).then((results) =>
      process.send?.(results),
    );
  });
  process.on('disconnect', () => void dataSource.destroy());
  process.send?.([]);
}

async function refresh(manager: JwtManager, token: string): Promise<Refreshed> {
  try {
    return { pair: await manager.refresh(token) };
  } catch (error) {
    return { code: error instanceof JwtError ? error.code : String(error) };
  }
}

void run(JSON.parse(process.argv[2] ?? '') as RefresherOptions);
