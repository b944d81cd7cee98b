// What a token store costs: refreshes, the check of revocation at each request, bytes for a session.
//
//   npm run build && node bench/stores.mjs [--quick]
//   npm run build && node bench/stores.mjs --size [100000]
//
// With --size it measures each verb on PostgreSQL and MariaDB for a user with so many sessions, a tenth, and a hundredth.
//
// The Redis is the one at REDIS_URL, else at 127.0.0.1:6379; PostgreSQL and MariaDB are those on their usual ports at
// 127.0.0.1, with databases that are made for it and dropped. What is not there is left out.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { DataSource } from 'typeorm';
import { JwtManager, MemoryTokenStore } from '../dist/src/index.js';
import { RedisTokenStore } from '../dist/src/redis.js';
import { TypeOrmTokenStore, tokenStoreEntities } from '../dist/src/typeorm.js';

const isQuick = process.argv.includes('--quick');
const milliseconds = isQuick ? 500 : 3000;
const rounds = isQuick ? 5 : 15;
const sessionCount = isQuick ? 500 : 5000;
const tokenCount = 1000;
const callers = 32;
const monitor = 'monitor';
const secret = randomUUID() + randomUUID();
const userAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const redisUrl = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/**
 * One for each row. `open` answers the store, `bytes`, which tells how much memory the store holds, and `close`, which
 * removes what was left; or nothing when its service is not there.
 */
const contestants = [
  { name: 'MemoryTokenStore', open: openMemory },
  { name: 'RedisTokenStore, redis', open: openNodeRedis },
  { name: 'RedisTokenStore, ioredis', open: openIoredis },
  { name: 'TypeOrmTokenStore, PostgreSQL', open: openPostgreSql },
  { name: 'TypeOrmTokenStore, MariaDB', open: openMariaDb },
  { name: 'TypeOrmTokenStore, better-sqlite3', open: openBetterSqlite },
  { name: 'TypeOrmTokenStore, sql.js', open: () => openSqlite({ type: 'sqljs' }) },
];

const sizeAt = process.argv.indexOf('--size');
if (sizeAt >= 0) {
  await measureSizes(Number(process.argv[sizeAt + 1] ?? 100_000));
  process.exit();
}

const results = {};
for (const { name, open } of contestants) {
  const opened = await open();
  if (opened) results[name] = await measure(opened);
  else console.log(`${name}: its service is not there`);
}
console.log(`Node ${process.versions.node}; ${callers} callers at once; latencies in µs`);
console.table(results);

/** The median of each verb in milliseconds, for users with more and more sessions. */
async function measureSizes(most) {
  const table = {};
  for (const [name, open] of Object.entries({ PostgreSQL: openPostgreSql, MariaDB: openMariaDb })) {
    for (const count of [most / 100, most / 10, most]) {
      const opened = await open();
      if (!opened) continue;
      await fillSessions(opened.dataSource, Math.round(count));
      table[`${name}, ${Math.round(count)} sessions`] = await verbTimes(opened.store);
      await opened.close();
    }
  }
  console.table(table);
}

/** Sessions of one user, made by the server itself. */
async function fillSessions(dataSource, count) {
  const isPostgres = dataSource.options.type === 'postgres';
  const now = unixSeconds();
  const hash = (text) =>
    isPostgres ? `encode(sha256(CAST(${text} AS bytea)), 'hex')` : `SHA2(${text}, 256)`;
  const numbers = isPostgres
    ? `generate_series(1, ${count}) AS t(seq)`
    : `(SELECT seq FROM seq_1_to_${count}) t`;
  const columns =
    'id_hash, subject_hash, epoch, rotated_clock, id, subject, generation, rotated_at, created_at, last_used_at, expires_at';
  await dataSource.query(`INSERT INTO jwt_session (${columns})
    SELECT ${hash(`CONCAT('s', seq)`)}, ${hash(`'${monitor}'`)}, 5, 0, CONCAT('s', seq), '${monitor}', 0,
    ${now}, ${now} - seq % 1000, ${now} - seq % 1000, ${now} + 90000 FROM ${numbers}`);
  await dataSource.query(`INSERT INTO jwt_subject (subject_hash, epoch, not_before, revoked_at, expires_at)
    VALUES (${hash(`'${monitor}'`)}, 5, -1, -1, ${now} + 90000)`);
  await dataSource.query(isPostgres ? 'ANALYZE' : 'ANALYZE TABLE jwt_session, jwt_subject');
}

