// What a flood of forged tokens does to the requests of others: their latency, and the memory of the server.
//
//   npm run build && node bench/flood.mjs [--quick] [--seconds 30] [--rate 1000]
//
// Normal requests come at a steady rate, first alone, then together with `--rate` forged tokens a second.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Client, requestFor } from './lib/client.mjs';
import { Contestant } from './lib/contestant.mjs';
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
  const [normal, flood] = await Promise.all([4, 16].map((count) => Client.open(contestant.port, count)));
  const forged = Array.from({ length: seconds * forgedPerSecond }, (_, index) =>
    requestFor(path, forge(tokens[index % tokens.length])),
  );
  const sendNormal = () => steadily(normalPerSecond, (amount) => normal.send(requests, amount));
  await contestant.run(requests, isQuick ? 500 : 5000);
  const alone = await sendNormal();
  const before = await heap();
  const [together] = await Promise.all([
    sendNormal(),
    steadily(forgedPerSecond, (amount) => flood.send(forged.splice(-amount), amount, 401)),
  ]);
  const after = await heap();
  normal.close();
  flood.close();
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

/** The same token with another signature, as long as its own. */
function forge(token) {
  const [header, claims, signature] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url').length;
  return [header, claims, randomBytes(bytes).toString('base64url')].join('.');
}

/** Sends those requests that are due, again and again. @returns all latencies in milliseconds, sorted */
async function steadily(rate, send) {
  const latencies = [];
  const start = performance.now();
  for (let sent = 0; sent < rate * seconds;) {
    await setTimeout(1);
    const due = Math.floor(Math.min(seconds, (performance.now() - start) / 1000) * rate) - sent;
    if (due > 0) latencies.push(...(await send(due)));
    sent += due;
  }
  return latencies.sort((one, other) => one - other);
}

function at(sorted, part) {
  return sorted[Math.floor(sorted.length * part)];
}

/** Of the server, in megabytes, without garbage. */
async function heap() {
  const { memory } = await contestant.usage('gc');
  return memory.heapUsed / 1e6;
}
