// What is left of the throughput of an open method behind authentication, for this library and for others.
import { writeFileSync } from 'node:fs';
import { barChart } from './lib/chart.mjs';
import { Contestant } from './lib/contestant.mjs';
import { onOneProcessor } from './lib/one-processor.mjs';
import { isQuick, median, printTable, ratioCells } from './report.mjs';

onOneProcessor();

const passes = isQuick ? 1 : 3;
/** Many short rounds: the speed of a shared machine changes within tens of milliseconds, and each round needs one speed. */
const rounds = isQuick ? 3 : 11;
const amount = isQuick ? 50 : 400;
/** Until the compiler of the engine is done with the code. */
const warmUp = isQuick ? 50 : 10_000;
const only = valueOf('--only')?.split(',');

const all = [
  { name: 'routing-controllers-jwt, Koa', app: 'routing-controllers', variant: 'koa', isOurs: true },
  { name: 'routing-controllers-jwt, Express', app: 'routing-controllers', variant: 'express', isOurs: true },
  {
    name: 'routing-controllers-jwt on Redis, Koa',
    app: 'routing-controllers',
    variant: 'koa-redis',
    isOurs: true,
  },
  {
    name: 'routing-controllers-jwt on Redis, Express',
    app: 'routing-controllers',
    variant: 'express-redis',
    isOurs: true,
  },
  { name: 'routing-controllers alone, Koa', app: 'routing-controllers', variant: 'koa-floor' },
  { name: 'routing-controllers alone, Express', app: 'routing-controllers', variant: 'express-floor' },
  { name: 'koa-jwt', app: 'koa-jwt', variant: 'text' },
  { name: 'koa-jwt, prepared key', app: 'koa-jwt', variant: 'prepared' },
  { name: 'express-jwt', app: 'express-jwt', variant: '' },
  { name: 'NestJS guard, Express', app: 'nest', variant: 'express' },
  { name: 'NestJS guard, Fastify', app: 'nest', variant: 'fastify' },
  { name: '@fastify/jwt', app: 'fastify', variant: 'HS256' },
  { name: '@fastify/jwt, cache', app: 'fastify', variant: 'HS256-cache' },
  { name: '@fastify/jwt, cache', app: 'fastify', variant: 'ES256-cache' },
  { name: 'Hono', app: 'hono', variant: '' },
];

const runs = await startAll(all.filter(({ app }) => !only || only.includes(app)));
try {
  await measure();
} finally {
  for (const contestant of new Set(runs.map((run) => run.contestant))) contestant.close();
}
report();

function valueOf(option) {
  const at = process.argv.indexOf(option);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** One entry for each protected method. A contestant whose packages are not installed is left out. */
async function startAll(contestants) {
  const started = [];
  for (const { name, app, variant, isOurs = false } of contestants) {
    const contestant = await Contestant.start(app, variant);
    if (!contestant) console.log(`${name}: not installed, see npm --prefix bench ci`);
    for (const route of contestant?.routes ?? [])
      started.push({ name: `${name}: ${route.name}`, isOurs, contestant, route, rounds: [] });
  }
  return started;
}

/** Open and protected requests in turn, and all contestants in each pass, so that what else the machine does hits all. */
async function measure() {
  for (const { contestant, route } of runs) {
    await contestant.run(route.requests, warmUp);
    await contestant.run(route.open, warmUp);
  }
  for (let pass = 0; pass < passes; pass++) {
    for (const { contestant, route, rounds: measured } of runs) {
      // Not measured: while other contestants have their turn, the processor forgets the code and the data of this one.
      await contestant.run(route.open, 2 * amount);
      await contestant.run(route.requests, 2 * amount);
      for (let round = 0; round < rounds; round++) {
        const before = await contestant.run(route.open, amount);
        const cost = await contestant.run(route.requests, amount);
        const after = await contestant.run(route.open, amount);
        measured.push({ open: (before.cost + after.cost) / 2, guarded: cost.cost });
      }
    }
  }
}

function report() {
  const results = runs.map(({ name, isOurs, rounds: measured }) => {
    const ratios = measured.map(({ open, guarded }) => open / guarded);
    const [open, guarded] = ['open', 'guarded'].map((kind) => median(measured.map((each) => each[kind])));
    return { name, isOurs, ratio: median(ratios), ratios, microseconds: { open, protected: guarded } };
  });
  const rows = results.map(({ name, ratios, microseconds }) => [
    name,
    microseconds.open.toFixed(0),
    microseconds.protected.toFixed(0),
    ...ratioCells(ratios),
  ]);
  const title = 'What is left of the throughput of an open method';
  printTable(title, [['', 'open µs', 'protected µs', 'ratio', 'middle half'], ...rows]);
  const json = valueOf('--json');
  if (json)
    writeFileSync(
      json,
      `${JSON.stringify({ node: process.version, rounds: passes * rounds, results }, undefined, 2)}\n`,
    );
  const svg = valueOf('--svg');
  const bars = results.map(({ name, ratio, isOurs }) => ({ label: name, value: ratio, isOurs }));
  if (svg) writeFileSync(svg, barChart(title, bars));
}
