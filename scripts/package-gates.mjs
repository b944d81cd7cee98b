// Packs the package and looks at it as its users get it: publint, attw, and small consumers built from the tarball.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, 'node_modules/.cache/package-gates');
const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const nodeVersions = ['22', '24'];
const typescriptVersions = ['5.9', '6.0', '7.0'];

const tarball = pack();
run('publint', 'npx', ['publint', '--strict', tarball]);
run('attw', 'npx', ['attw', '--profile', 'node16', tarball]);

const consumer = installConsumer();
for (const [version, node] of nodes()) {
  for (const file of ['consumer.cjs', 'consumer.mjs']) {
    const { status, stdout, stderr } = spawnSync(node, [file], {
      cwd: consumer,
      encoding: 'utf8',
      timeout: 60_000,
    });
    report(`${file} on Node ${version}`, status === 0 && stdout.trim() === 'works', `${stdout}${stderr}`);
  }
}
for (const version of typescriptVersions) {
  const compiler = join(
    tool(`typescript-${version}`, { typescript: `~${version}.0` }),
    'node_modules/typescript/bin/tsc',
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', '.'], {
    cwd: consumer,
    encoding: 'utf8',
  });
  report(`consumer.ts under TypeScript ${version}`, status === 0, `${stdout}${stderr}`);
  const ran = spawnSync(process.execPath, ['out/consumer.js'], {
    cwd: consumer,
    encoding: 'utf8',
    timeout: 60_000,
  });
  report(
    `consumer.ts compiled by TypeScript ${version}`,
    ran.status === 0 && ran.stdout.trim() === 'works',
    ran.stdout + ran.stderr,
  );
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
  ];
  const folder = tool('consumer', Object.fromEntries(peers.map((name) => [name, devDependencies[name]])));
  cpSync(join(root, 'scripts/consumers'), folder, { recursive: true });
  const installed = join(folder, 'node_modules/routing-controllers-jwt');
  rmSync(installed, { recursive: true, force: true });
  execFileSync('npm', ['install', '--silent', '--no-save', '--no-audit', '--no-fund', tarball], {
    cwd: folder,
  });
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
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: 'inherit',
    });
    writeFileSync(join(folder, 'installed'), wanted);
  }
  writeFileSync(manifest, wanted);
  return folder;
}

/** The Node that runs this, and newer ones out of the registry. */
function nodes() {
  const newer = nodeVersions.map((version) => {
    const folder = tool(`node-${version}`, { node: version });
    return [version, join(folder, 'node_modules/node/bin/node')];
  });
  return [[process.versions.node, process.execPath], ...newer];
}

function run(name, command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  report(name, status === 0, `${stdout}${stderr}`);
}

function report(name, isGood, output) {
  console.log(`${isGood ? 'ok    ' : 'FAILED'} ${name}`);
  if (!isGood) {
    console.log(output);
    process.exitCode = 1;
  }
}
