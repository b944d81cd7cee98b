import type { BrowserContext, Locator, Page } from 'playwright-core';

/** The page of the example of cookies, in one tab, as its user sees it. */
export class NotePage {
  private constructor(readonly tab: Page) {}

  /** Opens it, in whichever state it is. */
  static async open(context: BrowserContext, url: string): Promise<NotePage> {
    const page = new NotePage(await context.newPage());
    await page.tab.goto(url);
    await page.login.or(page.greeting).waitFor();
    return page;
  }

  get login(): Locator {
    return this.tab.getByRole('heading', { name: 'Log in' });
  }

  get greeting(): Locator {
    return this.tab.getByRole('heading', { name: 'Hello' });
  }

  get problem(): Locator {
    return this.tab.getByRole('alert');
  }

  get devices(): Locator {
    return this.tab.locator('#devices > li');
  }

  async enter(username: string, password: string): Promise<void> {
    await this.tab.getByLabel('User name').fill(username);
    await this.tab.getByLabel('Password').fill(password);
    await this.tab.keyboard.press('Enter');
  }

  async logIn(username = 'ada', password = 'engine'): Promise<this> {
    await this.enter(username, password);
    await this.greeting.waitFor();
    return this;
  }

  async write(text: string): Promise<void> {
    await this.tab.getByLabel('New note').fill(text);
    await this.press('Add note');
  }

  /** Writes a note and waits until it is in the list. */
  async add(text: string): Promise<void> {
    await this.write(text);
    await this.note(text).waitFor();
  }

  note(text: string): Locator {
    return this.tab.locator('#notes > li').filter({ hasText: text });
  }

  async notes(): Promise<string[]> {
    return this.tab.locator('#notes .note-text').allTextContents();
  }

  async reload(): Promise<void> {
    await this.tab.reload();
    await this.login.or(this.greeting).waitFor();
  }

  /** With a key, as a tab in the background may be slow to draw what a mouse could hit. */
  press(button: string): Promise<void> {
    return this.tab.getByRole('button', { name: button, exact: true }).first().press('Enter');
  }

  /** Every request that this tab sends from now on, such as `POST /api/notes`. */
  requests(): readonly string[] {
    const seen: string[] = [];
    this.tab.on('request', (request) => {
      seen.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    return seen;
  }

  /** Everything that the browser reports from now on: errors, and what the policy of the page forbids. */
  complaints(): readonly string[] {
    const seen: string[] = [];
    this.tab.on('console', (message) => seen.push(message.text()));
    this.tab.on('pageerror', (error) => seen.push(String(error)));
    return seen;
  }
}
