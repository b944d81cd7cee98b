import { expect } from 'chai';
import type { Response as KoaResponse } from 'koa';
import { Get, Header, JsonController, NotFoundError, Post, Res } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  InjectToken,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  TokenCookies,
  type Token,
} from '../../src';
import {
  describeOnDriversWith,
  rawAnswer,
  startApp,
  type AnyResponse,
  type Answer,
  type RunningApp,
} from '../support/app';
import { cookieNames } from '../support/cookie-app';
import { CookieJar } from '../support/cookie-jar';
import { testClock, testManager } from '../support/manager';

const clock = testClock();
const jwtManager = testManager({ clock });
const tokenCookies = new TokenCookies({ autoRefresh: true });
const shared = 'public, max-age=3600';

/** Express answers with 304 by itself. */
function isFreshOnKoa(response: object): boolean {
  if (!('ctx' in response)) return false;
  const { ctx } = response as KoaResponse;
  ctx.status = 200;
  if (ctx.fresh) ctx.status = 304;
  return ctx.fresh;
}

@JsonController()
class Routes {
  @Post('/login')
  @Header('Cache-Control', shared)
  async login(@Res() response: AnyResponse) {
    tokenCookies.set(response, await jwtManager.createTokenPair('ada'));
    return {};
  }

  @Post('/refresh')
  @JwtRefreshRequired()
  @Header('Cache-Control', shared)
  async refresh(@InjectToken() token: Token, @Res() response: AnyResponse) {
    tokenCookies.set(response, await jwtManager.refresh(token));
    return {};
  }

  @Post('/pair')
  @JwtRefreshRequired()
  @Header('Cache-Control', shared)
  async pair(@InjectToken() token: Token) {
    return jwtManager.refresh(token);
  }

  @Post('/failed-pair')
  @JwtRefreshRequired()
  failedPair(@Res() response: AnyResponse) {
    response.set('Cache-Control', shared);
    throw Object.assign(new NotFoundError('not here'), { status: 404, headers: { 'Cache-Control': shared } });
  }

  @Post('/logout')
  @JwtRequired()
  @Header('Cache-Control', shared)
  async logout(@Res() response: AnyResponse) {
    tokenCookies.clear(response);
    response.set('Cache-Control', shared);
    return {};
  }

  @Post('/broken-login')
  async brokenLogin(@Res() response: AnyResponse) {
    tokenCookies.set(response, await jwtManager.createTokenPair('ada'));
    throw Object.assign(new NotFoundError('not here'), { status: 404, headers: { 'Cache-Control': shared } });
  }

  @Get('/notes')
  @JwtRequired()
  @Header('Cache-Control', shared)
  notes() {
    return {};
  }

  @Get('/etag')
  @JwtRequired()
  etag(@Res() response: AnyResponse) {
    response.set('Cache-Control', shared);
    response.set('ETag', '"version-1"');
    return isFreshOnKoa(response) ? response : {};
  }

  @Get('/optional')
  @JwtOptional()
  optional() {
    return {};
  }

  @Get('/missing')
  @JwtRequired()
  missing() {
    throw Object.assign(new NotFoundError('not here'), { status: 404 });
  }
}

