import { expect } from 'chai';
import { Get, JsonController, Post, UseBefore, Res } from 'routing-controllers';
import {
  authenticateUpgrade,
  BearerHeader,
  ConfigurationError,
  createAuthorizationChecker,
  InjectToken,
  type JwtManager,
  type JwtManagerOptions,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  MemoryTokenStore,
  type RejectedEvent,
  type RequestSource,
  type Token,
  TokenCookies,
  type TokenCookiesOptions,
  TokenExpiredError,
} from '../../src';
import { requestOf } from '../../src/http/request/request-of';
import {
  type Answer,
  describeOnDrivers,
  getWith,
  rawAnswer,
  request,
  type RunningApp,
  startApp,
} from '../support/app';
import { nodeMiddleware } from '../support/node-middleware';
import { cookieNames } from '../support/cookie-app';
import { CookieJar, cookiesOf } from '../support/cookie-jar';
import { testClock, testManager, type TestClock } from '../support/manager';
import { refusalOf } from '../support/rejected';

/** An app whose visitor has logged in; the access token lives for 900 seconds. */
interface Stage {
  readonly app: RunningApp;
  readonly clock: TestClock;
  readonly jwtManager: JwtManager;
  readonly tokenCookies: TokenCookies;
  readonly jar: CookieJar;
  readonly events: string[];
  readonly rejected: RejectedEvent[];
  /** With the cookies of the jar, or those that are named. */
  readonly send: (
    path: string,
    options?: { method?: string; names?: string[]; headers?: Record<string, string> },
  ) => Promise<Answer>;
}

const { access, refresh, csrf } = cookieNames;

