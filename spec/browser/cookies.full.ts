import { expect } from 'chai';
import type { BrowserContext, Cookie } from 'playwright-core';
import { useNoteApp } from '../support/note-app';
import { NotePage } from '../support/note-page';

describe('the cookies of the example, in a browser', function () {
  this.timeout(120_000);
  const app = useNoteApp();
  const tokenCookies = ['__Host-access_token', '__Host-refresh_token'];
  const csrfCookies = ['__Host-csrf_token'];

  async function namesOfCookies(profile: BrowserContext): Promise<string[]> {
    return (await profile.cookies()).map(({ name }) => name).sort();
  }

  function attributes({ httpOnly, secure, sameSite, path }: Cookie): object {
    return { httpOnly, secure, sameSite, path };
  }

  it('keep the tokens from scripts, and show them the CSRF values', async () => {
    const profile = await app.newProfile();
    const { tab } = await app.logIn(profile);
    const cookies = await profile.cookies();
    const common = { secure: true, sameSite: 'Lax', path: '/' };
    expect(Object.fromEntries(cookies.map((cookie) => [cookie.name, attributes(cookie)]))).to.deep.equal({
      '__Host-access_token': { ...common, httpOnly: true },
      '__Host-refresh_token': { ...common, httpOnly: true },
      '__Host-csrf_token': { ...common, httpOnly: false },
    });
    const readable = await tab.evaluate<string>('document.cookie');
    expect(readable.match(/[^ ;=]+(?==)/g)).to.have.members(csrfCookies);
    for (const { name, value } of cookies)
      expect(readable.includes(value), name).to.equal(csrfCookies.includes(name));
  });

  for (const host of ['localhost', '127.0.0.1']) {
    it(`are taken with Secure and __Host- from http://${host}, which Chromium trusts without TLS`, async () => {
      const profile = await app.newProfile();
      await (await NotePage.open(profile, app.url().replace('localhost', host))).logIn();
      expect(await namesOfCookies(profile)).to.deep.equal([...tokenCookies, ...csrfCookies].sort());
    });
  }

  it('are gone after a logout, and the next action in the other tab shows the login', async () => {
    const profile = await app.newProfile();
    const [one, other] = [await app.logIn(profile), await app.open(profile)];
    await other.greeting.waitFor();
    await one.press('Log out');
    await one.login.waitFor();
    expect(await namesOfCookies(profile)).to.deep.equal([]);
    await other.write('Too late');
    await other.login.waitFor();
    expect(await other.problem.textContent()).to.equal('You have been logged out. Please log in again.');
    expect(await other.notes()).to.deep.equal([]);
  });

  it('are of no use once the user has logged out everywhere', async () => {
    const [here, there] = [await app.logIn(), await app.logIn()];
    await here.press('Log out everywhere');
    await here.login.waitFor();
    await there.write('Too late');
    await there.login.waitFor();
  });

  it('are of no use once their device was logged out from another one', async () => {
    const [old, page] = [await app.logIn(), await app.logIn()];
    await page.devices.filter({ hasNotText: 'This device' }).getByRole('button').click();
    await page.tab.getByText('is logged out.').waitFor();
    expect(await page.devices.count()).to.equal(1);
    await old.write('Too late');
    await old.login.waitFor();
  });
});
