// The stores that the benchmarks compare.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { DataSource } from 'typeorm';
import { MemoryTokenStore } from '../dist/src/index.js';
import { RedisTokenStore } from '../dist/src/redis.js';
import { TypeOrmTokenStore, tokenStoreEntities } from '../dist/src/typeorm.js';

const redisUrl = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/**
 * One for each row. `open` returns the store, `bytes`, which returns how much memory the store uses, `close`, which removes
 * everything, and for SQL the `dataSource`; undefined if its server is not there.
 */
export const contestants = [
  { name: 'MemoryTokenStore', open: openMemory },
  { name: 'RedisTokenStore, redis', open: openNodeRedis },
  { name: 'RedisTokenStore, ioredis', open: openIoredis },
  { name: 'TypeOrmTokenStore, PostgreSQL', open: openPostgreSql },
  { name: 'TypeOrmTokenStore, MariaDB', open: openMariaDb },
  { name: 'TypeOrmTokenStore, better-sqlite3', open: openBetterSqlite },
  { name: 'TypeOrmTokenStore, sql.js', open: () => openSqlite({ type: 'sqljs' }) },
];

function openMemory() {
  const bytes = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  return { store: new MemoryTokenStore(), bytes, close: () => {} };
}

async function openNodeRedis() {
  // The default of five seconds is too short on a machine that is busy with a million sessions.
  const commandOptions = { timeout: 60_000 };
  const client = createClient({ url: redisUrl, socket: { reconnectStrategy: false }, commandOptions });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch {
    return undefined;
  }
  const prefix = ownPrefix();
  return {
    prefix,
    store: new RedisTokenStore(client, { prefix }),
    bytes: () => redisBytes(client, prefix),
    close: async () => {
      for await (const keys of keysOf(client, prefix)) await client.unlink(keys);
      client.destroy();
    },
  };
}

async function openIoredis() {
  const opened = await openNodeRedis();
  if (!opened) return undefined;
  const client = new Redis(redisUrl);
  return {
    ...opened,
    store: new RedisTokenStore(client, { prefix: opened.prefix }),
    close: async () => {
      await opened.close();
      client.disconnect();
    },
  };
}

/** As long as the one that a store has by default. */
function ownPrefix() {
  return `bench-${randomUUID().slice(0, 17)}`;
}

/** What Redis says that the keys take, names and all. */
async function redisBytes(client, prefix) {
  let sum = 0;
  for await (const keys of keysOf(client, prefix)) {
    const sizes = await Promise.all(keys.map((key) => client.memoryUsage(key, { SAMPLES: 0 })));
    for (const size of sizes) sum += size ?? 0;
  }
  return sum;
}

async function* keysOf(client, prefix) {
  for await (const keys of client.scanIterator({ MATCH: `{${prefix}:*`, COUNT: 1000 })) {
    if (keys.length > 0) yield keys;
  }
}

function openPostgreSql() {
  const options = { type: 'postgres', host: '127.0.0.1', username: 'postgres', connectTimeoutMS: 5000 };
  return openServer(options, 'postgres', async (dataSource) => {
    const [{ size }] = await dataSource.query("SELECT pg_total_relation_size('jwt_session') AS size");
    return Number(size);
  });
}

function openMariaDb() {
  const options = { type: 'mariadb', host: '127.0.0.1', username: 'root', password: '' };
  return openServer(options, 'mysql', async (dataSource) => {
    await dataSource.query('ANALYZE TABLE jwt_session');
    const [{ size }] = await dataSource.query(
      "SELECT data_length + index_length AS size FROM information_schema.tables WHERE table_schema = database() AND table_name = 'jwt_session'",
    );
    return Number(size);
  });
}

/** A database of its own on a server. */
async function openServer(options, existing, bytes) {
  const administrator = new DataSource({ ...options, database: existing });
  try {
    await administrator.initialize();
  } catch {
    return undefined;
  }
  const database = `jwt_bench_${randomUUID().slice(0, 8)}`;
  await administrator.query(`CREATE DATABASE ${database}`);
  const dataSource = await openDataSource({ ...options, database });
  return {
    dataSource,
    store: new TypeOrmTokenStore(dataSource),
    bytes: () => bytes(dataSource),
    close: async () => {
      await dataSource.destroy();
      await administrator.query(`DROP DATABASE ${database}`);
      await administrator.destroy();
    },
  };
}

async function openBetterSqlite() {
  const folder = await mkdtemp(join(tmpdir(), 'jwt-bench-'));
  const options = { type: 'better-sqlite3', database: join(folder, 'sessions.sqlite'), enableWAL: true };
  try {
    return await openSqlite(options, () => rm(folder, { recursive: true }));
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  }
}

async function openSqlite(options, remove = () => {}) {
  const dataSource = await openDataSource(options);
  return {
    store: new TypeOrmTokenStore(dataSource),
    bytes: async () => {
      const [{ page_count: count }] = await dataSource.query('PRAGMA page_count');
      const [{ page_size: size }] = await dataSource.query('PRAGMA page_size');
      return count * size;
    },
    close: async () => {
      await dataSource.destroy();
      await remove();
    },
  };
}

function openDataSource(options) {
  return new DataSource({ ...options, entities: tokenStoreEntities, synchronize: true }).initialize();
}
