import { expect } from 'chai';
import type { Context } from 'koa';
import { Ctx, Get, JsonController, Post } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  InjectToken,
  JwtOptional,
  JwtRequired,
  MemoryTokenStore,
  TokenCookies,
  type ClaimsFor,
  type IssuedEvent,
  type JwtManager,
  type JwtManagerOptions,
  type RejectedEvent,
  type Token,
  type TokenCookiesOptions,
} from '../../src';
import { getWith, rawAnswer, request, startApp, type Answer, type RunningApp } from '../support/app';
import { cookieNames } from '../support/cookie-app';
import { CookieJar, cookiesOf } from '../support/cookie-jar';
import { testClock, testManager, type TestClock } from '../support/manager';

/** An app with one login, whose access cookie lives for 900 seconds and is renewed in its last 300. */
interface Stage {
  readonly app: RunningApp;
  readonly clock: TestClock;
  readonly jwtManager: JwtManager;
  readonly jar: CookieJar;
  readonly issued: IssuedEvent[];
  readonly rejected: RejectedEvent[];
  readonly get: (path?: string) => Promise<Answer>;
}

describe('the silent renewal of an access cookie', () => {
  let stages: Stage[] = [];

  afterEach(async () => {
    for (const { app } of stages) await app.close();
    stages = [];
  });

  async function start(
    options: Partial<JwtManagerOptions> = {},
    cookies: TokenCookiesOptions = { renewWithin: '5m' },
  ): Promise<Stage> {
    const clock = testClock();
    const jwtManager = testManager({ clock, ...options });
    const tokenCookies = new TokenCookies(cookies);
    const controllers = routes(jwtManager, tokenCookies);
    const locations = [new BearerHeader(), tokenCookies];
    const authorizationChecker = createAuthorizationChecker(jwtManager, { locations });
    const app = await startApp({ controllers, authorizationChecker });
    const jar = new CookieJar();
    jar.take(await request(`${app.url}/login`, { method: 'POST' }));
    const issued: IssuedEvent[] = [];
    const rejected: RejectedEvent[] = [];
    jwtManager.on('issued', (event) => issued.push(event));
    jwtManager.on('rejected', (event) => rejected.push(event));
    const get = (path = '/notes') => request(app.url + path, { headers: { Cookie: jar.header() } });
    const stage = { app, clock, jwtManager, jar, issued, rejected, get };
    stages.push(stage);
    return stage;
  }

  function routes(jwtManager: JwtManager, tokenCookies: TokenCookies): Function[] {
    @JsonController()
    class Routes {
      @Post('/login')
      async login(@Ctx() context: Context) {
        const details = { roles: 'member', scopes: ['read', 'write'], claims: { tenant: 't1' } };
        tokenCookies.set(context, await jwtManager.createTokenPair('ada', details));
        return {};
      }

      @Get('/notes')
      @JwtRequired()
      notes(@InjectToken() token: Token) {
        return { id: token.id };
      }

      @Get('/admin')
      @JwtRequired({ roles: 'admin' })
      admin() {
        return {};
      }

      @Get('/unchecked')
      @JwtRequired({ skipRevocationCheck: true })
      unchecked() {
        return {};
      }

      @Get('/optional')
      @JwtOptional()
      optional() {
        return {};
      }

      @Get('/logout')
      @JwtRequired()
      async logout(@InjectToken() token: Token, @Ctx() context: Context) {
        await jwtManager.revokeSession(token.sessionId ?? '');
        tokenCookies.clear(context);
        return {};
      }

      @Get('/switch')
      @JwtRequired()
      async switch(@Ctx() context: Context) {
        tokenCookies.set(context, { access_token: await jwtManager.createAccessToken('grace') });
        return {};
      }

      @Get('/any')
      @JwtRequired({ type: 'any' })
      any() {
        return {};
      }
    }
    return [Routes];
  }

  function expectNone(answer: Answer, status = 200): void {
    const cookies = answer.headers.getSetCookie();
    expect({ status: answer.status, cookies }).to.deep.equal({ status, cookies: [] });
  }

  it('puts a new access cookie and its CSRF value into the answer', async () => {
    const { clock, jar, get, app, issued, jwtManager } = await start();
    const old = await jwtManager.verify(jar.value(cookieNames.access));
    clock.advance(601);
    const answer = await get();
    expect(answer.body).to.deep.equal({ id: old.id });
    expect(answer.headers.get('Cache-Control')).to.equal('no-store');
    const seen = cookiesOf(answer).map(({ name, maxAge }) => [name, maxAge]);
    expect(seen).to.deep.equal([
      [cookieNames.access, 900],
      [cookieNames.accessCsrf, 900],
    ]);
    jar.take(answer);
    const renewed = await jwtManager.verify(jar.value(cookieNames.access));
    const { identity, sessionId, roles, scopes, claims, authenticatedAt } = old;
    expect(renewed).to.deep.include({ identity, sessionId, roles, scopes, claims });
    expect(renewed.authenticatedAt).to.deep.equal(authenticatedAt);
    expect(renewed.expiresAt.getTime() - old.expiresAt.getTime()).to.equal(601_000);
    expect(issued.map(({ type, tokenId }) => [type, tokenId])).to.deep.equal([['access', renewed.id]]);
    clock.advance(800);
    expectNone(await getWith(`${app.url}/notes`, jar.value(cookieNames.access)));
  });

  it('does not use the refresh token: the session stays as it is', async () => {
    const { clock, get, jwtManager } = await start();
    const [before] = await jwtManager.listSessions('ada');
    clock.advance(601);
    expect(cookiesOf(await get())).to.have.lengthOf(2);
    expect(await jwtManager.listSessions('ada')).to.deep.equal([before]);
  });

  it('waits until the token has less left than the option says', async () => {
    const { clock, get } = await start();
    for (const seconds of [0, 300, 300]) {
      clock.advance(seconds);
      expectNone(await get());
    }
    clock.advance(0.5);
    expect(cookiesOf(await get())).to.have.lengthOf(2);
  });

  it('waits until half of the life is over, whatever the option says', async () => {
    const { clock, get, jar } = await start({}, { renewWithin: '1d' });
    for (let turn = 0; turn < 3; turn++) {
      expectNone(await get());
      clock.advance(450);
      expectNone(await get());
      clock.advance(1);
      expect(cookiesOf(jar.take(await get()))).to.have.lengthOf(2);
    }
  });

  it('happens once for each token, when 50 requests come at the same time, and after that', async () => {
    const { clock, get, issued } = await start();
    clock.advance(700);
    const answers = await Promise.all(Array.from({ length: 50 }, () => get()));
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    expect(answers.filter((answer) => cookiesOf(answer).length > 0)).to.have.lengthOf(1);
    expectNone(await get());
    expect(issued).to.have.lengthOf(1);
  });

  it('is off without the option', async () => {
    const { clock, get } = await start({}, {});
    clock.advance(899);
    expectNone(await get());
  });

  it('keeps a user logged in who comes often enough, and no longer than the session', async () => {
    const { clock, get, jar } = await start({ sessionTtl: '1h' });
    const lives: number[] = [];
    for (let minute = 1; minute < 60; minute++) {
      clock.advance(60);
      const answer = await get();
      expect(answer.status, String(minute)).to.equal(200);
      const [cookie] = cookiesOf(answer);
      if (cookie) lives.push(cookie.maxAge ?? 0);
      jar.take(answer);
    }
    expect(lives).to.deep.equal([900, 900, 900, 900, 300]);
    clock.advance(60);
    expectNone(await get(), 401);
  });

  it('does not happen where the request is refused', async () => {
    const { clock, get, jwtManager, jar } = await start();
    clock.advance(700);
    expectNone(await get('/admin'), 403);
    const { sessionId } = await jwtManager.verify(jar.value(cookieNames.access));
    await jwtManager.revokeSession(sessionId ?? '');
    expectNone(await get(), 401);
  });

  it('does not happen where the store was not asked, nor for guests', async () => {
    const { clock, get, app } = await start();
    clock.advance(700);
    expectNone(await get('/unchecked'));
    expectNone(await request(`${app.url}/optional`));
    expect(cookiesOf(await get('/optional'))).to.have.lengthOf(2);
  });

  it('is only for what came by cookie', async () => {
    const { clock, jar, app } = await start();
    clock.advance(700);
    expectNone(await getWith(`${app.url}/notes`, jar.value(cookieNames.access)));
  });

  it('is only for access tokens of a session', async () => {
    const { clock, app, jwtManager, jar } = await start({ refreshTokenTtl: '15m' });
    const alone = await jwtManager.createAccessToken('ada');
    clock.advance(700);
    expectNone(await request(`${app.url}/notes`, { headers: { Cookie: `${cookieNames.access}=${alone}` } }));
    const refresh = jar.header([cookieNames.refresh]);
    expectNone(await request(`${app.url}/any`, { headers: { Cookie: refresh } }));
  });

  it('does not happen without a store', async () => {
    const { clock, get } = await start({ store: false });
    clock.advance(700);
    expectNone(await get());
  });

  it('leaves the turn to another request at an upgrade, whose answer is not ours', async () => {
    const { clock, get, app, jar } = await start();
    clock.advance(700);
    const lines = [`Cookie: ${jar.header()}`, 'Upgrade: websocket'];
    expectNone(await rawAnswer(app.port, 'GET', '/notes', lines));
    expect(cookiesOf(await get())).to.have.lengthOf(2);
  });

  it('gives way to a logout and to another login in the method', async () => {
    const first = await start();
    first.clock.advance(700);
    const values = cookiesOf(await first.get('/logout')).map(({ maxAge }) => maxAge);
    expect(values).to.deep.equal([0, 0, 0, 0]);
    const second = await start();
    second.clock.advance(700);
    second.jar.take(await second.get('/switch'));
    const { identity } = await second.jwtManager.verify(second.jar.value(cookieNames.access));
    expect(identity).to.equal('grace');
  });

  it('asks claimsFor, as a refresh does', async () => {
    const asked: unknown[] = [];
    const claimsFor: ClaimsFor<Record<string, unknown>> = (identity, { id }) => {
      asked.push([identity, id]);
      return { roles: 'guest', claims: { tenant: 't2' }, expiresIn: '10m' };
    };
    const { clock, get, jar, jwtManager } = await start({ claimsFor });
    const { sessionId, authenticatedAt } = await jwtManager.verify(jar.value(cookieNames.access));
    clock.advance(700);
    jar.take(await get());
    const renewed = await jwtManager.verify(jar.value(cookieNames.access));
    expect(renewed).to.deep.include({ roles: ['guest'], scopes: [], claims: { tenant: 't2' }, sessionId });
    expect(renewed.authenticatedAt).to.deep.equal(authenticatedAt);
    expect(renewed.expiresAt.getTime() - clock()).to.equal(600_000);
    expect(asked).to.deep.equal([['ada', sessionId]]);
  });

  it('refuses the request when claimsFor ends the session', async () => {
    const { clock, get, rejected, jwtManager } = await start({ claimsFor: () => null });
    clock.advance(700);
    const answer = await get();
    expectNone(answer, 401);
    expect(answer.body).to.deep.equal({ msg: 'Token has been revoked', code: 'ERR_JWT_REVOKED' });
    expect(rejected.map(({ code, reason }) => [code, reason])).to.deep.equal([
      ['ERR_JWT_REVOKED', 'claimsFor answered null'],
    ]);
    expect(await jwtManager.listSessions('ada')).to.deep.equal([]);
  });

  const failures: [name: string, options: () => Partial<JwtManagerOptions>, event: [string, string]][] = [
    [
      'claimsFor throws',
      () => ({
        claimsFor: () => {
          throw new Error('the database is away');
        },
      }),
      ['ERR_JWT_HOOK', 'claimsFor'],
    ],
    [
      'claimsFor hangs',
      () => ({ claimsFor: () => new Promise<never>(() => undefined), hookTimeout: '1s' }),
      ['ERR_JWT_HOOK', 'claimsFor'],
    ],
    ['claimsFor answers nonsense', () => ({ claimsFor: (() => 1) as never }), ['ERR_JWT_HOOK', 'claimsFor']],
    [
      'the token grows too large for a cookie',
      () => ({ claimsFor: () => ({ claims: { text: 'x'.repeat(4000) } }) }),
      [
        'ERR_JWT_CONFIGURATION',
        'the token is too large for a cookie, which browsers take up to 4096 bytes of: carry fewer claims',
      ],
    ],
    [
      'the store fails',
      () => ({ store: storeThatCannotList() }),
      ['ERR_JWT_STORE', 'store.listSessions failed'],
    ],
  ];

  function storeThatCannotList(): MemoryTokenStore {
    const store = new MemoryTokenStore({ clock: testClock() });
    store.listSessions = () => Promise.reject(new Error('away'));
    return store;
  }

  for (const [name, options, [code, reason]] of failures) {
    it(`leaves the request alone when ${name}, and tells operators once`, async () => {
      const { clock, get, rejected } = await start(options());
      clock.advance(700);
      const answers = [await get(), await get()];
      for (const answer of answers) expectNone(answer);
      expect(rejected.map((event) => [event.code, event.reason, event.identity])).to.deep.equal([
        [code, reason, 'ada'],
      ]);
    });
  }

  it('tells operators of whatever else goes wrong', async () => {
    const { clock, jwtManager, jar, rejected } = await start();
    clock.advance(700);
    const token = await jwtManager.verify(jar.value(cookieNames.access));
    const cause = new TypeError('odd');
    await jwtManager.silentRenewal.renew(token, 300, () => {
      throw cause;
    });
    expect(rejected.map((event) => [event.code, event.reason, event.cause])).to.deep.equal([
      ['ERR_JWT_HOOK', 'silent renewal', cause],
    ]);
  });

  it('does not happen when the session has ended meanwhile', async () => {
    const store = new MemoryTokenStore({ clock: testClock() });
    store.listSessions = () => Promise.resolve([]);
    const { clock, get, rejected, issued } = await start({ store });
    clock.advance(700);
    expectNone(await get());
    expect({ rejected, issued }).to.deep.equal({ rejected: [], issued: [] });
  });

  it('does not happen when the new token would not outlive the old one', async () => {
    const { clock, get, issued } = await start({ sessionTtl: '15m' });
    clock.advance(700);
    expectNone(await get());
    expect(issued).to.deep.equal([]);
  });

  it('remembers no more tokens than fit: the oldest has another turn', async () => {
    const { clock, get, jwtManager } = await start();
    const texts: string[] = [];
    for (let count = 0; count < 10_000; count++) {
      texts.push((await jwtManager.createTokenPair(`user ${String(count)}`)).access_token);
    }
    clock.advance(700);
    expect(cookiesOf(await get())).to.have.lengthOf(2);
    let renewed = 0;
    const renew = async (text = '') =>
      jwtManager.silentRenewal.renew(await jwtManager.verify(text), 300, () => renewed++);
    for (const text of texts.slice(1)) await renew(text);
    expectNone(await get());
    await renew(texts[0]);
    await renew(texts[0]);
    expect(renewed).to.equal(10_000);
    expect(cookiesOf(await get())).to.have.lengthOf(2);
  });
});
