import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { getWith, request } from '../support/app';

const run = promisify(execFile);

describe('the example of microservices', function () {
  this.timeout(120_000);
  let child: ChildProcess;
  let output = '';
  let issuer: string;
  let services: string[];

  before(async () => {
    child = spawn(process.execPath, ['dist/examples/microservices/main.js'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr?.on('data', (chunk) => (output += String(chunk)));
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk) => {
        output += String(chunk);
        if (output.includes('jwks.json')) resolve();
      });
      child.once('close', () => {
        resolve();
      });
    });
    [issuer = ''] = /http:\S+(?=\/auth\/login)/.exec(output) ?? [];
    services = [...output.matchAll(/http:\S+\/(?:orders|invoices)/g)].map(([url]) => url);
    expect(services, output).to.have.length(2);
  });

  after(async () => {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    expect(await closed).to.deep.equal([0, null]);
  });

  async function login(): Promise<Record<string, string>> {
    const headers = { 'Content-Type': 'application/json' };
    const body = '{"username":"test","password":"test"}';
    const answer = await request(`${issuer}/auth/login`, { method: 'POST', headers, body });
    expect(answer.status).to.equal(200);
    return answer.body as Record<string, string>;
  }

  it('has services that accept the tokens of the issuer by its JWK set', async () => {
    const { access_token: token = '' } = await login();
    const answers = await Promise.all(services.map((url) => getWith(url, token)));
    expect(answers.map(({ status, body }) => ({ status, body }))).to.deep.equal([
      { status: 200, body: { service: 'orders', customer: 'test' } },
      { status: 200, body: { service: 'invoices', customer: 'test' } },
    ]);
  });

  it('has services that accept nothing else', async () => {
    const { access_token: access = '', refresh_token: refresh = '' } = await login();
    for (const url of services) {
      expect((await request(url)).status).to.equal(401);
      expect((await getWith(url, refresh)).body).to.include({ code: 'ERR_JWT_INVALID' });
      expect((await getWith(url, `${access.slice(0, -8)}AAAAAAAA`)).body).to.include({
        code: 'ERR_JWT_INVALID',
      });
    }
  });

  it('publishes no private key, and refreshes', async () => {
    const { body } = await request(`${issuer}/.well-known/jwks.json`);
    const [key = {}] = (body as { keys: object[] }).keys;
    expect(key).to.have.all.keys('kty', 'crv', 'x', 'y', 'kid', 'alg', 'use');
    const { refresh_token: token } = await login();
    const headers = { 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify({ refresh_token: token }) };
    expect((await request(`${issuer}/auth/refresh`, init)).status).to.equal(200);
  });
});

describe('the example of microservices, under load', function () {
  this.timeout(300_000);

  it('replaces its key three times in thirty seconds without a rejected request, and a token of the first key dies', async () => {
    const { stdout, stderr } = await run(process.execPath, ['dist/examples/microservices/rotate.js']);
    expect(stderr).to.equal('');
    const [, requests, refreshes] = /^Requests: (\d+), of which refreshes: (\d+)$/m.exec(stdout) ?? [];
    expect(Number(requests)).to.be.above(1000);
    expect(Number(refreshes)).to.be.above(30);
    expect(stdout.split('\n')).to.include.members([
      'The key changed 3 times.',
      'Rejected: none',
      'A token of the first key, on both services: 200 and 200, now 401 and 401',
    ]);
  });
});
