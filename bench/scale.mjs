// What the replica of revocations costs, and how soon a revocation is known in other processes.
//
//   npm run build && node bench/scale.mjs [--quick | --smoke] [--processes 1,2,4] [--nodes 1,3] [--revocations 10000,1000000]
//
// Prints JSON: one row for each combination. It starts its own servers of Redis, on free ports.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { shardOf, subjectHash } from '../dist/src/index.js';
import { RedisTokenStore } from '../dist/src/redis.js';
import { clusterKinds, nodeRedis } from '../dist/spec/support/redis-clients.js';
import { startCluster } from '../dist/spec/support/redis-cluster.js';
import { startRedis } from '../dist/spec/support/redis-server.js';
import { median } from './report.mjs';

const isSmoke = process.argv.includes('--smoke');
const isQuick = isSmoke || process.argv.includes('--quick');
const processes = listOf('--processes', isSmoke ? [2] : [1, 2, 4]);
const nodes = listOf('--nodes', isSmoke ? [1] : [1, 3]);
const revocations = listOf(
  '--revocations',
  isSmoke ? [1000] : isQuick ? [10_000] : [10_000, 100_000, 1_000_000],
);
const told = isSmoke ? 20 : isQuick ? 100 : 400;
const prefix = 'scale';
const worker = fileURLToPath(new URL('./scale-worker.mjs', import.meta.url));

/** Otherwise the first read starts the feed again. */
const recordServer = `
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
return redis.call('HSET', KEYS[1], 'server', server)`;

const rows = [];
for (const count of nodes) {
  for (const known of revocations) {
    for (const processCount of processes) {
      const row = await measure(count, known, processCount);
      if (!isSmoke) console.error(JSON.stringify(row));
      rows.push(row);
    }
  }
}
console.log(JSON.stringify({ node: process.versions.node, rows }, undefined, 2));

function listOf(name, standard) {
  const at = process.argv.indexOf(name);
  return at < 0 ? standard : process.argv[at + 1].split(',').map(Number);
}

async function measure(nodeCount, known, processCount) {
  const server = nodeCount === 1 ? await startRedis('--appendonly', 'no') : await startCluster();
  const ports = server.ports ?? [server.port];
  const { client, close } = await open(ports);
  await fill(client, known);
  const workers = await Promise.all(Array.from({ length: processCount }, () => start(ports)));
  const all = await Promise.all(workers.map((one) => ask(one, 'check')));
  const delays = await delaysOf(client, workers);
  const idle = await idleOf(ports, workers);
  for (const one of workers) {
    one.send('end');
    await once(one, 'exit');
  }
  close();
  await server.remove();
  return {
    nodes: nodeCount,
    processes: processCount,
    revocations: known,
    loadMs: Math.round(median(all.map(({ loadMs }) => loadMs))),
    bytesPerRevocation: Math.round(median(all.map(({ bytes }) => bytes)) / known),
    checkNs: Math.round(median(all.map(({ checkNs }) => checkNs))),
    knownAfterMs: { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99), max: quantile(delays, 1) },
    ...idle,
  };
}

async function open(ports) {
  return ports.length === 1
    ? nodeRedis(`redis://127.0.0.1:${ports[0]}`)
    : clusterKinds['a cluster of redis'](ports);
}

/** Writes what as many calls of `revokeToken` would have, to feeds that are two hours old. */
async function fill(client, count) {
  const subjects = subjectsOfShards();
  for (const [shard, subject] of subjects) {
    const feed = `{${prefix}:${shard}}:x`;
    await client.xAdd(feed, `${Date.now() - 7_200_000}-0`, { begin: '' });
    await client.eval(recordServer, { keys: [`{${prefix}:${shard}}:n`], arguments: [] });
    const own = Math.ceil(count / 256);
    for (let done = 0; done < own; done += 1000) {
      const one = () =>
        client.xAdd(feed, '*', { token: subjectHash(subject) + randomBytes(16).toString('base64url') });
      await Promise.all(Array.from({ length: Math.min(1000, own - done) }, one));
    }
  }
}

function subjectsOfShards() {
  const subjects = new Map();
  for (let number = 0; subjects.size < 256; number++)
    subjects.set(shardOf(`user ${number}`), `user ${number}`);
  return subjects;
}

async function start(ports) {
  const one = fork(worker, [JSON.stringify({ ports, prefix, isQuick })], { execArgv: ['--expose-gc'] });
  await once(one, 'message');
  return one;
}

async function ask(one, question) {
  one.send(question);
  const [answer] = await once(one, 'message');
  return answer;
}

/** Milliseconds from the call of `revokeToken` until each process knows. */
async function delaysOf(client, workers) {
  const store = new RedisTokenStore(client, { prefix });
  const sent = new Map();
  for (let number = 0; number < told; number++) {
    const jti = `told ${number}`;
    sent.set(jti, moment());
    const now = Math.floor(Date.now() / 1000);
    await store.revokeToken({ jti, subject: `user ${number}`, now, expiresAt: now + 900 });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const delays = [];
  for (const one of workers) {
    const heard = await ask(one, 'heard');
    for (const [jti, at] of sent) delays.push((heard[jti] ?? Infinity) - at);
  }
  return delays.sort((a, b) => a - b);
}

/** The same for all processes of a machine. */
function moment() {
  return performance.timeOrigin + performance.now();
}

function quantile(sorted, share) {
  return Number(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)].toFixed(2));
}

/** Milliseconds of processor time in a second in which nothing happens. */
async function idleOf(ports, workers) {
  const before = await redisTime(ports);
  const seconds = isSmoke ? 0.5 : 3;
  const times = workers.map((one) => ask(one, `idle ${seconds}`));
  const own = await Promise.all(times);
  const spent = (await redisTime(ports)) - before;
  return {
    idleMsPerSecond: Number((median(own) / seconds).toFixed(2)),
    idleRedisMsPerSecond: Number(((spent * 1000) / seconds / ports.length / workers.length).toFixed(2)),
  };
}

async function redisTime(ports) {
  let sum = 0;
  for (const port of ports) {
    const { client, close } = await nodeRedis(`redis://127.0.0.1:${port}`);
    const info = await client.info('cpu');
    for (const name of ['used_cpu_sys', 'used_cpu_user'])
      sum += Number(new RegExp(`${name}:([\\d.]+)`).exec(info)[1]);
    close();
  }
  return sum;
}
