// What a flood of forged tokens does to the requests of others: their latency, and the memory of the server.
//
//   npm run build && node bench/flood.mjs [--quick] [--seconds 30] [--rate 1000]
//
// Normal requests come at a steady rate, first alone, then together with `--rate` forged tokens a second.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from './lib/client.mjs';
import { Contestant } from './lib/contestant.mjs';
import { steadily } from './lib/steadily.mjs';
import { isQuick, printTable } from './report.mjs';

const seconds = valueOf('--seconds', isQuick ? 1 : 30);
const forgedPerSecond = valueOf('--rate', 1000);
const normalPerSecond = 200;

const contestant = await Contestant.start('routing-controllers', 'koa');
const head = ['', 'p50', 'flooded', 'p99', 'flooded', 'ratio', 'heap MB', 'after it'];
const rows = [];
try {
  for (const route of contestant.routes) rows.push(await measure(route));
} finally {
  contestant.close();
}
const title = `${normalPerSecond} requests a second alone, and flooded with ${forgedPerSecond} forged tokens a second, for ${seconds} s: latencies in ms`;
printTable(title, [head, ...rows]);

function valueOf(option, standard) {
  const at = process.argv.indexOf(option);
  return at < 0 ? standard : Number(process.argv[at + 1]);
}

async function measure({ name, path, tokens, requests }) {
  const normal = await Client.open(contestant.port, 4);
  const sendNormal = () => steadily(seconds, normalPerSecond, (amount) => normal.send(requests, amount));
  await contestant.run(requests, isQuick ? 500 : 5000);
  const alone = await sendNormal();
  const before = await heap();
  const startFlood = await prepareFlood({ path, tokens });
  const [together] = await Promise.all([sendNormal(), startFlood()]);
  const after = await heap();
  normal.close();
  const ratio = at(together, 0.99) / at(alone, 0.99);
  const figures = [
    at(alone, 0.5),
    at(together, 0.5),
    at(alone, 0.99),
    at(together, 0.99),
    ratio,
    before,
    after,
  ];
  return [name, ...figures.map((figure) => figure.toFixed(2))];
}

/** In a process of its own: what the flood costs its sender must not delay the requests that are measured. */
async function prepareFlood({ path, tokens }) {
  const sender = fork(fileURLToPath(new URL('lib/flood-sender.mjs', import.meta.url)));
  sender.send({ port: contestant.port, path, tokens, seconds, rate: forgedPerSecond });
  await once(sender, 'message');
  return async () => {
    sender.send('start');
    const [code] = await once(sender, 'exit');
    if (code !== 0) throw new Error('the flood did not reach the server');
  };
}

function at(sorted, part) {
  return sorted[Math.floor(sorted.length * part)];
}

/** Of the server, in megabytes, without garbage. */
async function heap() {
  const { memory } = await contestant.usage('gc');
  return memory.heapUsed / 1e6;
}
