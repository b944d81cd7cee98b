// The specs in their long form: those of each folder in a process of their own, as many at a time as there are processors.
// `mocha --parallel` cannot be used: it ends its processes before they have written what they covered.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

const root = 'dist/spec';
// Those that take longest begin first; what measures time runs by itself.
const longFolders = [
  'store/redis',
  'browser',
  'docs',
  'store/typeorm',
  'attacks',
  'cli',
  'examples',
  'store',
];
const measuring = 'bench';

const files = filesByFolder();
const waiting = [...new Set([...longFolders, ...files.keys()])].filter((folder) => folder !== measuring);
const codes = [];
await Promise.all(Array.from({ length: availableParallelism() }, runWaiting));
codes.push(await run(measuring));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

async function runWaiting() {
  for (let folder = waiting.shift(); folder; folder = waiting.shift()) codes.push(await run(folder));
}

/** By the first part of their path, but for the stores, which take as long as all others. */
function filesByFolder() {
  const byFolder = new Map();
  for (const file of readdirSync(root, { recursive: true }).sort()) {
    if (!/\.(spec|full)\.js$/.test(file)) continue;
    const folder = file.startsWith('store/') ? dirname(file) : file.split('/')[0];
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), join(root, file)]);
  }
  return byFolder;
}

/** What it prints comes as a whole, so that the lines of two folders do not mix. */
function run(folder) {
  const start = Date.now();
  const output = [];
  const program = ['node_modules/mocha/bin/mocha.js', '--exit', ...files.get(folder)];
  const mocha = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] });
  mocha.stdout.on('data', (chunk) => output.push(chunk));
  mocha.stderr.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve, reject) => {
    mocha.once('error', reject);
    mocha.once('close', (code) => {
      const seconds = Math.round((Date.now() - start) / 1000);
      process.stdout.write(`\n── specs of ${folder} (${seconds} s)\n${Buffer.concat(output)}`);
      resolve(code);
    });
  });
}
