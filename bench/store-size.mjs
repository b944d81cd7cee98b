// What the methods of the stores cost as the number of sessions of a user grows.
import { randomUUID } from 'node:crypto';
import { shardOf } from '../dist/src/index.js';
import { contestants } from './open-stores.mjs';

const monitor = 'monitor';
const rounds = 101;
const userAgent =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

/** The ones that differ: the other clients and SQLite cost about the same for any number of sessions. */
const measured = new Set([
  'MemoryTokenStore',
  'RedisTokenStore, redis',
  'TypeOrmTokenStore, PostgreSQL',
  'TypeOrmTokenStore, MariaDB',
]);

/** Prints the median of each method in milliseconds, and bytes for a session. */
export async function measureSizes(most) {
  const table = {};
  for (const { name, open } of contestants) {
    if (!measured.has(name)) continue;
    for (const count of [10, most / 100, most / 10, most].map(Math.round)) {
      const opened = await open();
      if (!opened) continue;
      const row = await measure(opened, count);
      table[`${name}, ${count}`] = row;
      console.error(name, count, JSON.stringify(row));
    }
  }
  console.table(table);
}

async function measure({ store, dataSource, bytes, close }, count) {
  const before = await bytes();
  if (dataSource) await fillTable(dataSource, count);
  else await fill(store, count);
  const perSession = Math.round(((await bytes()) - before) / count);
  const times = await methodTimes(store, count);
  await close();
  return { ...times, 'bytes/session': perSession };
}

async function fill(store, count) {
  for (let next = 0; next < count;) {
    const batch = Array.from({ length: Math.min(200, count - next) }, () =>
      store.createSession(session(++next)),
    );
    await Promise.all(batch);
  }
}

/** Sessions of one user, created by the server itself. */
async function fillTable(dataSource, count) {
  const isPostgres = dataSource.options.type === 'postgres';
  const hash = (text) =>
    isPostgres ? `encode(sha256(CAST(${text} AS bytea)), 'hex')` : `SHA2(${text}, 256)`;
  const numbers = isPostgres
    ? `generate_series(1, ${count}) AS t(seq)`
    : `(SELECT seq FROM seq_1_to_${count}) t`;
  const { id, createdAt, expiresAt, ip } = session('');
  const idOf = `CONCAT('${id}', seq)`;
  const columns =
    'id_hash, subject_hash, epoch, rotated_clock, id, subject, generation, rotated_at, created_at, last_used_at, expires_at, user_agent, ip';
  await dataSource.query(`INSERT INTO jwt_session (${columns})
    SELECT ${hash(idOf)}, ${hash(`'${monitor}'`)}, 5, 0, ${idOf}, '${monitor}', 0,
    ${createdAt}, ${createdAt} - seq % 1000, ${createdAt} - seq % 1000, ${expiresAt}, '${userAgent}', '${ip}' FROM ${numbers}`);
  await dataSource.query(`INSERT INTO jwt_subject (subject_hash, epoch, not_before, revoked_at, expires_at)
    VALUES (${hash(`'${monitor}'`)}, 5, -1, -1, ${expiresAt})`);
  await dataSource.query(isPostgres ? 'ANALYZE' : 'ANALYZE TABLE jwt_session, jwt_subject');
}

function session(number) {
  const now = unixSeconds();
  const times = { rotatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: now + 90_000 };
  const id = `${shardOf(monitor)}session-${number}`;
  return { id, subject: monitor, generation: 0, ...times, userAgent, ip: '203.0.113.195' };
}

async function methodTimes(store, count) {
  const now = unixSeconds();
  const { id: sessionId } = session(1);
  const of = { sessionId, subject: monitor, now, graceSeconds: 10 };
  let generation = 0;
  const methods = {
    isRevoked: () => store.isRevoked({ ...of, jti: 'jti', issuedAt: now }),
    rotateSession: () => store.rotateSession({ ...of, generation: generation++, expiresAt: now + 90_000 }),
    findSession: () => store.findSession(sessionId, now),
    'listSessions (100)': () => store.listSessions(monitor, now, { limit: 100 }),
    'createSession at the limit': () => store.createSession(session(randomUUID()), { maxSessions: count }),
    revokeSubject: () => store.revokeSubject(monitor, now, { exceptSessionId: sessionId }),
  };
  const row = {};
  for (const [name, method] of Object.entries(methods)) {
    // Only the first one has all sessions to end.
    const [first, ...others] = await timesOf(method, name === 'revokeSubject' ? 1 : rounds);
    row[name] = others.length === 0 ? first : others.sort((one, other) => one - other)[rounds >> 1];
    row[name] = Number(row[name].toFixed(3));
  }
  return row;
}

async function timesOf(method, count) {
  const times = [];
  for (let round = 0; round < count; round++) {
    const start = performance.now();
    await method();
    times.push(performance.now() - start);
  }
  return times;
}

function unixSeconds() {
  return Math.floor(Date.now() / 1000);
}
