import type { BrowserContext, Locator, Page } from 'playwright-core';

/** The page of the example of sessions, in one tab, as its user sees it. */
export class DevicePage {
  private constructor(readonly tab: Page) {}

  static async open(context: BrowserContext, url: string): Promise<DevicePage> {
    const page = new DevicePage(await context.newPage());
    await page.tab.goto(url);
    await page.login.or(page.title).waitFor();
    return page;
  }

  get login(): Locator {
    return this.tab.getByRole('heading', { name: 'Log in' });
  }

  get title(): Locator {
    return this.tab.getByRole('heading', { name: 'Your devices' });
  }

  get problem(): Locator {
    return this.tab.locator('#problem:not(:empty)');
  }

  /** Why the session has ended. */
  get ended(): Locator {
    return this.tab.locator('#ended:not(:empty)');
  }

  /** What happened to other sessions of the user. */
  get notice(): Locator {
    return this.tab.locator('#notices > *');
  }

  get others(): Locator {
    return this.tab.locator('#others > li');
  }

  get current(): Locator {
    return this.tab.locator('#current > li');
  }

  async logIn(): Promise<this> {
    await this.enter('test');
    await this.title.waitFor();
    return this;
  }

  async enter(password: string): Promise<void> {
    await this.tab.getByLabel('User name').fill('test');
    await this.tab.getByLabel('Password').fill(password);
    await this.tab.keyboard.press('Enter');
  }

  async reload(): Promise<void> {
    await this.tab.reload();
    await this.login.or(this.title).waitFor();
  }

  /** With a key, as a tab in the background may be slow to draw what a mouse could hit. */
  press(button: string | RegExp): Promise<void> {
    return this.tab.getByRole('button', { name: button }).first().press('Enter');
  }

  /** What has the focus: the text of the element, or its label. */
  focused(): Promise<string> {
    return this.tab.evaluate(
      'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim()',
    );
  }

  /** Pixels that the page is wider than the window. */
  overflow(): Promise<number> {
    return this.tab.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }
}