for (const defaultErrorHandler of [true, false]) {
  const mode = `with defaultErrorHandler: ${String(defaultErrorHandler)}`;
  describeOnDriversWith(defaultErrorHandler, `D11: what caches may keep, ${mode}`, () => {
    let app: RunningApp;
    let jar: CookieJar;

    before(async () => {
      const locations = [new BearerHeader(), tokenCookies];
      const authorizationChecker = createAuthorizationChecker(jwtManager, { locations });
      app = await startApp({ controllers: [Routes], authorizationChecker, defaultErrorHandler });
    });

    beforeEach(async () => {
      jar = new CookieJar();
      jar.take(await rawAnswer(app.port, 'POST', '/login', []));
    });

    after(() => app.close());

    const send = (method: string, path: string, lines: string[] = []) =>
      rawAnswer(app.port, method, path, [`Cookie: ${jar.header()}`, ...lines]);
    const seen = ({ status, headers }: Answer) => ({
      status,
      cache: headers.get('Cache-Control'),
      vary: headers.get('Vary'),
    });
    const value = (name: string) => `X-CSRF-Token: ${jar.value(name)}`;
    const vary = 'Authorization, Cookie';

    it('is no answer that sets or removes cookies, whatever the method says', async () => {
      const answers = [
        await rawAnswer(app.port, 'POST', '/login', []),
        await send('POST', '/refresh', [value(cookieNames.csrf)]),
        await send('POST', '/broken-login'),
        await send('POST', '/logout', [value(cookieNames.csrf)]),
      ];
      expect(answers.map(seen)).to.deep.equal([
        { status: 200, cache: 'no-store', vary: null },
        { status: 200, cache: 'no-store', vary },
        { status: 404, cache: 'no-store', vary: null },
        { status: 200, cache: 'no-store', vary },
      ]);
      for (const { headers } of answers) expect(headers.getSetCookie()).to.have.lengthOf(3);
    });

    it('is no response of a route that takes a refresh token, whatever the method declares', async () => {
      const { refresh_token } = await jwtManager.createTokenPair('ada');
      const authorization = `Authorization: Bearer ${refresh_token}`;
      for (const [path, status] of [
        ['/failed-pair', 404],
        ['/pair', 200],
      ] as [string, number][]) {
        const answer = seen(await rawAnswer(app.port, 'POST', path, [authorization]));
        expect(answer, path).to.deep.equal({ status, cache: 'no-store', vary });
      }
    });

    it('is no refusal for want of a good token', async () => {
      const refused: [string, string, string[]][] = [
        ['GET', '/notes', []],
        ['HEAD', '/notes', []],
        ['GET', '/notes', [`Cookie: ${cookieNames.access}=x`]],
        ['POST', '/refresh', [`Cookie: ${cookieNames.refresh}=x`]],
        ['POST', '/logout', []],
      ];
      for (const [method, path, lines] of refused) {
        const answer = seen(await rawAnswer(app.port, method, path, lines));
        expect(answer, `${method} ${path}`).to.deep.equal({ status: 401, cache: 'no-store', vary });
      }
    });

    it('is no refusal of cookies that are there twice', async () => {
      const answer = await send('GET', '/notes', [`Cookie: ${cookieNames.access}=x`]);
      expect(seen(answer)).to.deep.equal({ status: 400, cache: 'no-store', vary });
    });

    it('depends on the cookie, whatever the answer is', async () => {
      const etag = 'If-None-Match: "version-1"';
      const answers: [method: string, path: string, lines: string[], status: number, cache: string | null][] =
        [
          ['GET', '/notes', [], 200, shared],
          ['HEAD', '/notes', [], 200, shared],
          ['GET', '/etag', [], 200, shared],
          ['GET', '/etag', [etag], 304, shared],
          ['HEAD', '/etag', [etag], 304, shared],
          ['GET', '/optional', [], 200, null],
          ['GET', '/missing', [], 404, null],
          ['POST', '/logout', [], 403, null],
        ];
      for (const [method, path, lines, status, cache] of answers) {
        const answer = seen(await send(method, path, lines));
        // What a method declares for its answers, routing-controllers adds to errors as well.
        expect(answer, `${method} ${path}`).to.deep.include({ status, vary });
        if (status < 400) expect(answer, `${method} ${path}`).to.deep.include({ cache });
      }
      expect(seen(await rawAnswer(app.port, 'GET', '/optional', []))).to.deep.equal({
        status: 200,
        cache: null,
        vary,
      });
    });

    it('is no answer with refreshed cookies, a 304 and an answer to HEAD included', async () => {
      for (const [method, lines, status] of [
        ['GET', [], 200],
        ['GET', ['If-None-Match: "version-1"'], 304],
        ['HEAD', [], 200],
      ] as [string, string[], number][]) {
        jar.take(await rawAnswer(app.port, 'POST', '/login', []));
        clock.advance(900);
        const answer = await send(method, '/etag', lines);
        expect(seen(answer), method).to.deep.equal({ status, cache: 'no-store', vary });
        expect(answer.headers.getSetCookie(), method).to.have.lengthOf(3);
      }
    });
  });
}
