import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Context } from 'koa';
import Koa from 'koa';
import type { BrowserContext, Page } from 'playwright-core';
import { Ctx, Get, JsonController, Post, useKoaServer } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtOptional,
  JwtRefreshRequired,
  TokenCookies,
  type Token,
  type TokenCookiesOptions,
} from '../../src';
import { useBrowser } from '../support/browser';
import { CookieJar } from '../support/cookie-jar';
import { testManager } from '../support/manager';

/** A certificate that is made for this run; Chromium is told to ignore who signed it. */
function certificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'sibling-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  const { status } = spawnSync('openssl', [
    'req',
    '-x509',
    ...options,
    '-subj',
    '/CN=example.com',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  expect(status, 'openssl').to.equal(0);
  const read = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return read;
}

describe('D6: a sibling host, in a browser', function () {
  this.timeout(120_000);
  const newProfile = useBrowser([
    '--host-resolver-rules=MAP *.example.com 127.0.0.1',
    '--ignore-certificate-errors',
  ]);
  const servers: Server[] = [];
  let tls: ReturnType<typeof certificate>;
  let evil: string;

  /** What the sibling sets for the whole domain when somebody visits it. */
  let planted: string[] = [];

  before(async () => {
    tls = certificate();
    evil = `https://evil.example.com:${String(
      await listen((_, response) => {
        response.setHeader('Set-Cookie', planted);
        response.end('<!doctype html>evil');
      }),
    )}`;
  });

  after(() => {
    for (const server of servers) server.close().closeAllConnections();
  });

  async function listen(handler: Parameters<typeof createServer>[1]): Promise<number> {
    const server = createServer(tls, handler);
    servers.push(server);
    server.listen(0).unref();
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  interface Site {
    readonly url: string;
    /** The cookies of the attacker's own login. */
    readonly attacker: CookieJar;
    readonly visit: (profile: BrowserContext) => Promise<Page>;
    readonly identity: (page: Page) => Promise<string>;
  }

  async function start(options: TokenCookiesOptions): Promise<Site> {
    const jwtManager = testManager();
    const tokenCookies = new TokenCookies(options);

    @JsonController()
    class Routes {
      @Post('/login/:name')
      async login(@Ctx() context: Context) {
        const name = context.path.split('/').at(-1) ?? '';
        tokenCookies.set(context, await jwtManager.createTokenPair(name));
        return {};
      }

      @Get('/me')
      @JwtOptional()
      me(@InjectToken() token: Token | undefined) {
        return { identity: token?.identity ?? 'guest' };
      }

      @Post('/refresh')
      @JwtRefreshRequired()
      async refresh(@InjectToken() token: Token, @Ctx() context: Context) {
        tokenCookies.set(context, await jwtManager.refresh(token));
        return { identity: token.identity };
      }
    }
    const koa = new Koa();
    koa.use((context, next) => {
      if (context.path !== '/') return next();
      context.body = '<!doctype html>app';
      return undefined;
    });
    const authorizationChecker = createAuthorizationChecker(jwtManager, { locations: [tokenCookies] });
    useKoaServer(koa, { controllers: [Routes], authorizationChecker });
    const port = await listen((request, response) => void koa.callback()(request, response));
    const url = `https://app.example.com:${String(port)}`;
    const visit = async (profile: BrowserContext) => {
      const page = await profile.newPage();
      await page.goto(url);
      return page;
    };
    const pageOfAttacker = await visit(await newProfile());
    await send(pageOfAttacker, 'POST', '/login/mallory');
    const attacker = new CookieJar();
    for (const { name, value } of await pageOfAttacker.context().cookies())
      attacker.take({ headers: new Headers({ 'Set-Cookie': `${name}=${value}` }) });
    const identity = async (page: Page) => {
      const { body } = await send(page, 'GET', '/me');
      return (JSON.parse(body) as { identity: string }).identity;
    };
    return { url, attacker, visit, identity };
  }

  /** As the page's own script does it. */
  function send(page: Page, method: string, path: string): Promise<{ status: number; body: string }> {
    return page.evaluate(`(async () => {
      const [, value = ''] = /csrf_token=([^;]+)/.exec(document.cookie) ?? [];
      const response = await fetch('${path}', { method: '${method}', headers: { 'X-CSRF-Token': value } });
      return { status: response.status, body: await response.text() };
    })()`);
  }

  /** Every cookie of the attacker's login, for the parent domain, on every path that could matter. */
  async function plant(site: Site, profile: BrowserContext, paths = ['/', '/refresh', '/me']): Promise<void> {
    planted = site.attacker.names.flatMap((name) =>
      paths.map((path) => `${name}=${site.attacker.value(name)}; Domain=example.com; Path=${path}; Secure`),
    );
    await (await profile.newPage()).goto(evil);
  }

  for (const options of [
    {},
    { autoRefresh: true },
    { refreshPath: '/refresh' },
    { name: 'shop' },
  ] as TokenCookiesOptions[]) {
    describe(`with ${JSON.stringify(options)}`, () => {
      let site: Site;

      before(async () => {
        site = await start(options);
      });

      it('cannot log a visitor in', async () => {
        const profile = await newProfile();
        await plant(site, profile);
        const page = await site.visit(profile);
        expect(await site.identity(page)).to.equal('guest');
        expect((await send(page, 'POST', '/refresh')).status).to.be.within(400, 403);
        expect(await site.identity(page)).to.equal('guest');
      });

      it('cannot log a user out, or in as another one', async () => {
        const profile = await newProfile();
        const page = await site.visit(profile);
        await send(page, 'POST', '/login/ada');
        await plant(site, profile);
        expect(await site.identity(page)).to.equal('ada');
        // The path takes the prefix away: the sibling's cookies come along, and do not count.
        expect(await send(page, 'POST', '/refresh')).to.deep.equal({
          status: 200,
          body: '{"identity":"ada"}',
        });
        expect(await site.identity(page)).to.equal('ada');
      });
    });
  }

  it('can log a visitor in as another user with a domain, as the guide says', async () => {
    const site = await start({ domain: 'example.com' });
    const profile = await newProfile();
    await plant(site, profile, ['/']);
    const page = await site.visit(profile);
    expect(await site.identity(page)).to.equal('mallory');
    expect((await profile.cookies(site.url)).map(({ name }) => name)).to.include('__Secure-access_token');
  });

  it('is not needed to become the user before: a domain that is added removes the cookies of the host', async () => {
    const [before, now] = [await start({}), await start({ domain: 'example.com' })];
    const profile = await newProfile();
    await send(await before.visit(profile), 'POST', '/login/ada');
    const page = await now.visit(profile);
    await send(page, 'POST', '/login/grace');
    expect(await now.identity(page)).to.equal('grace');
    const left = await profile.cookies(now.url);
    expect(left.map(({ name, domain }) => [name, domain])).to.have.deep.members([
      ['__Secure-access_token', '.example.com'],
      ['__Secure-refresh_token', '.example.com'],
      ['__Secure-csrf_token', '.example.com'],
    ]);
  });
});
