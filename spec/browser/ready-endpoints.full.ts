import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'chai';
import { IsString } from 'class-validator';
import type { Context, Next } from 'koa';
import type { BrowserContext, Page } from 'playwright-core';
import {
  createAuthorizationChecker,
  createTokenController,
  JwtManager,
  TokenCookies,
  type AuthorizationCheckerOptions,
  type TokenCookiesOptions,
} from '../../src';
import { createClock } from '../../src/testing';
import { describeOnDrivers, driverInUse, newApp, startApp, type RunningApp } from '../support/app';
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

interface Variant {
  readonly cookies?: TokenCookiesOptions;
  readonly checker?: AuthorizationCheckerOptions;
  readonly server?: { readonly defaultErrorHandler: false };
  /** What the body of the response to a wrong password contains. */
  readonly wrong?: string;
}

/** What applications change about cookies, errors and the server. */
const variants: Readonly<Record<string, Variant>> = {
  'as they are': {},
  'with the refresh cookie on its path': { cookies: { refreshPath: '/ready-for-browsers' } },
  'with autoRefresh': { cookies: { autoRefresh: true } },
  'with errors of another form': {
    checker: { formatError: ({ status }) => ({ failed: status }) },
    wrong: '{"failed":401}',
  },
  'without the error handler': { server: { defaultErrorHandler: false }, wrong: 'Bad username or password' },
};

for (const [what, variant] of Object.entries(variants))
  (variant.cookies ? describe : describeOnDrivers)(
    `createAuthFetch with the ready endpoints in cookie mode, ${what}, in Chromium`,
    function () {
      this.timeout(120_000);
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
        const cookies = new TokenCookies(variant.cookies);
        const AuthController = createTokenController(jwtManager, {
          prefix: '/ready-for-browsers',
          credentials: BrowserLoginDto,
          cookies,
          authenticate: ({ username, password }) => (password === 'engine' ? username : null),
        });
        const framework = newApp(
          driverInUse() === 'koa'
            ? (context: Context, next: Next) => (serve(context.req, context.res) ? undefined : next())
            : (req: IncomingMessage, res: ServerResponse, next: () => void) => {
                if (!serve(req, res)) next();
              },
        );
        const authorizationChecker = createAuthorizationChecker(jwtManager, {
          locations: [cookies],
          ...variant.checker,
        });
        app = await startApp(
          { controllers: [AuthController], authorizationChecker, ...variant.server },
          framework,
        );
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

      /** Whether it is a file of the page. Other requests are noted. */
      function serve(req: IncomingMessage, res: ServerResponse): boolean {
        const [path = ''] = String(req.url).split('?');
        const file = files[path];
        if (!file) {
          requests.push(`${String(req.method)} ${path.replace('/ready-for-browsers', '')}`);
          return false;
        }
        res.writeHead(200, { 'Content-Type': path === '/' ? 'text/html' : 'text/javascript' }).end(file());
        return true;
      }

      async function call(
        method: string,
        path: string,
        body?: object,
      ): Promise<[status: number, body: string]> {
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
          variant.cookies?.refreshPath ? '__Secure-refresh_token' : '__Host-refresh_token',
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
        const refreshes = requests.filter((request) => request === 'POST /refresh');
        expect(refreshes).to.have.length(variant.cookies?.autoRefresh ? 0 : 1);
      });

      for (const state of ['logged out', 'logged in']) {
        it(`gives the page the response to a wrong password, ${state}, without a refresh or a second try`, async () => {
          if (state === 'logged in') await login();
          requests.length = 0;
          const [status, body] = await login('wrong');
          expect(status).to.equal(401);
          expect(body).to.include(
            variant.wrong ?? '{"msg":"Bad username or password","code":"ERR_JWT_CREDENTIALS"}',
          );
          expect(requests).to.deep.equal(['POST /login']);
          expect(await ends()).to.equal(0);
        });
      }

      it('refreshes before a change, whose body arrives once', async () => {
        await login();
        await jwtManager.createTokenPair('ada');
        advance('15m');
        const [, list] = await call('GET', '/sessions');
        const other = (JSON.parse(list) as { id: string; current: boolean }[]).find(
          ({ current }) => !current,
        );
        advance('15m');
        expect(await call('DELETE', `/sessions/${String(other?.id)}`)).to.deep.equal([204, '']);
        expect(await call('POST', '/logout')).to.deep.equal([204, '']);
        expect(await cookieNames()).to.deep.equal([]);
        expect(await ends()).to.equal(0);
      });

      it('notices that the page has ended its own session, and that there is a new login', async () => {
        for (const end of [1, 2]) {
          await login();
          const [, list] = await call('GET', '/sessions');
          const own = (JSON.parse(list) as { id: string; current: boolean }[]).find(({ current }) => current);
          expect(await call('DELETE', `/sessions/${String(own?.id)}`)).to.deep.equal([204, '']);
          expect((await call('GET', '/sessions'))[0]).to.equal(401);
          expect((await call('GET', '/sessions'))[0]).to.equal(401);
          expect(await ends()).to.equal(end);
        }
      });

      it('logs out after the access token has expired', async () => {
        await login();
        advance('15m');
        expect(await call('POST', '/logout')).to.deep.equal([204, '']);
        expect(await cookieNames()).to.deep.equal([]);
        expect([requests, await ends()]).to.deep.equal([['POST /login', 'POST /logout'], 0]);
      });

      it('tells the page that the session has ended, whose logout then removes the cookies', async () => {
        await login();
        await jwtManager.revokeAll('ada');
        expect((await call('GET', '/sessions'))[0]).to.equal(401);
        expect(await ends()).to.equal(1);
        expect((await call('POST', '/logout'))[0]).to.equal(401);
        expect(await cookieNames()).to.deep.equal([]);
        expect(await ends()).to.equal(1);
      });
    },
  );
