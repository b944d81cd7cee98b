// Packs the package and looks at it as its users get it: publint, attw, and small consumers built from the tarball.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, 'node_modules/.cache/package-gates');
const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** The oldest that `engines` promises, and the ones after it; beside them, the one that runs this. */
const nodeVersions = ['20.19.0', '22', '24'];
const typescriptVersions = ['5.2', '5.9', '6.0', '7.0'];
/** The compilers that have the older module resolution, which knows no "exports". */
const olderResolution = { 5.2: [], 5.9: [], '6.0': ['--ignoreDeprecations', '6.0'] };
/** What an application may have had before, and keeps: versions that the stores need not support. */
const olderPeers = { redis: '3.1.1', typeorm: '0.2.45', koa: '2.16.1', express: '5.1.0' };

const tarball = pack();
run('publint', 'npx', ['publint', '--strict', tarball]);
// The browser client is an ES module; Node.js 20.19 and later can require one.
run('attw', 'npx', ['attw', tarball, '--exclude-entrypoints', './client']);
run('attw on the client', 'npx', ['attw', tarball, '--entrypoints', './client', '--profile', 'esm-only']);
if (process.env.PACKAGE_GATES || hasRegistry()) {
  tryConsumers(installConsumer());
  tryPeers();
  tryRunners();
} else console.log('skipped: the consumers need a package registry, and none answers');

function hasRegistry() {
  const args = ['view', 'routing-controllers', 'version', '--fetch-retries=0'];
  return spawnSync('npm', args, { timeout: 20_000 }).status === 0;
}

function tryConsumers(consumer) {
  run('the command line', 'node_modules/.bin/routing-controllers-jwt', ['keygen', '--kid', 'a'], consumer);
  for (const [version, node] of nodes()) {
    for (const file of ['consumer.cjs', 'consumer.mjs'])
      works(`${file} on Node ${version}`, node, file, consumer);
  }
  for (const version of typescriptVersions) {
    const folder = tool(`typescript-${version}`, { typescript: `~${version}.0` });
    const compiler = join(folder, 'node_modules/typescript/bin/tsc');
    run(`consumer.ts under TypeScript ${version}`, process.execPath, [compiler, '-p', '.'], consumer);
    works(`consumer.ts compiled by TypeScript ${version}`, process.execPath, 'out/consumer.js', consumer);
    if (version in olderResolution) tryOlderResolution(version, compiler, consumer);
  }
}

function tryOlderResolution(version, compiler, consumer) {
  const args = [compiler, '-p', 'tsconfig.commonjs.json', ...olderResolution[version]];
  run(`subpaths.ts under TypeScript ${version} with "module": "commonjs"`, process.execPath, args, consumer);
  works(
    `subpaths.ts compiled by TypeScript ${version}`,
    process.execPath,
    'out-commonjs/subpaths.js',
    consumer,
  );
}

/** Optional peers of other versions than ours never stop an install. */
function tryPeers() {
  const older = installBeside('older-peers', olderPeers);
  works(`consumer.cjs beside ${list(olderPeers)}`, process.execPath, 'consumer.cjs', older);
  const redis = { redis: '4.7.1' };
  const client = installBeside('redis-4', redis);
  if (answers('127.0.0.1', 6379)) works(`redis.cjs on ${list(redis)}`, process.execPath, 'redis.cjs', client);
  else console.log('skipped: redis.cjs needs Redis on port 6379, and none answers');
}

