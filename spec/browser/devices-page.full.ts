import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { BrowserContext } from 'playwright-core';
import { request } from '../support/app';
import { useBrowser } from '../support/browser';
import { endChildApp, startChildApp, type ChildApp } from '../support/child-app';
import { DevicePage } from '../support/device-page';
import { secret } from '../support/manager';

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe('the page of the example of sessions, in Chromium', function () {
  this.timeout(120_000);
  const newContext = useBrowser();
  let app: ChildApp;
  let url: string;
  let profiles: BrowserContext[];

  // An app for each, as they all have the same user.
  beforeEach(async () => {
    app = await startChildApp({ PORT: '0', JWT_SECRET_KEY: secret }, 'sessions');
    url = `http://localhost:${String(app.port)}`;
    profiles = [];
  });

  afterEach(async () => {
    for (const profile of profiles) await profile.close();
    const { code, stderr } = await endChildApp(app);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  async function openDevice(): Promise<DevicePage> {
    const profile = await newContext();
    profile.setDefaultTimeout(20_000);
    profiles.push(profile);
    return DevicePage.open(profile, url);
  }

  const loggedIn = async () => (await openDevice()).logIn();

  /** Copies the cookies of a device, lets it refresh, and uses the old ones. */
  async function steal(page: DevicePage): Promise<void> {
    const cookies = await page.tab.context().cookies();
    const csrf = cookies.find(({ name }) => name.endsWith('csrf_token'))?.value ?? '';
    const headers = { 'X-CSRF-Token': csrf };
    // Twice, so that the copy is outside of the grace window.
    for (let time = 0; time < 2; time++)
      await page.tab.evaluate(
        `fetch('/web/auth/refresh', { method: 'POST', headers: ${JSON.stringify(headers)} })`,
      );
    const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const { body } = await request(`${url}/web/auth/refresh`, {
      method: 'POST',
      headers: { ...headers, Cookie, 'User-Agent': 'burglar/1.0' },
    });
    expect(body).to.include({ code: 'ERR_JWT_REFRESH_REUSED' });
  }

  it('lists this device and the others, with browser, address and last use', async () => {
    const first = await loggedIn();
    const second = await loggedIn();
    await request(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'curl/8.5.0' },
      body: JSON.stringify({ username: 'test', password: 'test', device: '<b>backup</b>' }),
    });
    await first.reload();
    expect(await first.current.innerText()).to.match(/^Chrome \d+ on Linux\n+\S*1\s+last used just now/);
    const [curl, browser] = (await first.others.allInnerTexts()).sort().reverse();
    expect(curl).to.match(/^curl 8\.5\.0\n+<b>backup<\/b>\n+127\.0\.0\.1\s+last used just now\s+logged in /);
    expect(browser).to.match(/^Chrome \d+ on Linux\n/);
    expect(await second.others.count()).to.equal(1);
  });

  it('logs out another device, which is told at once, and goes on by keyboard', async () => {
    const [first, second] = [await loggedIn(), await loggedIn()];
    await first.reload();
    await first.press(/^Log out Chrome/);
    await second.ended.filter({ hasText: 'You have been logged out' }).waitFor();
    await second.login.waitFor();
    expect(await second.tab.context().cookies()).to.deep.equal([]);
    expect(await first.others.count()).to.equal(0);
    expect(await first.focused()).to.equal('Other devices');
    await first.tab.getByText('You are logged in nowhere else.').waitFor();
    await second.logIn();
    expect(await second.ended.count()).to.equal(0);
  });

  it('logs out all other devices', async () => {
    const [one, two, here] = [await loggedIn(), await loggedIn(), await loggedIn()];
    expect(await here.others.count()).to.equal(2);
    await here.press('Log out all other devices');
    await Promise.all([one.ended.waitFor(), two.ended.waitFor()]);
    await here.tab.getByText('All other devices are logged out.').waitFor();
    await here.reload();
    expect(await here.others.count()).to.equal(0);
    expect(await here.current.count()).to.equal(1);
  });

  it('tells the user that a stolen token was used: where it happened, and after the next login', async () => {
    const victim = await loggedIn();
    await steal(victim);
    await victim.ended.filter({ hasText: 'Someone used an old token of yours' }).waitFor();
    await victim.logIn();
    expect(await victim.notice.innerText()).to.match(
      /^Someone used an old token of yours\n+On .+, burglar 1\.0 at \S+ used a token that Chrome \d+ on Linux had already exchanged .* that session was ended\./s,
    );
    const other = await loggedIn();
    await other.notice.waitFor();
    await other.press('I have read this');
    await other.notice.waitFor({ state: 'detached' });
    await victim.reload();
    expect(await victim.notice.count()).to.equal(0);
  });

  it('logs out, in all tabs, and shows nothing of the user any more', async () => {
    const page = await loggedIn();
    const tab = await DevicePage.open(page.tab.context(), url);
    await page.press('Log out');
    await page.login.waitFor();
    await tab.ended.waitFor();
    expect(await page.ended.count()).to.equal(0);
    expect(await page.tab.locator('main').textContent()).not.to.include('Chrome');
    await page.logIn();
    await tab.title.waitFor();
  });

  it('explains what went wrong', async () => {
    const page = await openDevice();
    await page.enter('wrong');
    expect(await page.problem.textContent()).to.equal('This user name and password do not belong together.');
    expect(await page.ended.count()).to.equal(0);
    await page.logIn();
    await page.tab.context().setOffline(true);
    await page.press('Log out');
    expect(await page.problem.textContent()).to.include('The server does not respond.');
  });

  it('says when to try again after too many attempts', async () => {
    const page = await openDevice();
    const wrong = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
    const body = JSON.stringify({ username: 'test', password: 'wrong' });
    for (let attempt = 0; attempt < 5; attempt++)
      await page.tab.evaluate(`fetch('/web/auth/login', ${JSON.stringify({ ...wrong, body })})`);
    await page.enter('test');
    expect(await page.problem.textContent()).to.equal('Too many attempts. Try again in 15 minutes.');
  });

  it('loads nothing from elsewhere, and breaks no rule of its policy', async () => {
    const page = await openDevice();
    const foreign: string[] = [];
    const complaints: string[] = [];
    page.tab.on('request', (sent) => {
      if (!sent.url().startsWith(`${url}/`)) foreign.push(sent.url());
    });
    page.tab.on('console', (message) => complaints.push(message.text()));
    page.tab.on('pageerror', (error) => complaints.push(error.message));
    await page.reload();
    await page.logIn();
    await page.reload();
    await page.press('Log out');
    await page.login.waitFor();
    expect({ foreign, complaints }).to.deep.equal({ foreign: [], complaints: [] });
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is accessible and fits into 360 pixels, ${colorScheme}`, async () => {
      const page = await loggedIn();
      await page.tab.emulateMedia({ colorScheme });
      await page.tab.setViewportSize({ width: 360, height: 740 });
      const check = async (state: string) => {
        await page.tab.evaluate(axe);
        const { violations } = await page.tab.evaluate<{ violations: Violation[] }>('axe.run()');
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
        expect(found, state).to.deep.equal([]);
        expect(await page.overflow(), state).to.equal(0);
      };
      await check('alone');
      await steal(page);
      await page.ended.waitFor();
      await check('stolen');
      await loggedIn();
      await loggedIn();
      await page.logIn();
      await page.notice.waitFor();
      expect(await page.others.count()).to.equal(2);
      await check('all');
    });
  }

  it('is usable with the keyboard alone, with a focus that can be seen', async () => {
    await loggedIn();
    const page = await loggedIn();
    expect(await page.focused()).to.equal('Your devices');
    const stops: string[] = [];
    for (let tabs = 0; tabs < 2; tabs++) {
      await page.tab.keyboard.press(tabs === 0 ? 'Tab' : 'Shift+Tab');
      stops.push((await page.focused()).replace(/ \d+ on Linux/, ''));
      const outline = await page.tab.evaluate('getComputedStyle(document.activeElement).outlineWidth');
      expect(outline, stops.at(-1)).to.equal('3px');
    }
    expect(stops).to.deep.equal(['Log out Chrome', 'Log out']);
  });
});
