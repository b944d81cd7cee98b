import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { IsString } from 'class-validator';
import Koa, { type Context, type Next } from 'koa';
import type { BrowserContext, Page } from 'playwright-core';
import { createAuthorizationChecker, createTokenController, JwtManager, TokenCookies } from '../../src';
import { createClock } from '../../src/testing';
import { startApp, type RunningApp } from '../support/app';
import { pageWithClient } from '../support/auth-fetch-site';
import { useBrowser } from '../support/browser';
import { secret } from '../support/manager';

class BrowserLoginDto {
  @IsString() username!: string;
  @IsString() password!: string;
}

const files: Readonly<Record<string, () => string>> = {
  '/': () => pageWithClient,
  '/client.mjs': () => readFileSync('dist/client/index.mjs', 'utf8'),
};

describe('createAuthFetch with the ready endpoints in cookie mode, in Chromium', function () {
  this.timeout(60_000);
  const newContext = useBrowser();
  const requests: string[] = [];
  let { clock, advance } = createClock();
  let jwtManager: JwtManager;
  let app: RunningApp;
  let profile: BrowserContext;
  let page: Page;

  beforeEach(async () => {
    ({ clock, advance } = createClock());
    requests.length = 0;
    jwtManager = new JwtManager({ secret, clock });
    const cookies = new TokenCookies();
    const AuthController = createTokenController(jwtManager, {
      prefix: '/ready-for-browsers',
      credentials: BrowserLoginDto,
      cookies,
      authenticate: ({ username, password }) => (password === 'engine' ? username : null),
    });
    const koa = new Koa();
    koa.use((context: Context, next: Next) => {
      const file = files[context.path];
      if (!file) {
        requests.push(`${context.method} ${context.path.replace('/ready-for-browsers', '')}`);
        return next();
      }
      context.type = context.path === '/' ? 'html' : 'js';
      context.body = file();
      return undefined;
    });
    const authorizationChecker = createAuthorizationChecker(jwtManager, { locations: [cookies] });
    app = await startApp({ controllers: [AuthController], authorizationChecker }, koa);
    profile = await newContext();
    page = await profile.newPage();
    page.setDefaultTimeout(20_000);
    await page.addInitScript("globalThis.clientOptions = { refresh: '/ready-for-browsers/refresh' }");
    await page.goto(`http://localhost:${String(app.port)}/`);
    await page.waitForFunction('globalThis.call !== undefined');
  });

  afterEach(async () => {
    await profile.close();
    await app.close();
  });

  async function call(method: string, path: string, body?: object): Promise<[status: number, body: string]> {
    const text = body && JSON.stringify(body);
    const parameters = [method, `/ready-for-browsers${path}`, text].map((each) => JSON.stringify(each));
    return page.evaluate(`call(${parameters.join(', ')})`);
  }

  const ends = () => page.evaluate<number>('ends');
  const login = (password = 'engine') => call('POST', '/login', { username: 'ada', password });
  const cookieNames = async () => (await profile.cookies()).map(({ name }) => name).sort();

  it('logs in, lists and ends sessions, and logs out', async () => {
    expect(await login()).to.deep.equal([204, '']);
    expect(await cookieNames()).to.deep.equal([
      '__Host-access_token',
      '__Host-csrf_token',
      '__Host-refresh_token',
    ]);
    const [status, list] = await call('GET', '/sessions');
    expect({ status, current: (JSON.parse(list) as { current: boolean }[])[0]?.current }).to.deep.equal({
      status: 200,
      current: true,
    });
    expect(await call('DELETE', '/sessions')).to.deep.equal([204, '']);
    expect(await call('POST', '/logout')).to.deep.equal([204, '']);
    expect(await cookieNames()).to.deep.equal([]);
    expect(await ends()).to.equal(0);
    expect(requests).to.deep.equal(['POST /login', 'GET /sessions', 'DELETE /sessions', 'POST /logout']);
  });

  it('refreshes once for all requests, and sends them again', async () => {
    await login();
    advance('15m');
    const results = await Promise.all([call('GET', '/sessions'), call('GET', '/sessions')]);
    expect(results.map(([status]) => status)).to.deep.equal([200, 200]);
    expect(requests.filter((request) => request === 'POST /refresh')).to.have.length(1);
  });

  for (const state of ['logged out', 'logged in']) {
    it(`gives the page the response to a wrong password, ${state}, without a refresh or a second try`, async () => {
      if (state === 'logged in') await login();
      requests.length = 0;
      expect(await login('wrong')).to.deep.equal([
        401,
        '{"msg":"Bad username or password","code":"ERR_JWT_CREDENTIALS"}',
      ]);
      expect(requests).to.deep.equal(['POST /login']);
      expect(await ends()).to.equal(0);
    });
  }

  it('tells the page that the session has ended, whose logout then removes the cookies', async () => {
    await login();
    await jwtManager.revokeAll('ada');
    expect((await call('GET', '/sessions'))[0]).to.equal(401);
    expect(await ends()).to.equal(1);
    expect((await call('POST', '/logout'))[0]).to.equal(401);
    expect(await cookieNames()).to.deep.equal([]);
    expect(await ends()).to.equal(1);
  });
});