describeOnDrivers('cookies that refresh themselves', () => {
  let stages: Stage[] = [];

  afterEach(async () => {
    for (const { app } of stages) await app.close();
    stages = [];
  });

  async function start(
    options: Partial<JwtManagerOptions> = {},
    cookies: TokenCookiesOptions = { autoRefresh: true },
    persistent?: boolean,
  ): Promise<Stage> {
    const clock = testClock();
    const store = new MemoryTokenStore({ clock });
    const jwtManager = testManager({ clock, store, ...options });
    const tokenCookies = new TokenCookies(cookies);
    const locations = [new BearerHeader(), tokenCookies];
    const authorizationChecker = createAuthorizationChecker(jwtManager, { locations });
    const app = await startApp({
      controllers: routes(jwtManager, tokenCookies, persistent),
      authorizationChecker,
    });
    const jar = new CookieJar();
    jar.take(await request(`${app.url}/login`, { method: 'POST' }));
    const events: string[] = [];
    const rejected: RejectedEvent[] = [];
    for (const name of ['sessionRotated', 'sessionReplayed', 'sessionReused', 'sessionRevoked'] as const)
      jwtManager.on(name, () => events.push(name));
    jwtManager.on('rejected', (event) => rejected.push(event));
    const send: Stage['send'] = (path, { method = 'GET', names, headers = {} } = {}) =>
      request(app.url + path, { method, headers: { Cookie: jar.header(names), ...headers } });
    const stage = { app, clock, jwtManager, tokenCookies, jar, events, rejected, send };
    stages.push(stage);
    return stage;
  }

  function routes(jwtManager: JwtManager, tokenCookies: TokenCookies, persistent?: boolean): Function[] {
    @JsonController()
    class Routes {
      @Post('/login')
      async login(@Res() response: RequestSource) {
        const details = { roles: 'member', scopes: ['read', 'write'], claims: { tenant: 't1' } };
        tokenCookies.set(response, await jwtManager.createTokenPair('ada', details), { persistent });
        return {};
      }

      @Get('/notes')
      @Post('/notes')
      @JwtRequired()
      notes(@InjectToken() token: Token) {
        return { id: token.id, type: token.type, identity: token.identity };
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
      @Post('/optional')
      @JwtOptional()
      optional(@InjectToken() token: Token | undefined) {
        return { identity: token?.identity ?? 'guest' };
      }

      @Get('/broken')
      @JwtRequired()
      broken() {
        throw new Error('a mistake');
      }

      @Get('/clear-first')
      @JwtRequired()
      async clearFirst(@InjectToken() token: Token, @Res() response: RequestSource) {
        tokenCookies.clear(response);
        await jwtManager.revokeSession(token.sessionId ?? '');
        return {};
      }

      @Get('/clear-last')
      @JwtRequired()
      async clearLast(@InjectToken() token: Token, @Res() response: RequestSource) {
        await jwtManager.revokeSession(token.sessionId ?? '');
        tokenCookies.clear(response);
        return {};
      }

      @Get('/clear-before')
      @UseBefore(
        nodeMiddleware((_, response) => {
          tokenCookies.clear(response);
        }),
      )
      @JwtRequired()
      clearBefore() {
        return {};
      }

      @Get('/revoke-late')
      @JwtRequired()
      async revokeLate(@InjectToken() token: Token, @Res() response: RequestSource) {
        const { res } = requestOf(response);
        res.writeHead(200).write('{');
        await jwtManager.revokeSession(token.sessionId ?? '');
        res.end('}');
        return response;
      }

      @Get('/revoke-only')
      @JwtRequired()
      async revokeOnly(@InjectToken() token: Token) {
        await jwtManager.revokeSession(token.sessionId ?? '');
        return {};
      }

      @Get('/revoke-all')
      @JwtRequired()
      async revokeAll(@InjectToken() token: Token) {
        await jwtManager.revokeAll(token.identity);
        return {};
      }

      @Get('/revoke-others')
      @JwtRequired()
      async revokeOthers(@InjectToken() { identity, sessionId }: Token) {
        await jwtManager.revokeAll(identity, { except: sessionId });
        await jwtManager.revokeAll('grace');
        return {};
      }

      @Get('/switch')
      @JwtRequired()
      async switch(@InjectToken() token: Token, @Res() response: RequestSource) {
        tokenCookies.set(response, await jwtManager.createTokenPair('grace'));
        await jwtManager.revokeSession(token.sessionId ?? '');
        return {};
      }

      @Get('/any')
      @JwtRequired({ type: 'any' })
      any(@InjectToken() { type }: Token) {
        return { type };
      }

      @Post('/refresh')
      @JwtRefreshRequired()
      async refresh(@InjectToken() token: Token, @Res() response: RequestSource) {
        tokenCookies.set(response, await jwtManager.refresh(token));
        return {};
      }
    }
    return [Routes];
  }

  const refused = ({ status, body }: Answer) => ({ status, code: (body as { code?: string }).code });

  const due: [name: string, seconds: number, names: string[]][] = [
    ['has expired', 900, [access, refresh, csrf]],
    ['is absent, as the browser has dropped it', 900, [refresh, csrf]],
    ['is absent before its time', 10, [refresh]],
    ['is in its last minute', 841, [access, refresh, csrf]],
  ];

  for (const [name, seconds, names] of due) {
    it(`rotate when the access token ${name}; the method sees the new one`, async () => {
      const { clock, jar, send, jwtManager, events } = await start();
      const old = await jwtManager.verify(jar.value(access));
      const before = Object.fromEntries(jar.names.map((name) => [name, jar.value(name)]));
      clock.advance(seconds);
      const answer = jar.take(await send('/notes', { names }));
      expect(answer.status).to.equal(200);
      expect(cookiesOf(answer).map(({ name, maxAge }) => [name, maxAge])).to.deep.equal([
        [access, 900],
        [refresh, 2_592_000],
        [csrf, 2_592_000],
      ]);
      expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      const renewed = await jwtManager.verify(jar.value(access));
      expect(answer.body).to.deep.equal({ id: renewed.id, type: 'access', identity: 'ada' });
      const { identity, sessionId, roles, scopes, claims } = old;
      expect(renewed).to.deep.include({ identity, sessionId, roles, scopes, claims });
      expect(renewed.id).to.not.equal(old.id);
      expect(jar.value(refresh)).to.not.equal(before[refresh]);
      expect(jar.value(csrf)).to.equal(before[csrf]);
      expect(events).to.deep.equal(['sessionRotated']);
      expect((await jwtManager.listSessions('ada')).map(({ generation }) => generation)).to.deep.equal([1]);
      expect(cookiesOf(await send('/notes'))).to.deep.equal([]);
    });
  }

  it('rotate when the access cookie is empty', async () => {
    const { jar, send } = await start();
    const headers = { Cookie: `${access}=; ${jar.header([refresh])}` };
    expect(cookiesOf(await send('/notes', { headers }))).to.have.lengthOf(3);
  });

  const resting: [name: string, path: string, seconds: number, names: string[], status: number][] = [
    ['before the last minute', '/notes', 840, [access, refresh], 200],
    ['without a refresh cookie', '/notes', 900, [access], 401],
    ['without a refresh cookie, in the last minute', '/notes', 850, [access], 200],
    ['without any cookie', '/notes', 0, [], 401],
    ['for routes that take any token', '/any', 900, [refresh], 200],
  ];

  for (const [name, path, seconds, names, status] of resting) {
    it(`do not rotate ${name}`, async () => {
      const { clock, send, events } = await start();
      clock.advance(seconds);
      const answer = await send(path, { names });
      expect({ status: answer.status, cookies: cookiesOf(answer), events }).to.deep.equal({
        status,
        cookies: [],
        events: [],
      });
    });
  }

  it('do not rotate without the option', async () => {
    const { clock, send } = await start({}, {});
    clock.advance(900);
    expect(refused(await send('/notes'))).to.deep.equal({ status: 401, code: 'ERR_JWT_EXPIRED' });
  });

  it('do not rotate at each request where tokens live shorter than a minute: in the second half of their life', async () => {
    const { clock, send, jar } = await start({ accessTokenTtl: '40s' });
    for (const [seconds, count] of [
      [19, 0],
      [2, 3],
      [19, 0],
      [1.5, 3],
    ] as const) {
      clock.advance(seconds);
      expect(cookiesOf(jar.take(await send('/notes')))).to.have.lengthOf(count);
    }
  });

  it('do not rotate for a token in the header, good or bad, and two access tokens stay 400', async () => {
    const { clock, send, app, jar, events } = await start();
    clock.advance(850);
    const names = [refresh, csrf];
    const headers = { Authorization: `Bearer ${jar.value(access)}` };
    const answer = await send('/notes', { names, headers });
    expect({ status: answer.status, cookies: cookiesOf(answer) }).to.deep.equal({ status: 200, cookies: [] });
    clock.advance(100);
    expect(refused(await send('/notes', { names, headers }))).to.deep.equal({
      status: 401,
      code: 'ERR_JWT_EXPIRED',
    });
    expect(refused(await send('/notes', { headers }))).to.deep.equal({
      status: 400,
      code: 'ERR_JWT_REQUEST',
    });
    expect((await getWith(`${app.url}/notes`, jar.value(access))).status).to.equal(401);
    expect(events).to.deep.equal([]);
  });

  it('refuse two refresh tokens, and remove none', async () => {
    const { send, jar, events } = await start();
    const headers = { Cookie: `${refresh}=x; ${jar.header([refresh])}` };
    const answer = await send('/optional', { headers });
    expect(refused(answer)).to.deep.equal({ status: 400, code: 'ERR_JWT_REQUEST' });
    expect({ cookies: cookiesOf(answer), events }).to.deep.equal({ cookies: [], events: [] });
  });

  it('do not read the refresh cookie before it is needed: a second one costs nothing until then', async () => {
    const { send, jar, clock } = await start();
    const headers = { Cookie: `${jar.header()}; ${refresh}=x` };
    expect((await send('/notes', { headers })).status).to.equal(200);
    clock.advance(900);
    expect(refused(await send('/notes', { headers }))).to.deep.equal({
      status: 400,
      code: 'ERR_JWT_REQUEST',
    });
  });

  it('go on with an access token in its last minute when there are two refresh tokens: a sibling may have set one', async () => {
    const { send, jar, clock, events } = await start();
    const headers = { Cookie: `${jar.header()}; ${refresh}=x` };
    clock.advance(850);
    for (const path of ['/notes', '/optional']) {
      const answer = await send(path, { headers });
      expect(answer.body, path).to.include({ identity: 'ada' });
      expect({ cookies: cookiesOf(answer), events }).to.deep.equal({ cookies: [], events: [] });
    }
  });

  it('of two names do not choose between two logins: 400; one alone is refreshed', async () => {
    const jwtManager = testManager();
    const locations = ['shop', 'admin'].map((name) => new TokenCookies({ name, autoRefresh: true }));
    @JsonController()
    class Both {
      @Get('/both')
      @JwtRequired()
      both(@InjectToken() { identity }: Token) {
        return { identity };
      }
    }
    const authorizationChecker = createAuthorizationChecker(jwtManager, { locations });
    const app = await startApp({ controllers: [Both], authorizationChecker });
    const cookies: string[] = [];
    for (const name of ['shop', 'admin']) {
      const { refresh_token: text } = await jwtManager.createTokenPair(name);
      cookies.push(`__Host-${name}_refresh_token=${text}`);
    }
    const get = (Cookie: string) => request(`${app.url}/both`, { headers: { Cookie } });
    expect(refused(await get(cookies.join('; ')))).to.deep.equal({ status: 400, code: 'ERR_JWT_REQUEST' });
    const answer = await get(cookies[1] ?? '');
    expect(answer.body).to.deep.equal({ identity: 'admin' });
    expect(cookiesOf(answer).map(({ name }) => name.includes('admin'))).to.deep.equal([true, true, true]);
    await app.close();
  });

  it('give 20 requests at once the same refresh token, and leave one session', async () => {
    const { clock, send, jwtManager, events } = await start();
    clock.advance(900);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('/notes')));
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    const texts = answers.map((answer) => cookiesOf(answer).find(({ name }) => name === refresh)?.value);
    expect(new Set(texts).size).to.equal(1);
    expect(events.sort()).to.deep.equal([...Array<string>(19).fill('sessionReplayed'), 'sessionRotated']);
    expect(await jwtManager.listSessions('ada')).to.have.lengthOf(1);
  });

  it('keep a visitor logged in who comes again and again, until the session ends', async () => {
    const { clock, send, jar } = await start({ sessionTtl: '1d', refreshTokenTtl: '2h' });
    for (let hour = 1; hour < 24; hour++) {
      clock.advance(3600);
      expect(jar.take(await send('/notes')).status, String(hour)).to.equal(200);
    }
    clock.advance(3601);
    expect(refused(await send('/notes'))).to.deep.equal({ status: 401, code: 'ERR_JWT_EXPIRED' });
  });

  it('record nothing of the request in the session, which keeps what the login recorded; events tell', async () => {
    const { clock, jar, send, jwtManager } = await start();
    const session = { userAgent: 'Firefox', ip: '192.0.2.1', label: 'laptop' };
    const recorded = await jwtManager.createTokenPair('grace', { session });
    const told: unknown[] = [];
    jwtManager.on('sessionRotated', ({ identity, userAgent, ip }) => told.push([identity, userAgent, ip]));
    clock.advance(900);
    await send('/notes', { headers: { 'User-Agent': 'Chromium' } });
    jar.take({ headers: new Headers({ 'Set-Cookie': `${refresh}=${recorded.refresh_token}` }) });
    await send('/notes', { names: [refresh], headers: { 'User-Agent': '' } });
    expect((await jwtManager.listSessions('ada'))[0]).to.not.have.any.keys('userAgent', 'ip', 'label');
    expect((await jwtManager.listSessions('grace'))[0]).to.include({ generation: 1, ...session });
    expect(told).to.deep.equal([
      ['ada', 'Chromium', '127.0.0.1'],
      ['grace', 'Firefox', '127.0.0.1'],
    ]);
  });

  it('keep the life of the cookies that the login chose', async () => {
    const { clock, send } = await start({}, { autoRefresh: true }, false);
    clock.advance(900);
    const ages = cookiesOf(await send('/notes')).map(({ maxAge }) => maxAge);
    expect(ages).to.deep.equal([undefined, undefined, undefined]);
  });

  describe('on a method that changes something', () => {
    it('ask for the CSRF value first, and for a page of our own: nothing is consumed', async () => {
      const { clock, send, jar, events } = await start();
      clock.advance(900);
      const value = { 'X-CSRF-Token': jar.value(csrf) };
      for (const path of ['/notes', '/optional']) {
        for (const headers of [{}, { 'X-CSRF-Token': 'x' }, { ...value, 'Sec-Fetch-Site': 'cross-site' }]) {
          const answer = await send(path, { method: 'POST', headers });
          expect(refused(answer)).to.deep.equal({ status: 403, code: 'ERR_JWT_CSRF' });
          expect({ cookies: cookiesOf(answer), events }).to.deep.equal({ cookies: [], events: [] });
        }
      }
      expect(cookiesOf(await send('/notes', { method: 'POST', headers: value }))).to.have.lengthOf(3);
      expect(events).to.deep.equal(['sessionRotated']);
    });

    it('rotate on a safe method whoever links to it: a browser shows its visitors logged in', async () => {
      const { clock, send } = await start();
      clock.advance(900);
      const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
      expect(cookiesOf(await send('/notes', { headers }))).to.have.lengthOf(3);
    });
  });

  describe('at an upgrade', () => {
    it('never rotate', async () => {
      const { clock, app, jar, events, jwtManager, tokenCookies } = await start();
      clock.advance(850);
      // A second refresh token, which a sibling may have set, is not read.
      const lines = [`Cookie: ${jar.header()}; ${refresh}=x`, 'Upgrade: websocket'];
      const answer = await rawAnswer(app.port, 'GET', '/notes', lines);
      expect({ status: answer.status, cookies: cookiesOf(answer) }).to.deep.equal({
        status: 200,
        cookies: [],
      });
      const upgrade = {
        url: '/socket',
        method: 'GET',
        httpVersionMajor: 1,
        headers: { host: 'localhost', upgrade: 'websocket', cookie: jar.header() },
        socket: {},
      };
      const requirement = { locations: [tokenCookies] };
      const token = await authenticateUpgrade(jwtManager, upgrade as never, requirement);
      expect(token.identity).to.equal('ada');
      clock.advance(100);
      expect(refused(await rawAnswer(app.port, 'GET', '/notes', lines))).to.deep.equal({
        status: 401,
        code: 'ERR_JWT_EXPIRED',
      });
      await refusalOf(authenticateUpgrade(jwtManager, upgrade as never, requirement), TokenExpiredError);
      expect(events).to.deep.equal([]);
    });
  });

  describe('in the answer of a logout', () => {
    for (const [path, seconds] of [
      ['/clear-first', 900],
      ['/clear-last', 900],
      ['/clear-last', 850],
      ['/revoke-only', 900],
      ['/revoke-all', 900],
    ] as const) {
      it(`are removed, not renewed: ${path} after ${String(seconds)} seconds`, async () => {
        const { clock, send, jar, jwtManager } = await start();
        clock.advance(seconds);
        const answer = jar.take(await send(path));
        expect(answer.status).to.equal(200);
        expect(cookiesOf(answer).map(({ maxAge }) => maxAge)).to.deep.equal([0, 0, 0]);
        expect(jar.names).to.deep.equal([]);
        expect(await jwtManager.listSessions('ada')).to.deep.equal([]);
      });
    }

    for (const [seconds, names, status] of [
      [900, [access, refresh, csrf], 401],
      [900, [refresh, csrf], 401],
      [850, [access, refresh, csrf], 200],
    ] as [number, string[], number][]) {
      it(`are removed, and nothing is rotated, where middleware removes them first: ${names.join()} after ${String(seconds)} seconds`, async () => {
        const { clock, send, jar, events } = await start();
        clock.advance(seconds);
        const answer = jar.take(await send('/clear-before', { names }));
        expect({ status: answer.status, names: jar.names, events }).to.deep.equal({
          status,
          names: [],
          events: [],
        });
      });
    }

    it('are removed where another request logged out while the store was rotating', async () => {
      const store = new MemoryTokenStore({ clock: testClock() });
      const { clock, send, jar, jwtManager } = await start({ store });
      const rotate = store.rotateSession.bind(store);
      store.rotateSession = async (rotation) => {
        const result = await rotate(rotation);
        await jwtManager.revokeSession(rotation.sessionId);
        return result;
      };
      clock.advance(900);
      jar.take(await send('/notes'));
      expect(jar.names).to.deep.equal([]);
    });

    it('are not remembered once the headers have been sent, however long the response takes', async () => {
      const { clock, send, tokenCookies } = await start();
      let count = 0;
      Object.assign(tokenCookies.autoRefresh ?? {}, { retract: () => count++ });
      clock.advance(900);
      expect(cookiesOf(await send('/revoke-late')).map(({ maxAge }) => maxAge)).to.deep.equal([
        900, 2_592_000, 2_592_000,
      ]);
      expect(count).to.equal(0);
    });

    it('stay when other sessions are revoked, and when the method has logged in another user', async () => {
      const one = await start();
      one.clock.advance(900);
      expect(cookiesOf(await one.send('/revoke-others')).map(({ maxAge }) => maxAge)).to.deep.equal([
        900, 2_592_000, 2_592_000,
      ]);
      const two = await start();
      two.clock.advance(900);
      two.jar.take(await two.send('/switch'));
      expect((await two.jwtManager.verify(two.jar.value(access))).identity).to.equal('grace');
    });

    it('do not concern an answer that has been sent', async () => {
      const { clock, send, jwtManager, jar } = await start();
      clock.advance(900);
      const answer = jar.take(await send('/notes'));
      await jwtManager.revokeAll('ada');
      expect(cookiesOf(answer)).to.have.lengthOf(3);
      expect(refused(await send('/notes'))).to.deep.equal({ status: 401, code: 'ERR_JWT_REVOKED' });
    });
  });

  it('reach the browser when a requirement is not met, and when the method fails', async () => {
    for (const [path, status] of [
      ['/admin', 403],
      ['/broken', 500],
    ] as const) {
      const { clock, send, jar } = await start();
      clock.advance(900);
      const answer = jar.take(await send(path));
      expect({ status: answer.status, count: cookiesOf(answer).length }).to.deep.equal({ status, count: 3 });
      expect((await send('/notes')).status).to.equal(200);
    }
  });

  describe('with a refresh token that is no good', () => {
    type Spoil = (stage: Stage) => unknown;
    const cases: [name: string, spoil: Spoil, code: string, isGuest: boolean][] = [
      [
        'forged',
        ({ jar }) => {
          plant(jar, 'x.y.z');
        },
        'ERR_JWT_INVALID',
        true,
      ],
      [
        'an access token',
        ({ jar }) => {
          plant(jar, jar.value(access));
        },
        'ERR_JWT_TYPE',
        true,
      ],
      [
        'expired',
        ({ clock }) => {
          clock.advance(31 * 86_400);
        },
        'ERR_JWT_EXPIRED',
        true,
      ],
      ['revoked', ({ jwtManager }) => jwtManager.revokeAll('ada'), 'ERR_JWT_REVOKED', true],
      [
        'used before',
        async ({ jar, jwtManager, clock }) => {
          await jwtManager.refresh(jar.value(refresh));
          clock.advance(11);
        },
        'ERR_JWT_REFRESH_REUSED',
        false,
      ],
    ];

    function plant(jar: CookieJar, text: string): void {
      jar.take({ headers: new Headers({ 'Set-Cookie': `${refresh}=${text}` }) });
    }

    for (const [name, spoil, code, isGuest] of cases) {
      it(`refuse the request: ${name}${isGuest ? '; without an access token it is a guest where guests may come' : ', guests included'}`, async () => {
        const stage = await start();
        await spoil(stage);
        stage.clock.advance(900);
        const names = [refresh, csrf];
        const optional = await stage.send('/optional', { names });
        if (isGuest) expect(optional.body).to.deep.equal({ identity: 'guest' });
        else expect(refused(optional)).to.deep.equal({ status: 401, code });
        expect(refused(await stage.send('/notes', { names })).status).to.equal(401);
        for (const path of ['/notes', '/optional'])
          expect(refused(await stage.send(path)).status).to.equal(401);
      });
    }

    it('say which: the error is that of the refresh', async () => {
      for (const [name, spoil, code] of cases) {
        const stage = await start();
        await spoil(stage);
        stage.clock.advance(900);
        expect(refused(await stage.send('/notes')), name).to.deep.equal({ status: 401, code });
        expect(
          stage.rejected.map(({ path, method }) => [path, method]),
          name,
        ).to.deep.equal([['/notes', 'GET']]);
      }
    });

    it('refuse a theft in the last minute as well, and end its session', async () => {
      const { jar, jwtManager, clock, send, events } = await start();
      await jwtManager.refresh(jar.value(refresh));
      clock.advance(850);
      expect(refused(await send('/notes'))).to.deep.equal({ status: 401, code: 'ERR_JWT_REFRESH_REUSED' });
      expect(events).to.deep.equal(['sessionRotated', 'sessionReused']);
    });

    it('go on with an access token in its last minute when the refresh token is useless or of another session', async () => {
      for (const text of ['x.y.z', undefined]) {
        const { jar, jwtManager, clock, send, events } = await start();
        plant(jar, text ?? (await jwtManager.createTokenPair('grace')).refresh_token);
        clock.advance(850);
        const answer = await send('/notes');
        expect(answer.body).to.include({ identity: 'ada' });
        expect({ cookies: cookiesOf(answer), events }).to.deep.equal({ cookies: [], events: [] });
      }
    });
  });

  describe('when the refresh fails on our side', () => {
    const failing: [
      name: string,
      options: (fail: () => boolean) => Partial<JwtManagerOptions>,
      status: number,
      code: string,
    ][] = [
      [
        'claimsFor throws',
        (fail) => ({
          claimsFor: () => {
            if (fail()) throw new Error('away');
            return {};
          },
        }),
        503,
        'ERR_JWT_HOOK',
      ],
      [
        'the claims have grown too large for a cookie',
        (fail) => ({ claimsFor: () => ({ claims: fail() ? { text: 'x'.repeat(2800) } : {} }) }),
        503,
        'ERR_JWT_HOOK',
      ],
      ['the store is away', (fail) => ({ store: storeThat(fail) }), 503, 'ERR_JWT_STORE'],
    ];

    function storeThat(fails: () => boolean): MemoryTokenStore {
      const store = new MemoryTokenStore({ clock: testClock() });
      const rotate = store.rotateSession.bind(store);
      store.rotateSession = (rotation) => {
        if (fails()) throw new Error('away');
        return rotate(rotation);
      };
      return store;
    }

    for (const [name, options, status, code] of failing) {
      it(`consume nothing: ${name}`, async () => {
        let fails = true;
        const { clock, send, rejected, events } = await start(options(() => fails));
        clock.advance(900);
        for (const path of ['/notes', '/optional']) {
          const answer = await send(path);
          expect(refused(answer)).to.deep.equal({ status, code });
          expect(cookiesOf(answer)).to.deep.equal([]);
        }
        expect(rejected.map((event) => event.code)).to.deep.equal([code, code]);
        fails = false;
        clock.advance(3600);
        expect(cookiesOf(await send('/notes'))).to.have.lengthOf(3);
        expect(events).to.deep.equal(['sessionRotated']);
      });

      it(`go on with an access token in its last minute, and tell operators: ${name}`, async () => {
        const { clock, send, rejected } = await start(options(() => true));
        clock.advance(850);
        const answer = await send('/notes');
        expect({ status: answer.status, cookies: cookiesOf(answer) }).to.deep.equal({
          status: 200,
          cookies: [],
        });
        expect(rejected.map((event) => [event.code, event.identity])).to.deep.equal([[code, 'ada']]);
      });
    }

    it('ask claimsFor, which may end the session', async () => {
      const { clock, send, jwtManager } = await start({ claimsFor: () => null });
      clock.advance(850);
      expect(refused(await send('/notes'))).to.deep.equal({ status: 401, code: 'ERR_JWT_REVOKED' });
      expect(await jwtManager.listSessions('ada')).to.deep.equal([]);
    });
  });

  it('rotate on a route that does not ask the store', async () => {
    const { clock, send, events } = await start();
    clock.advance(900);
    expect(cookiesOf(await send('/unchecked'))).to.have.lengthOf(3);
    expect(events).to.deep.equal(['sessionRotated']);
  });

  describe('need', () => {
    it("the refreshPath '/'", () => {
      expect(() => new TokenCookies({ autoRefresh: true, refreshPath: '/refresh' })).to.throw(
        ConfigurationError,
        "autoRefresh needs the refreshPath '/'",
      );
    });

    for (const [name, options] of [
      ['a store', { store: false }],
      ['a grace window', { rotationGrace: 0 }],
    ] as [string, Partial<JwtManagerOptions>][]) {
      it(`${name} of the manager`, () => {
        const locations = [new TokenCookies({ autoRefresh: true })];
        expect(() => createAuthorizationChecker(testManager(options), { locations })).to.throw(
          ConfigurationError,
          'autoRefresh needs a manager with a store and a rotationGrace',
        );
      });
    }

    it('nothing of another manager, which has its own', async () => {
      const partner = testManager({
        store: false,
        secret: 'partner-kq4Zr0pX7uV2bN8mT1sW6yL3dH9gJ5cFaEoQiRt',
        issuer: 'partner',
      });
      const tokenCookies = new TokenCookies({ autoRefresh: true });
      @JsonController()
      class Partners {
        @Get('/partner')
        @JwtRequired({ manager: 'partner' })
        get() {
          return {};
        }
      }
      const managers = { default: testManager(), partner };
      const authorizationChecker = createAuthorizationChecker(managers, { locations: [tokenCookies] });
      const app = await startApp({ controllers: [Partners], authorizationChecker });
      const headers = { Cookie: `${refresh}=x` };
      expect(refused(await request(`${app.url}/partner`, { headers }))).to.deep.equal({
        status: 401,
        code: 'ERR_JWT_MISSING',
      });
      await app.close();
    });
  });
});