async function verbTimes(store) {
  const now = unixSeconds();
  const of = { sessionId: 's1', subject: monitor, now, graceSeconds: 10 };
  const login = (subject) => {
    const times = { generation: 0, rotatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: now + 900 };
    return store.createSession({ id: randomUUID(), subject, ...times }, { maxSessions: 1_000_000 });
  };
  let generation = 0;
  const verbs = {
    isRevoked: () => store.isRevoked({ ...of, jti: 'jti', issuedAt: now }),
    rotateSession: () => store.rotateSession({ ...of, generation: generation++, expiresAt: now + 900 }),
    listSessions: () => store.listSessions(monitor, now, { limit: 100 }),
    'createSession (another user)': () => login(randomUUID()),
    revokeSubject: () => store.revokeSubject(monitor, now, { exceptSessionId: 's1' }),
  };
  const row = {};
  for (const [name, verb] of Object.entries(verbs)) {
    const times = [];
    for (let turn = 0; turn < 30; turn++) {
      const start = performance.now();
      await verb();
      times.push(performance.now() - start);
    }
    row[name] = at(times.sort(ascending), 0.5, 2);
  }
  return row;
}

function unixSeconds() {
  return Math.floor(Date.now() / 1000);
}

async function measure({ store, bytes, close }) {
  // A thousand logins at once wait longer for a pool than anybody would.
  const jwtManager = new JwtManager({ secret, store, storeTimeout: 30 });
  const refresh = await refreshes(jwtManager);
  const check = await checks(store, jwtManager);
  const verify = await verifies(jwtManager);
  const perSession = await bytesPerSession(jwtManager, bytes);
  await close();
  return { ...refresh, ...check, ...verify, 'bytes/session': perSession };
}

/** Each caller refreshes a session of its own, one refresh after the other. */
async function refreshes(jwtManager) {
  const chains = await Promise.all(
    Array.from({ length: callers }, async () => {
      let token = (await login(jwtManager)).refresh_token;
      return async () => {
        token = (await jwtManager.refresh(token)).refresh_token;
      };
    }),
  );
  const { rate, sorted } = await load(chains);
  return { 'refreshes/s': Math.round(rate), 'refresh p50': at(sorted, 0.5), 'refresh p99': at(sorted, 0.99) };
}

/** One question after the other, as a request without company asks it. */
async function checks(store, jwtManager) {
  const {
    sessionId,
    id: jti,
    identity: subject,
    issuedAt,
  } = await jwtManager.verify((await login(jwtManager)).access_token);
  const now = unixSeconds();
  const query = { jti, subject, sessionId, issuedAt: issuedAt.getTime() / 1000, now, graceSeconds: 10 };
  const { sorted } = await load([async () => store.isRevoked(query)]);
  return { 'isRevoked p50': at(sorted, 0.5, 1), 'isRevoked p99': at(sorted, 0.99, 1) };
}

/** The same tokens with the store and without one, in turns; the median of the ratios. */
async function verifies(jwtManager) {
  const bare = new JwtManager({ secret, store: false });
  const pairs = await Promise.all(Array.from({ length: tokenCount }, () => login(jwtManager)));
  const texts = pairs.map(({ access_token }) => access_token);
  const ratios = { 1: [], [callers]: [] };
  for (let round = 0; round < rounds; round++) {
    for (const count of [1, callers]) {
      const rates = [];
      for (const manager of [jwtManager, bare]) {
        let next = 0;
        const verify = () => manager.verify(texts[next++ % texts.length]);
        const { rate } = await load(Array(count).fill(verify), milliseconds / rounds);
        rates.push(rate);
      }
      ratios[count].push(rates[0] / rates[1]);
    }
  }
  return {
    'verify ratio, 1 caller': at(ratios[1].sort(ascending), 0.5, 2),
    [`verify ratio, ${callers} callers`]: at(ratios[callers].sort(ascending), 0.5, 2),
  };
}

/** Each session is of a user of its own. */
async function bytesPerSession(jwtManager, bytes) {
  const before = await bytes();
  for (let count = 0; count < sessionCount; count += 100) {
    await Promise.all(Array.from({ length: 100 }, () => login(jwtManager)));
  }
  return Math.round(((await bytes()) - before) / sessionCount);
}

function login(jwtManager, identity = randomUUID()) {
  return jwtManager.createTokenPair(identity, { session: { userAgent, ip: '203.0.113.195' } });
}

/** Runs each work over and over, all at once. */
async function load(works, duration = milliseconds) {
  const times = [];
  const start = performance.now();
  await Promise.all(
    works.map(async (work) => {
      for (let begin = performance.now(); begin < start + duration; begin = performance.now()) {
        await work();
        times.push(performance.now() - begin);
      }
    }),
  );
  const rate = (times.length / (performance.now() - start)) * 1000;
  return { rate, sorted: times.sort(ascending).map((time) => time * 1000) };
}

function at(sorted, part, digits = 0) {
  return Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(digits));
}

function ascending(one, other) {
  return one - other;
}

function openMemory() {
  const bytes = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  return { store: new MemoryTokenStore(), bytes, close: () => {} };
}

async function openNodeRedis() {
  const client = createClient({ url: redisUrl, socket: { reconnectStrategy: false } });
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
