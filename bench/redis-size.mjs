// What the verbs of RedisTokenStore cost as the number of sessions grows: microseconds for each, and bytes for a session.
//
//   npm run build && node bench/redis-size.mjs [--size 1000000]
//
// It starts no server: the Redis is the one at REDIS_URL, else at 127.0.0.1:6379. Half of the sessions belong to one
// identity, the others to one each. What was stored is removed afterwards.
import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { RedisTokenStore } from '../dist/src/redis.js';
import { shardOf } from '../dist/src/store/shard.js';

const index = process.argv.indexOf('--size');
const largest = index < 0 ? 100_000 : Number(process.argv[index + 1]);
const prefix = `bench-${randomUUID().slice(0, 17)}`;
const now = Math.floor(Date.now() / 1000);
const userAgent =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

const client = createClient({ url: process.env.REDIS_URL });
client.on('error', (error) => console.error(error.message));
await client.connect();
const store = new RedisTokenStore(client, { prefix });

const table = {};
const emptyBytes = await usedBytes();
let stored = 0;
for (let size = 10_000; size <= largest; size *= 10) {
  await fill(size);
  table[size] = {
    ...(await measure()),
    'bytes/session': Math.round(((await usedBytes()) - emptyBytes) / size),
  };
}
const start = performance.now();
await store.revokeSubject('monitor', now);
console.log(`revokeSubject of ${largest / 2} sessions: ${(performance.now() - start).toFixed(2)} ms`);
console.table(table);
await removeAll();
client.destroy();

async function fill(size) {
  while (stored < size) {
    const batch = Array.from({ length: 200 }, () => store.createSession(newSession(stored++)));
    await Promise.all(batch);
  }
}

function newSession(number) {
  const subject = number % 2 === 0 ? 'monitor' : `user ${number}`;
  const id = shardOf(subject) + String(number).padStart(20, 'z');
  const times = { rotatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: now + 3600 };
  return { id, subject, generation: 0, ...times, userAgent, ip: '203.0.113.195' };
}

/** The median of each verb on the identity with half of the sessions. */
async function measure() {
  const { id, subject } = newSession(0);
  const query = { jti: 'jti', sessionId: id, subject, issuedAt: now, now, graceSeconds: 10 };
  const verbs = {
    isRevoked: () => store.isRevoked(query),
    rotateSession: async () => {
      const { generation } = await store.findSession(id, now);
      const rotation = { sessionId: id, subject, generation, now, expiresAt: now + 3600, graceSeconds: 10 };
      return timed(() => store.rotateSession(rotation));
    },
    findSession: () => store.findSession(id, now),
    'listSessions (100)': () => store.listSessions(subject, now),
    'createSession at the limit': () =>
      store.createSession(
        { ...newSession(0), id: shardOf(subject) + randomUUID() },
        { maxSessions: stored / 2 },
      ),
  };
  const medians = {};
  for (const [name, verb] of Object.entries(verbs)) {
    const times = [];
    for (let round = 0; round < 200; round++) {
      const time = await timed(verb);
      times.push(
        typeof time.answer === 'object' && 'microseconds' in (time.answer ?? {})
          ? time.answer.microseconds
          : time.microseconds,
      );
    }
    medians[name] = Math.round(times.sort((one, other) => one - other)[100]);
  }
  return medians;
}

async function timed(run) {
  const begin = performance.now();
  const answer = await run();
  return { answer, microseconds: (performance.now() - begin) * 1000 };
}

async function usedBytes() {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))[1]);
}

async function removeAll() {
  for await (const keys of client.scanIterator({ MATCH: `{${prefix}:*`, COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
}
