import { MemoryTokenStore, type TokenStore } from 'routing-controllers-jwt';
import { RedisTokenStore } from 'routing-controllers-jwt/redis';
import { tokenStoreEntities, tokenStoreMigrations, TypeOrmTokenStore } from 'routing-controllers-jwt/typeorm';
import { createClient } from 'redis';
import { DataSource, type DataSourceOptions } from 'typeorm';

interface OpenStore {
  readonly store: TokenStore;
  /** Connects before the first request. */
  readonly open: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

/** Sessions live in this process, in the Redis of REDIS_URL, or in the database of DATABASE_URL. */
export function chooseStore({ REDIS_URL: redis, DATABASE_URL: database }: NodeJS.ProcessEnv): OpenStore {
  if (redis) return inRedis(redis);
  if (database) return inDatabase(database);
  return { store: new MemoryTokenStore(), open: async () => {}, close: async () => {} };
}

function inRedis(url: string): OpenStore {
  const client = createClient({ url });
  // The client connects again by itself; until then every protected request is a 503.
  client.on('error', (error: Error) => {
    console.error(`Redis: ${error.message}`);
  });
  return { store: new RedisTokenStore(client), open: () => client.connect(), close: () => client.close() };
}

function inDatabase(url: string): OpenStore {
  const dataSource = new DataSource({
    ...connectionTo(url),
    entities: [...tokenStoreEntities],
    migrations: [...tokenStoreMigrations],
    migrationsRun: true,
  });
  const store = new TypeOrmTokenStore(dataSource);
  const timer = setInterval(() => {
    store.purgeExpired().catch(console.error);
  }, 3_600_000).unref();
  const close = () => {
    clearInterval(timer);
    return dataSource.destroy();
  };
  return { store, open: () => dataSource.initialize(), close };
}

/** `postgres://…`, `mysql://…`, `mariadb://…`, or `sqlite:` and a file, which is written at the end of each statement. */
function connectionTo(url: string): DataSourceOptions {
  const { protocol, pathname } = new URL(url);
  if (protocol === 'sqlite:') return { type: 'sqljs', location: pathname, autoSave: true };
  if (protocol === 'mysql:' || protocol === 'mariadb:') return { type: 'mysql', url };
  return { type: 'postgres', url, connectTimeoutMS: 2000 };
}
