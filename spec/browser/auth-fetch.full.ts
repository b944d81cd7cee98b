import { expect } from 'chai';
import type { BrowserContext, Page } from 'playwright-core';
import { startAuthFetchSite, type AuthFetchSite } from '../support/auth-fetch-site';
import { useBrowser } from '../support/browser';

type Result = [status: number, body: string];

describe('createAuthFetch, in Chromium', function () {
  this.timeout(120_000);
  const newContext = useBrowser();
  let site: AuthFetchSite;
  let profile: BrowserContext;

  beforeEach(async () => {
    site = await startAuthFetchSite();
    profile = await newContext();
    profile.setDefaultTimeout(20_000);
  });

  afterEach(async () => {
    await profile.close();
    await site.close();
  });

  async function open(before = ''): Promise<Page> {
    const page = await profile.newPage();
    if (before !== '') await page.addInitScript(before);
    await page.goto(site.url);
    await page.waitForFunction('globalThis.call !== undefined');
    return page;
  }

  function call(page: Page, method: string, path: string, body?: string): Promise<Result> {
    return page.evaluate(`call(${JSON.stringify(method)}, ${JSON.stringify(path)}, ${JSON.stringify(body)})`);
  }

  const ends = (page: Page) => page.evaluate<number>('ends');
  const read = (page: Page, after = 0) => call(page, 'GET', `/data?after=${String(after)}`);
  const ada: Result = [200, '{"of":"ada"}'];

  it('sends the CSRF value', async () => {
    const page = await open();
    await call(page, 'POST', '/login');
    expect(await call(page, 'POST', '/data', '{"note":1}')).to.deep.equal([200, '{"note":1}']);
    expect(site.requests).to.deep.equal(['POST /login', 'POST /data with CSRF']);
  });

  it('refreshes once for all waiting requests of two tabs on a slow network', async () => {
    const tabs = [await open(), await open()] as const;
    await call(tabs[0], 'POST', '/login');
    for (const tab of tabs) {
      const network = await profile.newCDPSession(tab);
      const slow = { offline: false, latency: 150, downloadThroughput: 20_000, uploadThroughput: 20_000 };
      await network.send('Network.emulateNetworkConditions', slow);
    }
    site.expire();
    // The last ones arrive when the refresh is over.
    const delays = [0, 50, 400, 1200];
    const results = await Promise.all(tabs.flatMap((tab) => delays.map((after) => read(tab, after))));
    expect(results).to.deep.equal(results.map(() => ada));
    expect(site.refreshes()).to.equal(1);
    expect([await ends(tabs[0]), await ends(tabs[1])]).to.deep.equal([0, 0]);
  });

  it('refreshes again when the next token has expired', async () => {
    const page = await open();
    await call(page, 'POST', '/login');
    for (const refreshes of [1, 2]) {
      site.expire();
      expect(await read(page)).to.deep.equal(ada);
      expect(site.refreshes()).to.equal(refreshes);
    }
  });

  it('sends the body of the request again', async () => {
    const page = await open();
    await call(page, 'POST', '/login');
    site.expire();
    expect(await call(page, 'POST', '/data', '{"note":2}')).to.deep.equal([200, '{"note":2}']);
  });

  it('tells every tab once that the session has ended', async () => {
    const tabs = [await open(), await open()] as const;
    for (const end of [1, 2]) {
      await call(tabs[0], 'POST', '/login');
      await Promise.all(tabs.map((tab) => read(tab)));
      await site.jwtManager.revokeAll('ada');
      const results = await Promise.all([read(tabs[0]), read(tabs[0], 300), read(tabs[0])]);
      expect(results.map(([status]) => status)).to.deep.equal([401, 401, 401]);
      await tabs[1].waitForFunction(`ends === ${String(end)}`);
      await read(tabs[1]);
      expect([await ends(tabs[0]), await ends(tabs[1])]).to.deep.equal([end, end]);
    }
  });

  it('does so for a user who has no cookies any more', async () => {
    const page = await open();
    for (const end of [1, 2]) {
      await call(page, 'POST', '/login');
      await read(page);
      await profile.clearCookies();
      expect((await read(page))[0]).to.equal(401);
      expect((await read(page))[0]).to.equal(401);
      expect(await ends(page)).to.equal(end);
    }
  });

  const troubles = [429, 500, 503];
  for (const status of troubles) {
    it(`gives the page the first response if the refresh is answered with ${String(status)}, and the session goes on`, async () => {
      const page = await open();
      await call(page, 'POST', '/login');
      site.expire();
      site.failRefreshes(status);
      const [code, body] = await read(page);
      expect([code, body]).to.deep.equal([401, '{"msg":"Token has expired","code":"ERR_JWT_EXPIRED"}']);
      expect(await ends(page)).to.equal(0);
      site.failRefreshes(undefined);
      expect(await read(page)).to.deep.equal(ada);
    });
  }

  it('does the same if the server cannot be reached', async () => {
    const page = await open();
    await call(page, 'POST', '/login');
    site.expire();
    await page.route('**/refresh', (route) => route.abort());
    expect((await read(page))[0]).to.equal(401);
    expect(await ends(page)).to.equal(0);
  });

  it('refreshes neither for a login that failed nor where the user must log in again', async () => {
    const page = await open();
    await call(page, 'POST', '/login');
    expect((await call(page, 'POST', '/bad-login'))[0]).to.equal(401);
    site.expire();
    await read(page);
    expect(await call(page, 'DELETE', '/account')).to.deep.equal([
      401,
      '{"msg":"Fresh token required","code":"ERR_JWT_NOT_FRESH"}',
    ]);
    expect(site.refreshes()).to.equal(1);
  });

  it('sends other origins neither the CSRF value nor a refresh', async () => {
    const page = await open();
    await call(page, 'POST', '/login');
    const other = site.url.replace('localhost', '127.0.0.1');
    await page.evaluate(`call('POST', '${other}/data', '{}').catch(() => undefined)`);
    await page.evaluate(`fetch('/data', { method: 'POST' })`);
    expect(site.requests.filter((each) => each.includes('CSRF'))).to.deep.equal([]);
    expect(site.refreshes()).to.equal(0);
  });

  it('refreshes once in a tab without locks, and ignores a mark of the future', async () => {
    const page = await open(
      `Object.defineProperty(navigator, 'locks', { value: undefined });
       localStorage.setItem('jwt-refreshed ' + new URL('/refresh', location.href), '9'.repeat(15));`,
    );
    await call(page, 'POST', '/login');
    site.expire();
    expect(await Promise.all([read(page), read(page, 50), read(page)])).to.deep.equal([ada, ada, ada]);
    expect(site.refreshes()).to.equal(1);
  });
});

