import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { getWith, request, type Answer } from '../support/app';
import { requireService } from '../support/require-service';

const credentials = { username: 'ada', password: 'a long pass phrase' };

/** Everything as a new user does it, from the packed package. */
for (const flags of [[], ['--express']]) {
  describe(['A project that init has created', ...flags].join(' '), function () {
    describeProject.call(this, flags);
  });
}

function describeProject(this: Mocha.Suite, flags: readonly string[]): void {
  this.timeout(600_000);
  let folder: string;
  let project: string;
  let server: ChildProcess;
  let url: string;

  before(async function () {
    const view = spawnSync('npm', ['view', 'routing-controllers', 'version', '--fetch-retries=0'], {
      timeout: 60_000,
    });
    requireService(this, 'a package registry', view.status === 0 ? undefined : 'none responds');
    folder = mkdtempSync(join(tmpdir(), 'jwt-init-'));
    npm('.', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder);
    const tarball = join(folder, readdirSync(folder)[0] ?? '');
    npm(
      folder,
      'exec',
      '--yes',
      `--package=${tarball}`,
      '--',
      'routing-controllers-jwt',
      'init',
      'my-api',
      ...flags,
    );
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

  // The framework has no part in it.
  if (flags.length === 0)
    it('responds alike to an unknown user and a wrong password, in status, headers, body and time', async () => {
      const times: [number[], number[]] = [[], []];
      // Logins are limited: five for each account from each address.
      for (let account = 0; account < 40; account++) {
        const username = `user ${String(account)}`;
        expect((await post('/account', { ...credentials, username })).status).to.equal(201);
        const bodies = [
          { ...credentials, username: `unknown ${String(account)}` },
          { username, password: 'another pass phrase' },
        ];
        for (let attempt = 0; attempt < 5; attempt++) {
          const responses: object[] = [];
          // Which of them comes first changes, as one warms up what the other uses.
          for (const kind of attempt % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
            const begin = performance.now();
            responses[kind] = await loginFrom(`127.0.1.${String(account + 1)}`, bodies[kind] ?? {});
            times[kind].push(performance.now() - begin);
          }
          expect(responses[0]).to.deep.equal(responses[1]);
          expect(responses[0]).to.include({ status: 401 });
        }
      }
      // By pairs, because the machine is not equally busy all the time.
      const [unknownTimes, wrongTimes] = times;
      expect(unknownTimes).to.have.length(200);
      expect(median(unknownTimes.map((time, pair) => time / (wrongTimes[pair] ?? NaN)))).to.be.within(
        0.9,
        1.1,
      );
    });

  /** @returns what the client at the address sees, apart from the date */
  async function loginFrom(localAddress: string, body: object): Promise<object> {
    const headers = { 'Content-Type': 'application/json' };
    const sent = httpRequest(`${url}/auth/login`, { method: 'POST', headers, localAddress, agent: false });
    sent.end(JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const headersSeen = { ...response.headers, date: undefined };
    return { status: response.statusCode, headers: headersSeen, body: await text(response) };
  }
}

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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
