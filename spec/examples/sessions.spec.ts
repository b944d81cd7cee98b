import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { request, type Answer } from '../support/app';
import { endChildApp, startChildApp, type ChildApp } from '../support/child-app';
import { CookieClient } from '../support/cookie-client';
import { describeOn, servers } from '../support/databases';
import { isFull } from '../support/full';
import { secret } from '../support/manager';
import { useOwnRedis } from '../support/use-redis';

interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
}

interface Device {
  readonly id: string;
  readonly label: string | null;
  readonly user_agent: string;
  readonly ip: string;
  readonly created_at: string;
  readonly current: boolean;
}

describe('the example of sessions', () => {
  describe('in memory', () => {
    behavesWith(() => ({}));
  });

  if (!isFull) return;

  describe('in a SQLite file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jwt-example-'));
    behavesWith(() => ({ DATABASE_URL: `sqlite:${join(folder, 'sessions.sqlite')}` }));
    after(() => {
      rmSync(folder, { recursive: true });
    });
  });

  describe('in Redis', () => {
    const redis = useOwnRedis();
    behavesWith(() => ({ REDIS_URL: redis().url }));
  });

  describeOn(servers, 'in a database', (database, { port }) => {
    behavesWith(() => {
      const { type, username, database: name } = database.options as unknown as Record<string, string>;
      return {
        DATABASE_URL: `${String(type)}://${String(username)}@127.0.0.1:${String(port)}/${String(name)}`,
      };
    });
  });
});

function behavesWith(environment: () => NodeJS.ProcessEnv): void {
  // Inside of a suite of its own, so that the app ends before its store does.
  describe('an app', () => {
    describeApp(environment);
  });
}

function describeApp(environment: () => NodeJS.ProcessEnv): void {
  let app: ChildApp;

  before(async function () {
    this.timeout(120_000);
    app = await startChildApp({ PORT: '0', JWT_SECRET_KEY: secret, ...environment() }, 'sessions');
  });

  after(async () => {
    const { code, stderr } = await endChildApp(app);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  function send(method: string, path: string, token = '', body?: object): Promise<Answer> {
    const headers = { 'Content-Type': 'application/json', 'User-Agent': 'a browser' };
    return request(app.url + path, {
      method,
      headers: { ...headers, ...(token !== '' && { Authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async function login(device: string): Promise<Pair> {
    const { status, headers, body } = await send('POST', '/auth/login', '', {
      username: 'test',
      password: 'test',
      device,
    });
    expect(status).to.equal(200);
    expect(headers.get('Cache-Control')).to.equal('no-store');
    return body as Pair;
  }

  async function devices({ access_token: token }: Pair): Promise<Device[]> {
    const { status, body } = await send('GET', '/auth/sessions', token);
    expect(status).to.equal(200);
    return body as Device[];
  }

  const refresh = (token: string) => send('POST', '/auth/refresh', '', { refresh_token: token });

  it('lists the devices of a user', async () => {
    const laptop = await login('laptop');
    await login('phone');
    const listed = await devices(laptop);
    const names = listed.map(({ label }) => label);
    expect(names).to.include.members(['laptop', 'phone']);
    const current = listed.filter((one) => one.current);
    expect(current).to.have.length(1);
    expect(current[0]).to.include({ label: 'laptop', user_agent: 'a browser' });
    expect(current[0]?.ip).to.match(/127\.0\.0\.1$/);
    expect(new Date(current[0]?.created_at ?? '').getFullYear()).to.be.at.least(2026);
  });

  it('refreshes, gives two tabs the same successor, and goes on', async () => {
    const pair = await login('tablet');
    const tabs = await Promise.all([refresh(pair.refresh_token), refresh(pair.refresh_token)]);
    expect(tabs.map(({ status }) => status)).to.deep.equal([200, 200]);
    const [first, second] = tabs.map(({ body }) => body as Pair);
    expect(first?.refresh_token).to.equal(second?.refresh_token);
    for (const answer of tabs) expect(await devices(answer.body as Pair)).to.not.be.empty;
    expect((await refresh(first?.refresh_token ?? '')).status).to.equal(200);
  });

  it('takes a token that was used long ago for a theft', async () => {
    const stolen = await login('stolen');
    const { body: second } = await refresh(stolen.refresh_token);
    const { body: third } = await refresh((second as Pair).refresh_token);
    const answer = await refresh(stolen.refresh_token);
    expect(answer).to.deep.include({
      status: 401,
      body: { msg: 'Refresh token has been used before', code: 'ERR_JWT_REFRESH_REUSED' },
    });
    expect((await send('GET', '/auth/sessions', (third as Pair).access_token)).status).to.equal(401);
    expect((await refresh((third as Pair).refresh_token)).status).to.equal(401);
    expect(app.output.stdout).to.include('A refresh token of test was used twice');
  });

  it('logs out', async () => {
    const pair = await login('kiosk');
    expect((await send('POST', '/auth/logout', pair.access_token)).status).to.equal(204);
    const answer = await send('GET', '/auth/sessions', pair.access_token);
    expect(answer).to.deep.include({
      status: 401,
      body: { msg: 'Token has been revoked', code: 'ERR_JWT_REVOKED' },
      challenge: 'Bearer realm="api", error="invalid_token", error_description="Token has been revoked"',
    });
    expect((await refresh(pair.refresh_token)).status).to.equal(401);
  });

  it('logs out one device, and not one of somebody else', async () => {
    const [here, there] = [await login('here'), await login('there')];
    const other = (await devices(there)).find(({ current }) => current);
    const path = `/auth/sessions/${String(other?.id)}`;
    expect((await send('DELETE', path, here.access_token)).status).to.equal(204);
    expect((await send('GET', '/auth/sessions', there.access_token)).status).to.equal(401);
    // The same response for what is not there, so that ids cannot be probed.
    expect((await send('DELETE', path, here.access_token)).status).to.equal(204);
  });

  it('logs out everywhere else', async () => {
    const [here, there] = [await login('here'), await login('there')];
    expect((await send('DELETE', '/auth/sessions', here.access_token)).status).to.equal(204);
    expect((await send('GET', '/auth/sessions', there.access_token)).status).to.equal(401);
    expect(await devices(here)).to.have.length(1);
    const again = await login('again');
    expect(await devices(again)).to.have.length(2);
  });

  it('explains what is missing', async () => {
    expect(await send('POST', '/auth/login', '', { username: 'test' })).to.deep.include({
      status: 400,
      body: { msg: 'Missing password parameter' },
    });
    expect(await send('POST', '/auth/refresh', '', {})).to.deep.include({
      status: 401,
      body: { msg: "Missing body field 'refresh_token'", code: 'ERR_JWT_MISSING' },
    });
  });

  it('serves its page, which sees the same sessions', async () => {
    await login('app');
    expect((await send('GET', '/')).body).to.include('<title>Your devices</title>');
    const browser = new CookieClient(app.url);
    expect(
      (await browser.send('POST', '/web/auth/login', { username: 'test', password: 'test' })).status,
    ).to.equal(204);
    const { status, body } = await browser.send('GET', '/web/auth/sessions');
    expect(status).to.equal(200);
    expect((body as Device[]).map(({ label }) => label)).to.include('app');
    expect((await browser.send('GET', '/account')).body).to.deep.include({ username: 'test' });
  });
}
