import { expect } from 'chai';
import type { BrowserContext, Cookie, Route } from 'playwright-core';
import { useNoteApp } from '../support/note-app';

/** Holds back what is sent to the path until there are two requests, and lets both go. */
async function meet(profile: BrowserContext, path: string): Promise<void> {
  const waiting: Route[] = [];
  await profile.unroute(`**${path}`);
  await profile.route(`**${path}`, async (route) => {
    waiting.push(route);
    if (waiting.length > 2) await route.continue();
    else if (waiting.length === 2) await Promise.all(waiting.map((each) => each.continue()));
  });
}

async function cookieCalled(name: string, profile: BrowserContext): Promise<Cookie | undefined> {
  return (await profile.cookies()).find((cookie) => cookie.name === name);
}

const accessCookie = cookieCalled.bind(null, '__Host-access_token');
const refreshCookie = cookieCalled.bind(null, '__Host-refresh_token');

function secondsLeft(cookie: Cookie | undefined): number {
  return (cookie?.expires ?? 0) - Date.now() / 1000;
}

describe('a login of the example of cookies, in a browser', function () {
  this.timeout(120_000);

  describe('with the usual lifetimes', () => {
    const app = useNoteApp();

    it('survives the end of its access token in two tabs that notice it at the same moment', async () => {
      const profile = await app.newProfile();
      const tabs = [await app.logIn(profile), await app.open(profile)];
      for (const round of ['first', 'second', 'third']) {
        await meet(profile, '/api/notes');
        // What the browser does by itself when the cookie's Max-Age is over.
        await profile.clearCookies({ name: /access_token$/ });
        const requests = tabs.map((tab) => tab.requests());
        await Promise.all(tabs.map((tab, index) => tab.add(`${round} of tab ${String(index)}`)));
        for (const seen of requests) expect(seen).to.deep.equal(['POST /api/notes']);
      }
      const [page] = tabs;
      await page?.reload();
      expect(await page?.notes()).to.have.lengthOf(6);
      expect(await page?.devices.count()).to.equal(1);
    });

    it('is not renewed while its access token has long to live', async () => {
      const profile = await app.newProfile();
      const page = await app.logIn(profile);
      const before = await profile.cookies();
      await page.add('Nothing to renew');
      expect(await profile.cookies()).to.deep.equal(before);
    });
  });

  describe('with access tokens of eight seconds', () => {
    const app = useNoteApp({ ACCESS_TOKEN_TTL: '8s' });

    it('is renewed by an ordinary request in the second half of their life, without a word', async () => {
      const profile = await app.newProfile();
      const page = await app.logIn(profile);
      const [refreshToken, accessToken] = [await refreshCookie(profile), await accessCookie(profile)];
      while (secondsLeft(await accessCookie(profile)) > 3.9) await page.tab.waitForTimeout(50);
      const requests = page.requests();
      await page.add('By the way');
      const renewed = await accessCookie(profile);
      expect(renewed?.value).to.be.a('string').and.not.equal(accessToken?.value);
      expect(secondsLeft(renewed)).to.be.greaterThan(4);
      expect((await refreshCookie(profile))?.value)
        .to.be.a('string')
        .and.not.equal(refreshToken?.value);
      expect(requests).to.deep.equal(['POST /api/notes']);
    });
  });

  describe('with access tokens of two seconds', () => {
    const app = useNoteApp({ ACCESS_TOKEN_TTL: '2s' });

    it('goes on after the browser has dropped the cookie by its Max-Age', async () => {
      const profile = await app.newProfile();
      const page = await app.logIn(profile);
      while (await accessCookie(profile)) await page.tab.waitForTimeout(50);
      const requests = page.requests();
      await page.add('Still here');
      expect(requests).to.deep.equal(['POST /api/notes']);
    });
  });
});
