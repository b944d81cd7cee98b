import { expect } from 'chai';
import type { BrowserContext, Route } from 'playwright-core';
import { useNoteApp } from '../support/note-app';

const accessCookie = /access_token$/;
const refresh = 'POST /api/refresh';

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

async function valueOf(profile: BrowserContext, name: string): Promise<string | undefined> {
  return (await profile.cookies()).find((cookie) => cookie.name === name)?.value;
}

describe('a login of the example of cookies, in a browser', function () {
  this.timeout(20_000);

  describe('with the usual lifetimes', () => {
    const app = useNoteApp();

    it('survives the end of its access token in two tabs that notice it at the same moment', async () => {
      const profile = await app.newProfile();
      const tabs = [await app.logIn(profile), await app.open(profile)];
      for (const round of ['first', 'second', 'third']) {
        await meet(profile, '/api/refresh');
        // What the browser does by itself when the cookie's Max-Age is over.
        await profile.clearCookies({ name: accessCookie });
        const requests = tabs.map((tab) => tab.requests());
        await Promise.all(tabs.map((tab, index) => tab.add(`${round} of tab ${String(index)}`)));
        for (const seen of requests) expect(seen).to.include(refresh);
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

  describe('with access tokens that end soon', () => {
    const app = useNoteApp({ ACCESS_TOKEN_TTL: '4m' });

    it('is renewed by an ordinary request, without a word', async () => {
      const profile = await app.newProfile();
      const page = await app.logIn(profile);
      const before = await valueOf(profile, '__Secure-refresh_token');
      const requests = page.requests();
      await page.add('By the way');
      expect(await valueOf(profile, '__Secure-refresh_token'))
        .to.be.a('string')
        .and.not.equal(before);
      await page.add('And once more');
      expect(requests).to.not.include(refresh);
    });
  });

  describe('with access tokens of two seconds', () => {
    const app = useNoteApp({ ACCESS_TOKEN_TTL: '2s' });

    it('goes on after the browser has dropped the cookie by its Max-Age', async () => {
      const profile = await app.newProfile();
      const page = await app.logIn(profile);
      while ((await valueOf(profile, '__Host-access_token')) !== undefined) await page.tab.waitForTimeout(50);
      const requests = page.requests();
      await page.add('Still here');
      expect(requests).to.deep.equal(['POST /api/notes', refresh, 'POST /api/notes']);
    });
  });
});
