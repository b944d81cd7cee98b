import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { getWith, request, type Answer } from '../support/app';
import { requireService } from '../support/require-service';

const credentials = { username: 'ada', password: 'a long pass phrase' };

/** Everything as a new user does it, from the packed package. */
describe('A project that init has created', function () {
  this.timeout(600_000);
  let folder: string;
  let project: string;
  let server: ChildProcess;
  let url: string;

  before(async function () {
    const view = spawnSync('npm', ['view', 'routing-controllers', 'version', '--fetch-retries=0'], {
      timeout: 20_000,
    });
    requireService(this, 'a package registry', view.status === 0 ? undefined : 'none responds');
    folder = mkdtempSync(join(tmpdir(), 'jwt-init-'));
    npm('.', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder);
    const tarball = join(folder, readdirSync(folder)[0] ?? '');
    npm(folder, 'exec', '--yes', `--package=${tarball}`, '--', 'routing-controllers-jwt', 'init', 'my-api');
    project = join(folder, 'my-api');
    // Its version of the package may not be published yet.
    npm(project, 'install', '--no-audit', '--no-fund', '--loglevel=error', tarball);
    ({ server, url } = await start(project));
  });

  after(async () => {
    if (server.exitCode === null) {
      const closed = once(server, 'close');
      server.kill('SIGTERM');
      await closed;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const post = (path: string, body: object): Promise<Answer> =>
    request(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('has tests that pass', () => {
    expect(npm(project, 'test')).to.match(/^# pass [1-9]\d*\n# fail 0$/m);
  });

  it('has a server with a working login', async () => {
    expect((await request(`${url}/account`)).status).to.equal(401);
    const { status, body } = await post('/account', credentials);
    expect(status).to.equal(201);
    const login = await post('/auth/login', credentials);
    expect(login.status).to.equal(200);
    const { access_token: access, refresh_token: refresh } = login.body as Record<string, string>;
    const account = await getWith(`${url}/account`, access ?? '');
    expect(account).to.deep.include({
      status: 200,
      body: { ...(body as object), username: 'ada', roles: ['member'] },
    });
    expect((await post('/auth/refresh', { refresh_token: refresh })).status).to.equal(200);
  });

  it('responds alike to an unknown user and a wrong password, in status, headers, body and time', async () => {
    const wrong = { ...credentials, password: 'another pass phrase' };
    const unknown = { ...credentials, username: 'eve' };
    const times: [number[], number[]] = [[], []];
    for (let pair = 0; pair < 200; pair++) {
      const answers: Answer[] = [];
      // Which of them comes first changes, as one warms up what the other uses.
      for (const kind of pair % 2 === 0 ? [0, 1] : [1, 0]) {
        const begin = performance.now();
        answers[kind] = await post('/auth/login', kind === 0 ? unknown : wrong);
        times[kind as 0 | 1].push(performance.now() - begin);
      }
      const [one, other] = answers.map(visible);
      expect(one).to.deep.equal(other);
      expect(one?.status).to.equal(401);
    }
    // By pairs, because the machine is not equally busy all the time.
    const [unknownTimes, wrongTimes] = times;
    expect(median(unknownTimes.map((time, pair) => time / (wrongTimes[pair] ?? NaN)))).to.be.within(0.9, 1.1);
  });
});

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

async function start(project: string): Promise<{ server: ChildProcess; url: string }> {
  npm(project, 'run', '--silent', 'build');
  const server = spawn(process.execPath, ['--env-file=.env', 'dist/src/main.js'], {
    cwd: project,
    env: { PATH: process.env['PATH'], PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const port = await new Promise<string>((resolve, reject) => {
    server.stdout.on('data', (chunk) => {
      output += String(chunk);
      const [, number] = /http:\/\/localhost:(\d+)/.exec(output) ?? [];
      if (number !== undefined) resolve(number);
    });
    server.once('close', () => {
      reject(new Error(`the server ended: ${output}`));
    });
  });
  return { server, url: `http://127.0.0.1:${port}` };
}

/** What a client sees, apart from the date. */
function visible({ status, body, challenge, headers }: Answer) {
  return { status, body, challenge, headers: [...headers].filter(([name]) => name !== 'date') };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
