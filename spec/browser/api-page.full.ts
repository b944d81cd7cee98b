import { expect } from 'chai';
import { endChildApp, startChildApp, type ChildApp } from '../support/child-app';
import { useBrowser } from '../support/browser';

describe('the API page of the basic example, in Chromium', function () {
  this.timeout(120_000);
  const newContext = useBrowser();
  let app: ChildApp;

  before(async () => {
    app = await startChildApp({ PORT: '0' });
  });

  after(() => endChildApp(app));

  it('lets the reader log in and call the protected route', async () => {
    const page = await (await newContext()).newPage();
    // The page is a large program.
    page.setDefaultTimeout(30_000);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    const foreign: string[] = [];
    page.on('request', (sent) => {
      if (!sent.url().startsWith(app.url) && !sent.url().startsWith('data:')) foreign.push(sent.url());
    });
    await page.goto(`${app.url}/docs`);

    const call = async (path: string, status: number) => {
      const block = page.locator('.opblock', { has: page.locator(`[data-path="${path}"]`) });
      if ((await block.locator('.opblock-body').count()) === 0)
        await block.locator('.opblock-summary-control').click();
      await block.getByRole('button', { name: 'Execute' }).click();
      const live = block.locator('.live-responses-table .response').first();
      await live.locator('.response-col_status', { hasText: String(status) }).waitFor();
      return live.locator('.microlight, code').first().innerText();
    };

    expect(await call('/protected', 401)).to.include('ERR_JWT_MISSING');
    expect(await call('/login', 200)).to.include('access_token');
    expect(await call('/protected', 200)).to.include('logined_as');
    if (process.env['SCREENSHOTS'])
      await page.screenshot({ path: `${process.env['SCREENSHOTS']}/api.png`, fullPage: true });
    expect({ complaints, foreign }).to.deep.equal({ complaints: [], foreign: [] });
  });
});
