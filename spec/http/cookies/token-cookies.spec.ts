import { expect } from 'chai';
import { stringifySetCookie } from 'cookie';
import Koa, { type Response as KoaResponse } from 'koa';
import type { Response as ExpressResponse } from 'express';
import { Get, Header, JsonController, NotFoundError, Post, Res } from 'routing-controllers';
import {
  ConfigurationError,
  createAuthorizationChecker,
  JwtRequired,
  TokenCookies,
  type CookieTokens,
  type TokenCookiesOptions,
} from '../../../src';
import { requestOf } from '../../../src/http/request/request-of';
import {
  describeOnDrivers,
  errorHandlersOn,
  newApp,
  rawAnswer,
  request,
  startApp,
  takeOver,
  type AnyResponse,
  type Answer,
  type RunningApp,
} from '../../support/app';
import { cookieNames, cookieRefusals, startCookieApp } from '../../support/cookie-app';
import { CookieJar, cookiesOf } from '../../support/cookie-jar';
import { testClock, testManager } from '../../support/manager';

/** What a method does with its answer. */
type Handler = (response: AnyResponse, tokenCookies: TokenCookies) => unknown;

/** Sets a cookie as the framework does it. */
function setOwnCookie(response: AnyResponse): void {
  if ('ctx' in response) (response as unknown as KoaResponse).ctx.cookies.set('theme', 'dark');
  else (response as unknown as ExpressResponse).cookie('theme', 'dark');
}

/** Starts an app with one open method; it is there as GET and POST. */
async function startWith(
  handler: Handler,
  cookies: TokenCookiesOptions = {},
  { defaultErrorHandler = true } = {},
): Promise<RunningApp> {
  const tokenCookies = new TokenCookies(cookies);
  @JsonController()
  class Routes {
    @Get('/')
    @Post('/')
    @Header('Cache-Control', 'public, max-age=3600')
    async run(@Res() response: AnyResponse) {
      return (await handler(response, tokenCookies)) ?? { done: true };
    }

    @Get('/own')
    @JwtRequired({ locations: [tokenCookies] })
    own() {
      return { in: true };
    }
  }
  const authorizationChecker = createAuthorizationChecker(testManager());
  return startApp({ controllers: [Routes], authorizationChecker, defaultErrorHandler });
}

/** The one answer of such an app. */
async function answerOf(
  handler: Handler,
  cookies?: TokenCookiesOptions,
  host?: { defaultErrorHandler?: boolean },
): Promise<Answer> {
  const app = await startWith(handler, cookies, host);
  const answer = await request(app.url, { method: 'POST' });
  await app.close();
  return answer;
}

/** Names and attributes of cookies; of those that are removed, that they are: in both ways that browsers know. */
function attributesOf(answer: Answer): object[] {
  return cookiesOf(answer).map(({ value, maxAge, expires, ...others }) => {
    if (value !== '') return others;
    expect({ maxAge, expires }).to.deep.equal({ maxAge: 0, expires: new Date(0) });
    return { ...others, isGone: true };
  });
}

