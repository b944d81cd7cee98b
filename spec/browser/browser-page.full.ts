import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { IsString } from 'class-validator';
import Koa from 'koa';
import type { Page } from 'playwright-core';
import { Body, JsonController, Post } from 'routing-controllers';
import {
  createAuthorizationChecker,
  createTokenController,
  InjectToken,
  JwtManager,
  JwtRequired,
  TokenCookies,
  type Token,
} from '../../src';
import { createClock } from '../../src/testing';
import { startApp, type RunningApp } from '../support/app';
import { useBrowser } from '../support/browser';
import { readPage } from '../support/docs/page';
import { secret } from '../support/manager';

const path = 'docs/guides/browser.md';
const [program] = readPage(path, readFileSync(path, 'utf8')).blocks;

/** The program as a page loads it without a bundler. */
const html = `<!doctype html><title>Page</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "routing-controllers-jwt/client": "/client.mjs" } }</script>
<script type="module">
${String(program?.text)}
globalThis.result = [response.status, await response.text()];
</script>`;

const files: Readonly<Record<string, [type: string, read: () => string]>> = {
  '/': ['html', () => '<!doctype html><title>Start</title><link rel="icon" href="data:,">'],
  '/login': ['html', () => '<!doctype html><title>Login</title><link rel="icon" href="data:,">'],
  '/program': ['html', () => html],
  '/client.mjs': ['js', () => readFileSync('dist/client/index.mjs', 'utf8')],
};

class GuideLoginDto {
  @IsString() username!: string;
  @IsString() password!: string;
}

@JsonController('/notes')
class GuideNotes {
  @Post()
  @JwtRequired()
  add(@Body({ validate: false }) note: object, @InjectToken() token: Token) {
    return { ...note, of: token.identity };
  }
}

describe('the first program of the guide to browsers, in Chromium', function () {
  this.timeout(120_000);
  const newContext = useBrowser();
  const { clock, advance } = createClock();
  const jwtManager = new JwtManager({ secret, clock });
  let app: RunningApp;
  let page: Page;

  before(async () => {
    const cookies = new TokenCookies();
    const AuthController = createTokenController(jwtManager, {
      credentials: GuideLoginDto,
      cookies,
      authenticate: ({ username }) => username,
    });
    const koa = new Koa();
    koa.use((context, next) => {
      const [type, read] = files[context.path] ?? [];
      if (!type || !read) return next();
      Object.assign(context, { type, body: read() });
      return undefined;
    });
    const authorizationChecker = createAuthorizationChecker(jwtManager, { locations: [cookies] });
    app = await startApp({ controllers: [AuthController, GuideNotes], authorizationChecker }, koa);
    page = await (await newContext()).newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`http://localhost:${String(app.port)}/`);
    await page.evaluate(
      `fetch('/auth/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"username":"ada","password":"x"}' })`,
    );
  });

  after(() => app.close());

  for (const state of ['live', 'expired']) {
    it(`calls the API with an access token that is ${state}`, async () => {
      if (state === 'expired') advance('15m');
      await page.goto(`http://localhost:${String(app.port)}/program`);
      await page.waitForFunction('globalThis.result !== undefined');
      expect(await page.evaluate('result')).to.deep.equal([200, '{"text":"Buy paper","of":"ada"}']);
    });
  }

  it('leads to the login when the session has ended', async () => {
    await jwtManager.revokeAll('ada');
    await page.goto(`http://localhost:${String(app.port)}/program`);
    await page.waitForURL('**/login');
    expect(await page.title()).to.equal('Login');
  });
});
