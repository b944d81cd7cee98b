// One process with a replica, for scale.mjs.
import { shardOf } from '../dist/src/index.js';
import { RedisTokenStore } from '../dist/src/redis.js';
import { clusterKinds, nodeRedis } from '../dist/spec/support/redis-clients.js';
import { median } from './report.mjs';

const { ports, prefix, isQuick } = JSON.parse(process.argv[2]);
const { client, close } =
  ports.length === 1
    ? await nodeRedis(`redis://127.0.0.1:${ports[0]}`)
    : await clusterKinds['a cluster of redis'](ports);

const before = heap();
const start = performance.now();
const store = new RedisTokenStore(client, { prefix, consistency: 'replica' });
const heard = {};
await store.subscribe(({ jti }) => (heard[jti] = performance.timeOrigin + performance.now()));
const loadMs = performance.now() - start;
const bytes = heap() - before;
// The connection that hears of news may take a moment longer.
await new Promise((resolve) => setTimeout(resolve, 500));

const now = Math.floor(Date.now() / 1000);
const queries = Array.from({ length: 256 }, (_, number) => {
  const subject = `user ${number}`;
  const sessionId = `${shardOf(subject)}session-${number}-of-usual-length`.slice(0, 24);
  return { jti: `${sessionId.slice(2)}`, sessionId, subject, issuedAt: now, now, graceSeconds: 10 };
});

process.on('message', async (question) => {
  if (question === 'check') process.send({ loadMs, bytes, checkNs: await checkTime() });
  else if (question === 'heard') process.send(heard);
  else if (question === 'end') end();
  else process.send(await idle(Number(question.split(' ')[1])));
});
process.send('ready');

/** Nanoseconds of processor time for one check: the median of short slices in which nothing was asked of Redis. */
async function checkTime() {
  const slices = [];
  while (slices.length < (isQuick ? 21 : 101)) {
    for (const query of queries) await untilLocal(query);
    const { user, system } = process.cpuUsage();
    const isLocal = checkAll(20);
    const spent = process.cpuUsage({ user, system });
    if (isLocal) slices.push(((spent.user + spent.system) * 1000) / 20 / queries.length);
    await new Promise(setImmediate);
  }
  return median(slices);
}

function checkAll(rounds) {
  for (let round = 0; round < rounds; round++) {
    for (const query of queries) {
      const answer = store.isRevoked(query);
      if (typeof answer === 'boolean') continue;
      answer.catch(() => undefined);
      return false;
    }
  }
  return true;
}

/** Waits until Redis need not be asked. */
async function untilLocal(query) {
  for (;;) {
    const answer = store.isRevoked(query);
    if (typeof answer === 'boolean') return;
    await answer.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function idle(seconds) {
  const start = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function heap() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function end() {
  store.close();
  close();
  process.disconnect();
}