describe('createAuthFetch where the browser blocks what tabs share, in Chromium', function () {
  this.timeout(120_000);
  const newContext = useBrowser();
  let site: AuthFetchSite;
  let profile: BrowserContext;

  beforeEach(async () => {
    site = await startAuthFetchSite();
    profile = await newContext();
    profile.setDefaultTimeout(20_000);
  });

  afterEach(async () => {
    await profile.close();
    await site.close();
  });

  const denied = "throw new DOMException('Access is denied', 'SecurityError');";
  const storage = `Object.defineProperty(window, 'localStorage', { get() { ${denied} } });`;
  const full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };";
  const channel = `globalThis.BroadcastChannel = class { constructor() { ${denied} } };`;
  const noChannel = 'delete globalThis.BroadcastChannel;';
  const locks = `LockManager.prototype.request = async () => { ${denied} };`;

  const blocked: [what: string, script: string, refreshes: number, endsInOtherTab: number][] = [
    ['localStorage', storage, 1, 1],
    ['localStorage, which is full', full, 1, 1],
    ['localStorage and BroadcastChannel', storage + channel, 2, 0],
    ['localStorage, and has no BroadcastChannel', storage + noChannel, 2, 0],
    ['locks', locks, 2, 1],
    ['everything', storage + channel + locks, 2, 0],
  ];
  for (const [what, script, refreshes, endsInOtherTab] of blocked) {
    describe(what, () => {
      let tabs: [Page, Page];

      const read = (page: Page, after = 0) => page.evaluate(`call('GET', '/data?after=${String(after)}')`);
      const ends = (page: Page) => page.evaluate<number>('ends');
      const openTab = async () => {
        const page = await profile.newPage();
        await page.addInitScript(script);
        await page.goto(site.url);
        await page.waitForFunction('globalThis.call !== undefined');
        return page;
      };

      beforeEach(async () => {
        tabs = [await openTab(), await openTab()];
        await tabs[0].evaluate("call('POST', '/login')");
      });

      it(`costs at most ${String(refreshes)} refreshes for all waiting requests of two tabs`, async () => {
        for (const round of [1, 2, 3]) {
          site.expire();
          const reads = tabs.flatMap((tab) => [read(tab), read(tab, 100), read(tab, 400)]);
          const results = await Promise.all(reads);
          expect(results).to.deep.equal(results.map(() => [200, '{"of":"ada"}']));
          expect(site.refreshes()).to.be.within(round, round * refreshes);
        }
        expect([await ends(tabs[0]), await ends(tabs[1])]).to.deep.equal([0, 0]);
      });

      it(`lets each tab know that the session has ended, ${endsInOtherTab === 1 ? 'at once' : 'by its next request'}`, async () => {
        await read(tabs[1]);
        await site.jwtManager.revokeAll('ada');
        expect(await read(tabs[0])).to.include(401);
        expect(await ends(tabs[0])).to.equal(1);
        if (endsInOtherTab === 1) await tabs[1].waitForFunction('ends === 1');
        else expect(await ends(tabs[1])).to.equal(0);
        expect(await read(tabs[1])).to.include(401);
        expect([await ends(tabs[0]), await ends(tabs[1])]).to.deep.equal([1, 1]);
      });
    });
  }
});

describe('createAuthFetch with cookies of other names, in Chromium', function () {
  this.timeout(120_000);
  const newContext = useBrowser();

  const variants: [cookies: object, client: object][] = [
    [{ secure: false }, {}],
    [{ name: 'shop' }, { csrfCookie: '__Host-shop_csrf_token' }],
    [{ refreshPath: '/refresh' }, {}],
    [{ csrfHeader: 'X-Proof' }, { csrfHeader: 'X-Proof' }],
  ];
  for (const [cookies, client] of variants) {
    it(`works with ${JSON.stringify(cookies)}`, async () => {
      const site = await startAuthFetchSite(cookies);
      const profile = await newContext();
      const page = await profile.newPage();
      page.setDefaultTimeout(20_000);
      await page.addInitScript(`globalThis.clientOptions = ${JSON.stringify(client)}`);
      await page.goto(site.url);
      await page.waitForFunction('globalThis.call !== undefined');
      await page.evaluate("call('POST', '/login')");
      site.expire();
      const result = await page.evaluate("call('POST', '/data', '{}')");
      await profile.close();
      await site.close();
      expect(result).to.deep.equal([200, '{}']);
      expect(site.refreshes()).to.equal(1);
    });
  }
});
