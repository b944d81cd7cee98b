// Requests a second of a protected method beside an open one of the same app, over keep-alive connections.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import 'reflect-metadata';
import { createKoaServer, Get, JsonController } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtManager,
  JwtRequired,
  KeySet,
} from '../dist/src/index.js';
import { isQuick, median, perSecond, printTable, ratioCells } from './report.mjs';

const rounds = isQuick ? 5 : 21;
const amount = isQuick ? 1000 : 2000;
const connections = 16;
const millisecondsPerRun = 3000;
const deadline = performance.now() + 25_000;

const managers = {
  default: new JwtManager({ secret: randomBytes(32) }),
  pair: new JwtManager({ keys: await KeySet.generate('ES256') }),
};

class Greetings {
  open() {
    return { identity: 'ada' };
  }

  bySecret(token) {
    return { identity: token.identity };
  }

  byKeyPair(token) {
    return { identity: token.identity };
  }
}

decorate('open', Get('/open'));
decorate('bySecret', JwtRequired(), Get('/by-secret'));
decorate('byKeyPair', JwtRequired({ manager: 'pair' }), Get('/by-key-pair'));
for (const method of ['bySecret', 'byKeyPair']) InjectToken()(Greetings.prototype, method, 0);
JsonController()(Greetings);

const server = createKoaServer({
  controllers: [Greetings],
  authorizationChecker: createAuthorizationChecker(managers),
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const client = fork(fileURLToPath(new URL('load.mjs', import.meta.url)));
try {
  await measure(await targets());
} finally {
  client.kill();
  server.close();
  server.closeAllConnections();
}

/** A decorator is a function: this is what a compiler makes of `@Get('/open')`. */
function decorate(method, ...decorators) {
  for (const apply of decorators) apply(Greetings.prototype, method);
}

async function targets() {
  const [secretToken, pairToken] = [
    await managers.default.createAccessToken('ada'),
    await managers.pair.createAccessToken('ada'),
  ];
  return [
    { name: 'open', path: '/open', token: secretToken },
    { name: 'protected, HS256', path: '/by-secret', token: secretToken },
    { name: 'protected, ES256', path: '/by-key-pair', token: pairToken },
  ];
}

/** One run of each target a round, so that what else the machine does hits all of them. */
async function measure(all) {
  for (const target of all) await run(target);
  const runs = all.map(() => []);
  for (let round = 0; round < rounds && performance.now() < deadline; round++) {
    for (const [index, target] of all.entries()) runs[index].push(await run(target));
  }
  const rows = all.map(({ name }, index) => {
    const ratios = runs[index].map(({ rate }, round) => rate / runs[0][round].rate);
    const [rate, cost] = ['rate', 'cost'].map((figure) => median(runs[index].map((each) => each[figure])));
    return [name, perSecond(rate), cost.toFixed(0), ...ratioCells(ratios)];
  });
  const head = ['', 'requests/s', 'CPU µs/request', 'ratio', 'middle half'];
  printTable('A protected method beside an open one of the same app', [head, ...rows]);
}

/** What the client sees a second, and what a request costs this process. */
async function run({ path, token }) {
  const before = process.cpuUsage();
  client.send({
    url: `http://127.0.0.1:${server.address().port}${path}`,
    headers: { authorization: `Bearer ${token}` },
    expectBody: JSON.stringify({ identity: 'ada' }),
    connections,
    amount,
    milliseconds: millisecondsPerRun,
  });
  const [{ rate, answers, faults }] = await once(client, 'message');
  const { user, system } = process.cpuUsage(before);
  if (faults > 0 || answers < 2) throw new Error(`${faults} requests to ${path} went wrong`);
  return { rate, cost: (user + system) / answers };
}