/** The test kit under each runner, from TypeScript with the metadata that controllers need. */
function tryRunners() {
  const runners = installBeside('runners', {
    ...pick('koa', '@koa/router', 'koa-bodyparser', 'express', 'mocha', 'typescript'),
    ...pick('@types/koa', '@types/mocha', '@types/node'),
    '@swc-node/register': '1.12.1',
    '@swc/core': '1.16.22',
    '@swc/jest': '0.2.39',
    jest: '30.5.2',
    'unplugin-swc': '2.0.0',
    vitest: '4.1.12',
  });
  // Runners compile nothing that is below node_modules.
  const folder = join(root, '.tmp/runners');
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, 'scripts/consumers/runners'), folder, { recursive: true });
  symlinkSync(join(runners, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{}');
  run('the types of the test kit', 'npx', ['tsc', '-p', '.'], folder);
  const commands = {
    mocha: ['npx', 'mocha'],
    jest: ['npx', 'jest', '--verbose'],
    vitest: ['npx', 'vitest', 'run', '--reporter=verbose'],
    'node --test': [process.execPath, '--require', '@swc-node/register', '--test', 'node.test.ts'],
  };
  for (const [name, [command, ...args]] of Object.entries(commands)) {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    const output = `${stdout}${stderr}`;
    const hasRun = /createKoaServer/.test(output) && /has an identity provider/.test(output);
    report(`the test kit under ${name}`, status === 0 && hasRun, output);
  }
}

function pick(...names) {
  return Object.fromEntries(names.map((name) => [name, devDependencies[name]]));
}

function list(packages) {
  return Object.entries(packages)
    .map((entry) => entry.join(' '))
    .join(', ');
}

/** Whether something listens there; a process of its own, as sockets cannot be asked at once. */
function answers(host, port) {
  const script = `require('node:net').connect(${port}, '${host}').on('connect', () => process.exit(0))`;
  return spawnSync(process.execPath, ['--eval', script], { timeout: 5_000 }).status === 0;
}

/** An app with packages of its own, and ours out of the tarball. */
function installBeside(name, packages) {
  const peers = ['routing-controllers', 'class-validator', 'class-transformer', 'reflect-metadata'];
  return installTarball(tool(name, { ...pick(...peers), ...packages }));
}

function pack() {
  const folder = join(root, '.tmp/package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  return join(folder, readdirSync(folder)[0]);
}

/** An app of somebody else's: peers as npm installs them, our package out of the tarball. */
function installConsumer() {
  const peers = [
    'routing-controllers',
    'koa',
    '@koa/router',
    'koa-bodyparser',
    'class-validator',
    'class-transformer',
    'reflect-metadata',
    '@types/koa',
    '@types/node',
    'typeorm',
  ];
  return installTarball(tool('consumer', pick(...peers)));
}

function installTarball(folder) {
  cpSync(join(root, 'scripts/consumers'), folder, { recursive: true });
  const installed = join(folder, 'node_modules/routing-controllers-jwt');
  rmSync(installed, { recursive: true, force: true });
  install(folder, '--no-save', '--strict-peer-deps', tarball);
  if (!existsSync(installed)) throw new Error('the tarball was not installed');
  return folder;
}

/** Installs packages into a folder of their own, once. */
function tool(name, dependencies) {
  const folder = join(cache, name);
  const wanted = JSON.stringify({ name: 'gate', private: true, dependencies });
  const manifest = join(folder, 'package.json');
  if (!existsSync(join(folder, 'installed')) || readFileSync(join(folder, 'installed'), 'utf8') !== wanted) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(manifest, wanted);
    install(folder);
    writeFileSync(join(folder, 'installed'), wanted);
  }
  writeFileSync(manifest, wanted);
  return folder;
}

function install(cwd, ...args) {
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** The Node that runs this, and others out of the registry. */
function nodes() {
  const others = nodeVersions.map((version) => {
    const folder = tool(`node-${version}`, { node: version });
    return [version, join(folder, 'node_modules/node/bin/node')];
  });
  return [[process.versions.node, process.execPath], ...others];
}

function run(name, command, args, cwd = root) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  report(name, status === 0, `${stdout}${stderr}`);
}

/** A consumer says that it works, and ends. */
function works(name, node, file, cwd) {
  const { status, stdout, stderr } = spawnSync(node, [file], { cwd, encoding: 'utf8', timeout: 60_000 });
  report(name, status === 0 && stdout.trim() === 'works', `${stdout}${stderr}`);
}

function report(name, isGood, output) {
  console.log(`${isGood ? 'ok    ' : 'FAILED'} ${name}`);
  if (!isGood) {
    console.log(output);
    process.exitCode = 1;
  }
}
