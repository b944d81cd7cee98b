// What a flood of forged tokens does to the requests of others: their latency, and the memory of the server.
//
//   npm run build && node bench/flood.mjs [--quick] [--seconds 30] [--rate 1000]
//
// Normal requests come at a steady rate, alone and together with `--rate` forged tokens a second. The server has a processor of its
// own: what is measured is how it fares, not how the senders of both share theirs.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from './lib/client.mjs';
import { Contestant } from './lib/contestant.mjs';
import { keepOn } from './lib/one-processor.mjs';
import { steadily } from './lib/steadily.mjs';
import { isQuick, median, printTable, ratioCells } from './report.mjs';

const seconds = valueOf('--seconds', isQuick ? 1 : 30);
const forgedPerSecond = valueOf('--rate', 1000);
const normalPerSecond = 200;
const amountOfTurns = isQuick ? 1 : 15;

const contestant = await Contestant.start('routing-controllers', 'koa');
if (keepOn(1, contestant.pid)) keepOn(0, process.pid);
const head = ['', 'p50', 'flooded', 'p99', 'flooded', 'ratio', 'middle half', 'heap MB', 'after it'];
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

/** Alone and flooded in turns, so that what else the machine does hits both. */
async function measure({ name, path, tokens, requests }) {
  const normal = await Client.open(contestant.port, 4);
  const sendNormal = () =>
    steadily(seconds / amountOfTurns, normalPerSecond, (amount) => normal.send(requests, amount));
  await contestant.run(requests, isQuick ? 500 : 10_000);
  // Not measured: until the compiler of the engine is done with what rejects.
  await (
    await prepareFlood({ path, tokens })
  )();
  const turns = [];
  const before = await heap();
  for (let turn = 0; turn < amountOfTurns; turn++) {
    const alone = await sendNormal();
    const startFlood = await prepareFlood({ path, tokens });
    const [flooded] = await Promise.all([sendNormal(), startFlood()]);
    turns.push({ alone, flooded });
  }
  const after = await heap();
  normal.close();
  const figure = (of) => median(turns.map(of)).toFixed(2);
  return [
    name,
    figure(({ alone }) => at(alone, 0.5)),
    figure(({ flooded }) => at(flooded, 0.5)),
    figure(({ alone }) => at(alone, 0.99)),
    figure(({ flooded }) => at(flooded, 0.99)),
    ...ratioCells(turns.map(({ alone, flooded }) => at(flooded, 0.99) / at(alone, 0.99))),
    before.toFixed(1),
    after.toFixed(1),
  ];
}

/** In a process of its own: what the flood costs its sender must not delay the requests that are measured. */
async function prepareFlood({ path, tokens }) {
  const sender = fork(fileURLToPath(new URL('lib/flood-sender.mjs', import.meta.url)));
  sender.send({
    port: contestant.port,
    path,
    tokens,
    seconds: seconds / amountOfTurns,
    rate: forgedPerSecond,
  });
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