describeOnDrivers('token cookies', (driver) => {
  // Stands still, so that no second passes between the two tokens of a pair.
  const jwtManager = testManager({ clock: testClock(Date.now()) });
  const login: Handler = async (response, tokenCookies) => {
    tokenCookies.set(response, await jwtManager.createTokenPair('ada'));
  };

  const guarded = { path: '/', secure: true, sameSite: 'lax' };
  /** The cookies under a prefix, and those that other options would have set. */
  const three = (prefix: string, attributes: object, refreshPath = '/') => [
    { name: `${prefix}access_token`, httpOnly: true, ...attributes },
    { name: `${prefix}refresh_token`, httpOnly: true, ...attributes, path: refreshPath },
    { name: `${prefix}csrf_token`, ...attributes },
  ];
  const gone = (cookies: object[]) => cookies.map((cookie) => ({ ...cookie, httpOnly: true, isGone: true }));

  const settings: [name: string, options: TokenCookiesOptions, cookies: object[]][] = [
    ['by default', {}, three('__Host-', guarded)],
    ['with a name', { name: 'shop' }, three('__Host-shop_', guarded)],
    [
      'with a path for the refresh token',
      { refreshPath: '/token/refresh' },
      [
        ...gone([{ name: '__Host-refresh_token', ...guarded }]),
        { name: '__Host-access_token', httpOnly: true, ...guarded },
        { name: '__Secure-refresh_token', httpOnly: true, ...guarded, path: '/token/refresh' },
        { name: '__Host-csrf_token', ...guarded },
      ],
    ],
    [
      'for a domain and its subdomains',
      { domain: 'app.example.com', sameSite: 'strict' },
      [
        ...gone(three('__Host-', { ...guarded, sameSite: 'strict' })),
        ...three('__Secure-', { ...guarded, sameSite: 'strict', domain: 'app.example.com' }),
      ],
    ],
    [
      'for a domain, with a path for the refresh token',
      { domain: 'app.example.com', refreshPath: '/r' },
      [
        ...gone([
          { name: '__Host-access_token', ...guarded },
          { name: '__Secure-refresh_token', ...guarded, path: '/r' },
          { name: '__Host-csrf_token', ...guarded },
          { name: '__Secure-refresh_token', ...guarded, domain: 'app.example.com' },
          { name: '__Host-refresh_token', ...guarded },
        ]),
        ...three('__Secure-', { ...guarded, domain: 'app.example.com' }, '/r'),
      ],
    ],
    [
      'for other sites, without CSRF',
      { sameSite: 'none', csrf: false },
      three('__Host-', { ...guarded, sameSite: 'none' }).slice(0, 2),
    ],
    [
      'with a path and without CSRF: the refresh token needs the third one all the same',
      { csrf: false, refreshPath: '/r', secure: false },
      [
        ...gone([{ name: 'refresh_token', path: '/', sameSite: 'lax' }]),
        { name: 'access_token', httpOnly: true, path: '/', sameSite: 'lax' },
        { name: 'refresh_token', httpOnly: true, path: '/r', sameSite: 'lax' },
        { name: 'csrf_token', httpOnly: true, path: '/', sameSite: 'lax' },
      ],
    ],
    [
      'for embedded pages',
      { sameSite: 'none', partitioned: true },
      [
        ...gone(three('__Host-', { ...guarded, sameSite: 'none' })),
        ...three('__Host-', { ...guarded, sameSite: 'none', partitioned: true }),
      ],
    ],
    [
      'without TLS',
      { secure: false, domain: 'example.com' },
      [
        ...gone(three('', { path: '/', sameSite: 'lax' })),
        ...three('', { path: '/', sameSite: 'lax', domain: 'example.com' }),
      ],
    ],
  ];

  for (const [name, options, cookies] of settings) {
    it(`have names and attributes that browsers guard, ${name}; they are removed with the same`, async () => {
      expect(attributesOf(await answerOf(login, options))).to.deep.equal(cookies);
      const cleared = await answerOf((response, tokenCookies) => {
        tokenCookies.clear(response);
      }, options);
      expect(attributesOf(cleared)).to.deep.equal(cookies.map((cookie) => ({ ...cookie, isGone: true })));
    });
  }

  it('end with the browser where the options or the login want it, and a refresh keeps that', async () => {
    const table: [option: boolean | undefined, login: boolean | undefined, isLasting: boolean][] = [
      [undefined, undefined, true],
      [undefined, false, false],
      [true, false, false],
      [false, undefined, false],
      [false, true, true],
    ];
    for (const [persistent, choice, isLasting] of table) {
      const jar = new CookieJar();
      const app = await startWith(
        async (response, tokenCookies) => {
          const text = tokenCookies.read(requestOf(response), 'refresh');
          if (text === undefined) {
            tokenCookies.set(response, await jwtManager.createTokenPair('ada'), { persistent: choice });
          } else tokenCookies.set(response, await jwtManager.refresh(text));
        },
        { persistent },
      );
      for (const round of ['login', 'refresh', 'refresh']) {
        const headers = jar.names.length > 0 ? { Cookie: jar.header() } : {};
        const answer = jar.take(await request(app.url, { method: 'POST', headers }));
        const ages = cookiesOf(answer).map(({ maxAge }) => maxAge);
        const expected = isLasting ? [900, 2_592_000, 2_592_000] : [undefined, undefined, undefined];
        expect(ages, `${String(persistent)} ${String(choice)} ${round}`).to.deep.equal(expected);
      }
      await app.close();
    }
  });

  it("take the options' persistence at the next login, whatever the login before wanted", async () => {
    const pair = await jwtManager.createTokenPair('ada');
    for (const cookie of [
      `${pair.refresh_token}~`,
      'x~',
      '~',
      `${await jwtManager.createRefreshToken('ada')}~`,
    ]) {
      const app = await startWith(async (response, tokenCookies) => {
        tokenCookies.set(response, await jwtManager.createTokenPair('grace'));
      });
      const headers = { Cookie: `${cookieNames.refresh}=${cookie}` };
      const answer = await request(app.url, { method: 'POST', headers });
      expect(cookiesOf(answer).map(({ maxAge }) => maxAge)).to.deep.equal([900, 2_592_000, 2_592_000]);
      await app.close();
    }
  });

  it('are refused with other options than there are', async () => {
    const pair = await jwtManager.createTokenPair('ada');
    await answerOf((response, tokenCookies) => {
      for (const options of [{ persistent: 'no' }, { persistent: null }, { maxAge: 5 }, 5] as object[])
        expect(() => {
          tokenCookies.set(response, pair, options);
        }).to.throw(ConfigurationError, /^TokenCookies.set/);
    });
  });

  it('are refused when they are of two logins: one CSRF value would not fit both', async () => {
    const [{ access_token }, { refresh_token }] = [
      await jwtManager.createTokenPair('ada'),
      await jwtManager.createTokenPair('ada'),
    ];
    await answerOf((response, tokenCookies) => {
      expect(() => {
        tokenCookies.set(response, { access_token, refresh_token });
      }).to.throw(ConfigurationError, 'must be of one login');
    });
  });

  it('hold what was issued, for as long as it lives, whatever the clock of this process says', async () => {
    const clock = testClock();
    const manager = testManager({ clock, accessTokenTtl: '20m', refreshTokenTtl: '2h' });
    let pair: CookieTokens | undefined;
    const answer = await answerOf(async (response, tokenCookies) => {
      pair = await manager.createTokenPair('ada');
      tokenCookies.set(response, pair);
    });
    const tokenCookies = new TokenCookies();
    expect(cookiesOf(answer).map(({ name, value, maxAge }) => [name, value, maxAge])).to.deep.equal([
      [cookieNames.access, pair?.access_token, 1200],
      [cookieNames.refresh, pair?.refresh_token, 7200],
      [cookieNames.csrf, tokenCookies.csrfValue(pair?.access_token ?? ''), 7200],
    ]);
  });

  it('of a refresh token that is handed out again last as long as it has left, and never less than nothing', async () => {
    const clock = testClock();
    const manager = testManager({ clock, refreshTokenTtl: '8s' });
    const first = await manager.createTokenPair('ada');
    await manager.refresh(first.refresh_token);
    const lives: unknown[] = [];
    for (const seconds of [5, 2.5]) {
      clock.advance(seconds);
      const replayed = await manager.refresh(first.refresh_token);
      const answer = await answerOf((response, tokenCookies) => {
        tokenCookies.set(response, replayed);
      });
      lives.push(cookiesOf(answer).map(({ maxAge }) => maxAge));
    }
    expect(lives).to.deep.equal([
      [3, 3, 3],
      [1, 1, 1],
    ]);
  });

  it('can be the access token alone: the refresh token of before goes', async () => {
    const answer = await answerOf(async (response, tokenCookies) => {
      tokenCookies.set(response, { access_token: await jwtManager.createAccessToken('ada') });
    });
    expect(cookiesOf(answer).map(({ name, maxAge }) => [name, maxAge])).to.deep.equal([
      [cookieNames.access, 900],
      [cookieNames.refresh, 0],
      [cookieNames.csrf, 900],
    ]);
  });

  it('can be moved: those of another path or domain are removed beside', async () => {
    const pair = await jwtManager.createTokenPair('ada');
    const answer = await answerOf(
      (response, tokenCookies) => {
        new TokenCookies({ domain: 'example.com' }).clear(response);
        tokenCookies.set(response, pair);
      },
      { refreshPath: '/refresh' },
    );
    const refreshes = cookiesOf(answer).filter(({ name }) => name === '__Secure-refresh_token');
    expect(refreshes.map(({ path, domain, maxAge }) => [path, domain, maxAge])).to.deep.equal([
      ['/', 'example.com', 0],
      ['/refresh', undefined, 2_592_000],
    ]);
  });

  it('come behind those that are removed, which browsers without partitions take for the same', async () => {
    const pair = await jwtManager.createTokenPair('ada');
    const old = new TokenCookies({ partitioned: true, sameSite: 'none' });
    const answer = await answerOf((response, tokenCookies) => {
      old.clear(response);
      tokenCookies.set(response, pair);
    });
    const ages = cookiesOf(answer).map(({ maxAge }) => maxAge);
    expect(ages).to.deep.equal([0, 0, 0, 900, 2_592_000, 2_592_000]);
  });

  it('are refused when they are no tokens, and so is a CSRF value of nothing', async () => {
    for (const nothing of [undefined, {}, 5] as unknown[]) {
      await answerOf((response, tokenCookies) => {
        expect(() => {
          tokenCookies.set(response, nothing as CookieTokens);
        }).to.throw(ConfigurationError, 'TokenCookies.set needs tokens');
        expect(() => tokenCookies.csrfValue(nothing as string)).to.throw(
          ConfigurationError,
          'csrfValue needs',
        );
      });
    }
  });

  it('are those that were set or removed last, once each', async () => {
    const pair = await jwtManager.createTokenPair('ada');
    const other = await jwtManager.createTokenPair('grace');
    const twice = await answerOf((response, tokenCookies) => {
      tokenCookies.set(response, pair);
      tokenCookies.set(response, other);
    });
    expect(cookiesOf(twice)).to.have.lengthOf(3);
    expect(new CookieJar().take(twice) && cookiesOf(twice)[0]?.value).to.equal(other.access_token);
    const out = await answerOf((response, tokenCookies) => {
      tokenCookies.set(response, pair);
      tokenCookies.clear(response);
    });
    expect(cookiesOf(out).map(({ maxAge }) => maxAge)).to.deep.equal([0, 0, 0]);
    const again = await answerOf((response, tokenCookies) => {
      tokenCookies.clear(response);
      tokenCookies.set(response, { access_token: pair.access_token });
    });
    expect(cookiesOf(again).map(({ maxAge }) => maxAge)).to.deep.equal([900, 0, 900]);
  });

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    const mode = `with defaultErrorHandler: ${String(defaultErrorHandler)}`;

    it(`reach the browser when the method fails behind them, ${mode}`, async () => {
      for (const error of [new NotFoundError('not here'), new TypeError('a mistake')]) {
        const answer = await answerOf(
          async (response, tokenCookies) => {
            await login(response, tokenCookies);
            throw error;
          },
          {},
          { defaultErrorHandler },
        );
        expect(answer.status).to.be.at.least(400);
        expect(cookiesOf(answer)).to.have.lengthOf(3);
        expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      }
    });

    it(`leave the application's own cookies alone, ${mode}`, async () => {
      const answer = await answerOf(
        async (response, tokenCookies) => {
          setOwnCookie(response);
          await login(response, tokenCookies);
          requestOf(response).res.appendHeader(
            'Set-Cookie',
            stringifySetCookie({ name: 'access_token', value: 'own' }),
          );
          await login(response, tokenCookies);
        },
        {},
        { defaultErrorHandler },
      );
      const names = cookiesOf(answer).map(({ name }) => name);
      expect(names).to.have.members(['theme', 'access_token', ...Object.values(cookieNames)]);
    });

    it(`go unsigned, with keys and behind a proxy that is not trusted, ${mode}`, async () => {
      const own = newApp();
      if (own instanceof Koa) own.keys = ['a key of the application'];
      const app = await startCookieApp(jwtManager, { app: own, host: { defaultErrorHandler } });
      const behind = [
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: app.example',
        'Origin: https://localhost',
      ];
      const answer = await rawAnswer(app.port, 'POST', '/login', behind);
      expect(answer.status).to.equal(200);
      expect(cookiesOf(answer).map(({ name }) => name)).to.deep.equal([
        cookieNames.access,
        cookieNames.refresh,
        cookieNames.csrf,
      ]);
      const jar = new CookieJar();
      jar.take(answer);
      const lines = [...behind, `Cookie: ${jar.header()}`];
      await app.expectRefusal(() => app.sendRaw('POST', '/notes', lines), cookieRefusals.csrf);
      const value = `X-CSRF-Token: ${jar.value(cookieNames.csrf)}`;
      await app.expectRun(() => app.sendRaw('POST', '/notes', [...lines, value]));
      jar.take(await app.expectRun(() => app.sendRaw('POST', '/logout', [...lines, value])));
      expect(jar.names).to.deep.equal([]);
      await app.close();
    });
  }

  const nonsense: [name: string, tokens: unknown][] = [
    ['a promise', jwtManager.createTokenPair('ada')],
    ['the text alone', 'x.y.z'],
    ['no tokens', {}],
    ['no text', { access_token: 1 }],
    ['a text that is no token', { access_token: 'x.y.z' }],
    ['claims without times', { access_token: 'e30.e30.e30' }],
    ['a refresh token that is none', { refresh_token: 'x' }],
  ];

  for (const [name, tokens] of nonsense) {
    it(`cannot be made of ${name}`, async () => {
      const access = await jwtManager.createAccessToken('ada');
      const given: unknown = name.startsWith('a refresh')
        ? { access_token: access, ...(tokens as object) }
        : tokens;
      let message: unknown;
      const answer = await answerOf((response, tokenCookies) => {
        try {
          tokenCookies.set(response, given as CookieTokens);
        } catch (error) {
          ({ message } = error as Error);
          throw error;
        }
      });
      expect(message).to.equal(
        'TokenCookies.set needs tokens of this library: await createTokenPair and pass the pair',
      );
      const { status, body } = answer;
      expect({ status, body }).to.deep.equal({
        status: 500,
        body: { msg: 'Server configuration error', code: 'ERR_JWT_CONFIGURATION' },
      });
      expect(cookiesOf(answer)).to.deep.equal([]);
    });
  }

  it('cannot be larger than browsers take: such a cookie would be dropped without a word', async () => {
    const sizes: [length: number, status: number][] = [];
    const jwtManager = testManager();
    for (const length of [2600, 2700, 2800, 2900, 5000]) {
      const claims = { text: 'x'.repeat(length) };
      const text = await jwtManager.createAccessToken('ada', { claims });
      const { status } = await answerOf((response, tokenCookies) => {
        tokenCookies.set(response, { access_token: text });
      });
      sizes.push([cookieNames.access.length + text.length, status]);
    }
    for (const [length, status] of sizes) expect(status, String(length)).to.equal(length <= 4096 ? 200 : 500);
    expect(new Set(sizes.map(([, status]) => status)).size).to.equal(2);
  });

  it('cannot be set once the answer has begun', async () => {
    let message = '';
    await answerOf(async (response, tokenCookies) => {
      takeOver(response).end('{}');
      try {
        await login(response, tokenCookies);
      } catch (error) {
        ({ message } = error as Error);
      }
      return response;
    });
    expect(message).to.equal('TokenCookies: cookies must be set before the response is sent');
  });
});

describeOnDrivers('a route whose only location is token cookies', () => {
  it('misses a cookie', async () => {
    const app = await startWith(() => undefined);
    const { status, body, challenge, headers } = await request(`${app.url}/own`);
    expect({ status, body, challenge }).to.deep.equal({
      status: 401,
      body: { msg: 'Missing Cookie', code: 'ERR_JWT_MISSING' },
      challenge: 'Bearer realm="api"',
    });
    expect(headers.get('Vary')).to.equal('Cookie');
    await app.close();
  });
});
