// What a token store costs: refreshes, the check of revocation at each request, bytes for a session.
//
//   npm run build && node bench/sessions.mjs [--quick]
//   npm run build && node bench/sessions.mjs --size [100000]
//
// With --size it measures each method for a user with that many sessions, a tenth, and a hundredth.
//
// Redis is the one at REDIS_URL, or at 127.0.0.1:6379. PostgreSQL and MariaDB are those on their usual ports at 127.0.0.1,
// with databases that are created and dropped. A server that is not there is left out.
import { randomUUID } from 'node:crypto';
import { JwtManager } from '../dist/src/index.js';
import { contestants } from './open-stores.mjs';
import { measureSizes } from './store-size.mjs';

const isQuick = process.argv.includes('--quick');
const milliseconds = isQuick ? 500 : 3000;
const rounds = isQuick ? 5 : 15;
const sessionCount = isQuick ? 500 : 5000;
const tokenCount = 1000;
const callers = 32;
const secret = randomUUID() + randomUUID();
const userAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

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
