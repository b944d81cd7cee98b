import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { expect } from 'chai';
import type { Context } from 'koa';
import { Ctx, JsonController, Post } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtRefreshRequired,
  JwtRequired,
  TokenCookies,
  type Token,
} from '../../src';
import { request, startApp, type RunningApp } from '../support/app';
import { CookieJar } from '../support/cookie-jar';
import { readPage } from '../support/docs/page';
import { testClock, testManager } from '../support/manager';

const path = 'docs/guides/cookies.md';

/** What the script of the page defines. */
interface Script {
  send(method: string, path: string): Promise<{ status: number }>;
}

describe('the script on the page of cookies', () => {
  const clock = testClock();
  const jwtManager = testManager({ clock });
  const tokenCookies = new TokenCookies();
  const asked: string[] = [];
  let app: RunningApp;
  let jar: CookieJar;
  let page: Script;

  @JsonController()
  class Routes {
    @Post('/session/login')
    async login(@Ctx() context: Context) {
      tokenCookies.set(context, await jwtManager.createTokenPair('ada'));
      return {};
    }

    @Post('/session/refresh')
    @JwtRefreshRequired()
    async refresh(@InjectToken() token: Token, @Ctx() context: Context) {
      tokenCookies.set(context, await jwtManager.refresh(token));
      return {};
    }

    @Post('/notes')
    @JwtRequired()
    add() {
      return {};
    }
  }

  before(async () => {
    const authorizationChecker = createAuthorizationChecker(jwtManager, { locations: [tokenCookies] });
    app = await startApp({ controllers: [Routes], authorizationChecker });
  });

  beforeEach(() => {
    jar = new CookieJar();
    asked.length = 0;
    const { blocks } = readPage(path, readFileSync(path, 'utf8'));
    const script = blocks.find(({ language }) => language === 'js')?.text ?? '';
    page = createContext({ document: browserDocument(), fetch: browserFetch }) as unknown as Script;
    runInContext(script, page);
  });

  after(() => app.close());

  /** As scripts see it. */
  function browserDocument(): { readonly cookie: string } {
    return {
      get cookie() {
        return jar.header(jar.names.filter((name) => name.endsWith('csrf_token')));
      },
    };
  }

  /** A page of the app's own, with its cookies. */
  async function browserFetch(target: string, init: { method: string; headers: Record<string, string> }) {
    const names = jar.names.filter((name) => target === '/session/refresh' || !name.includes('refresh'));
    const headers = { ...init.headers, Cookie: jar.header(names), 'Sec-Fetch-Site': 'same-origin' };
    const answer = jar.take(await request(app.url + target, { ...init, headers }));
    asked.push(`${init.method} ${target} ${String(answer.status)}`);
    return { status: answer.status, ok: answer.status === 200 };
  }

  it('sends the value that belongs to the token', async () => {
    await page.send('POST', '/session/login');
    expect(await page.send('POST', '/notes')).to.include({ status: 200 });
    expect(asked).to.deep.equal(['POST /session/login 200', 'POST /notes 200']);
  });

  it('refreshes when the access token is over, and asks again', async () => {
    await page.send('POST', '/session/login');
    clock.advance(900);
    expect(await page.send('POST', '/notes')).to.include({ status: 200 });
    expect(asked.slice(1)).to.deep.equal(['POST /notes 401', 'POST /session/refresh 200', 'POST /notes 200']);
  });

  it('gives up when there is nothing to refresh with', async () => {
    expect(await page.send('POST', '/notes')).to.include({ status: 401 });
    expect(asked).to.deep.equal(['POST /notes 401', 'POST /session/refresh 401']);
  });
});
