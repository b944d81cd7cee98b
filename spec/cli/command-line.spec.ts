import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { JwtManager, KeySet } from '../../src';
import { commands } from '../../src/cli/registry';
import { cli, spawnCli, useFolder } from '../support/cli';
import { isFull, shortList } from '../support/full';

const { version, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string;
  bin: Record<string, string>;
};
const names = Object.keys(commands);

/** Row H1 of docs/security.md, among others. */
describe('The command line', () => {
  it('has its commands', () => {
    expect(names).to.include.members(['keygen', 'secret', 'rotate', 'jwks', 'inspect', 'verify']);
  });

  for (const line of [['--help'], ['-h'], ['help'], ['help', 'nothing']]) {
    it(`shows all commands: ${line.join(' ')}`, async () => {
      const { code, stdout, stderr } = await cli(line);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout).to.match(/^Usage: npx routing-controllers-jwt COMMAND \[options\]\n/);
      for (const name of names) expect(stdout).to.match(new RegExp(`^  ${name} +\\w`, 'm'));
    });
  }

  it('shows them as an error if no command was given', async () => {
    const { code, stdout, stderr } = await cli([]);
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(stderr).to.equal((await cli(['--help'])).stdout);
  });

  for (const name of names) {
    it(`explains ${name} with each of its options, in lines that fit a terminal`, async () => {
      const { code, stdout } = await cli([name, '--help']);
      expect(code).to.equal(0);
      const { options, examples } = await (commands[name]?.load() ?? Promise.reject(new Error()));
      for (const option of [...Object.keys(options), 'json', 'help'])
        expect(stdout).to.include(`  --${option}`);
      for (const example of examples) expect(stdout).to.include(`  ${example}\n`);
      expect(stdout.split('\n').filter((line) => line.length > 100)).to.deep.equal([]);
      for (const line of [
        [name, '-h'],
        ['help', name],
        ['--help', name],
      ])
        expect((await cli(line)).stdout).to.equal(stdout);
    });
  }

  it('shows its version', async () => {
    expect(await cli(['--version'])).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  const secret = 'kq4Zr0pX7uV2bN8mT1sW6yL3dH9gJ5cF';
  const wrong: [line: string[], message: string][] = [
    [[secret], 'this command does not exist'],
    [['constructor'], 'this command does not exist'],
    [['keygen', secret], 'too many arguments: there is none'],
    [['rotate', 'a', secret], 'too many arguments: there is FILE'],
    [['keygen', `--${secret}`], 'there is no option of this name'],
    [['keygen', `--${secret}=1`], 'there is no option of this name'],
    [['keygen', '--constructor'], 'there is no option --constructor'],
    [['keygen', '--algorithm', secret], 'there is no option --algorithm'],
    [['keygen', '-x'], 'there is no option -x'],
    [['keygen', `--json=${secret}`], '--json takes no value'],
    [['keygen', '--alg', 'ES256', `--alg=${secret}`], '--alg is given twice'],
    [['keygen', '--json', '--json'], '--json is given twice'],
    [['keygen', '--alg'], '--alg needs a value'],
    [['keygen', '--alg='], '--alg needs a value'],
    [['keygen', '--alg', '--json'], '--alg needs a value'],
  ];
  for (const [line, message] of wrong) {
    it(`rejects '${line.join(' ').replaceAll(secret, '…')}' and repeats nothing of it`, async () => {
      const { code, stdout, stderr } = await cli(line);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      const isJson = line.includes('--json');
      expect(stderr).to.equal(
        isJson ? `${JSON.stringify({ error: message })}\n` : `${message}. See --help\n`,
      );
    });
  }

  it('takes a value that begins with a dash, after an equals sign', async () => {
    expect((await cli(['keygen', '--kid=-a'])).stdout).to.include('"kid":"-a"');
  });

  it('takes everything after two dashes as arguments', async () => {
    expect((await cli(['jwks', '--', '--none.json'])).stderr).to.include('--none.json cannot be read');
  });
});

describe('The program', function () {
  this.timeout(120_000);
  const folder = useFolder();

  it('is what package.json names', () => {
    expect(bin).to.deep.equal({ 'routing-controllers-jwt': 'dist/src/cli/main.js' });
    expect(readFileSync('dist/src/cli/main.js', 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
  });

  it('creates keys, rotates them, and verifies a token from its input', async () => {
    const file = folder.path('keys.json');
    const run = isFull ? spawnCli : cli;
    expect((await run(['keygen', '--kid', 'a', '--out', file])).code).to.equal(0);
    expect((await run(['rotate', file, '--kid', 'b'])).code).to.equal(0);
    const manager = new JwtManager({ keys: KeySet.fromFile(file), store: false });
    const input = `${await manager.createAccessToken('ada')}\n`;
    const env = { JWT_KEYS: (await run(['jwks', file])).stdout };
    const { code, stdout, stderr } = await spawnCli(['verify', '--env', 'JWT_KEYS'], { input, env });
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/^Valid: access token/);
    expect(stdout).to.not.include(input.trim());
    expect(await spawnCli(['verify', '--env', 'JWT_KEYS', `${input.trim()}x`], { env })).to.include({
      code: 1,
      stderr: '',
    });
  });

  it('ends without a word if no one reads what it writes', async () => {
    const child = spawn(process.execPath, ['dist/src/cli/main.js', 'keygen']);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('fails if what it writes is lost, such as a key on a full disk', () => {
    const lost = spawnSync('/bin/sh', [
      '-c',
      `"${process.execPath}" dist/src/cli/main.js keygen > /dev/full`,
    ]);
    expect({ code: lost.status, stderr: String(lost.stderr) }).to.deep.equal({
      code: 1,
      stderr: 'the output cannot be written: ENOSPC\n',
    });
  });

  it('has its exit code also if no one reads its errors', async () => {
    for (const [line, expected] of [
      [['verify', 'none'], 2],
      [['rotate', 'none.json'], 1],
    ] as const) {
      const child = spawn(process.execPath, ['dist/src/cli/main.js', ...line]);
      child.stderr.destroy();
      const [code] = (await once(child, 'close')) as [number];
      expect(code).to.equal(expected);
    }
  });

  const lines = [
    'keygen',
    'help verify',
    '--help',
    'secret',
    'rotate none.json',
    'jwks none.json',
    'inspect none',
  ];
  for (const line of shortList(lines, 2)) {
    it(`loads fewer than 60 modules, and no routing-controllers: ${line}`, () => {
      const files = filesLoadedBy(line.split(' '));
      expect(files).to.have.length.below(60);
      const foreign = files.filter((file) => file.includes('/node_modules/'));
      const allowed = ['routing-controllers/cjs/http-error/HttpError.js'];
      expect(foreign.map((file) => file.split('/node_modules/').at(-1))).to.deep.equal(allowed);
    });
  }

  it('verifies without routing-controllers', () => {
    const lines = [
      ['verify', '--env', 'PATH', 'x'],
      ['verify', 'x'],
    ];
    const files = shortList(lines, 1).flatMap(filesLoadedBy);
    expect(files.filter((file) => /routing-controllers\/cjs\/(?!http-error\/HttpError)/.test(file))).to.be
      .empty;
  });
});

/** The files that the program has loaded when it ends. */
function filesLoadedBy(line: readonly string[]): string[] {
  const script = `process.argv.splice(1, Infinity, '', ...${JSON.stringify(line)});
    process.on('exit', () => { process.exitCode = 0; console.log('\\n' + JSON.stringify(Object.keys(require.cache))); });
    require(${JSON.stringify(resolve('dist/src/cli/main.js'))});`;
  const output = execFileSync(process.execPath, ['--eval', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as string[];
}
