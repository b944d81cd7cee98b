import { expect } from 'chai';
import { Get, JsonController, Post, Res } from 'routing-controllers';
import {
  ConfigurationError,
  createAuthorizationChecker,
  InjectToken,
  type JwtManager,
  type JwtManagerOptions,
  JwtRefreshRequired,
  JwtRequired,
  type RequestSource,
  type Token,
  TokenCookies,
  type TokenCookiesOptions,
} from '../../src';
import { describeOnDrivers, request, startApp } from '../support/app';
import { cookieNames } from '../support/cookie-app';
import { CookieJar, cookiesOf } from '../support/cookie-jar';
import { testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

/** The length of the longest access token, found by issuing ever longer ones. */
async function longest(manager: JwtManager): Promise<number> {
  let [fits, tooLong] = [0, 9000];
  let length = 0;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    try {
      length = (await manager.createAccessToken('ada', { claims: { x: 'x'.repeat(middle) } })).length;
      fits = middle;
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigurationError);
      tooLong = middle;
    }
  }
  return length;
}

const explicit =
  /^JwtManager: maxTokenLength must be at most 3800, which is all that fits in the location 'Cookie'/;

describeOnDrivers('maxTokenLength', () => {
  it('is 8192 characters, and what the option says', async () => {
    expect(await longest(testManager())).to.be.within(8190, 8192);
    expect(await longest(testManager({ maxTokenLength: 2000 }))).to.be.within(1998, 2000);
    expect(await longest(testManager({ maxTokenLength: 8192 }))).to.be.within(8190, 8192);
  });

  for (const value of [0, 1023, 8193, 2000.5, NaN, Infinity, '2000', null] as unknown[]) {
    it(`cannot be ${String(value)}`, () => {
      expect(() => testManager({ maxTokenLength: value as number })).to.throw(
        ConfigurationError,
        'JwtManager: maxTokenLength must be a whole number from 1024 to 8192',
      );
    });
  }

  it('is 3800 characters where a checker takes tokens from cookies, unless the option says less', async () => {
    const locations = [new TokenCookies({ name: 'x'.repeat(64) })];
    for (const [options, length] of [
      [{}, 3800],
      [{ maxTokenLength: 3800 }, 3800],
      [{ maxTokenLength: 2000 }, 2000],
    ] as [Partial<JwtManagerOptions>, number][]) {
      const [manager, partner] = [testManager(options), testManager({ ...options, issuer: 'partner' })];
      createAuthorizationChecker({ default: manager, partner }, { locations });
      expect(await longest(manager)).to.be.within(length - 2, length);
      expect(await longest(partner)).to.be.within(length - 2, length);
    }
    const manager = testManager({ maxTokenLength: 3801 });
    expect(() => createAuthorizationChecker(manager, { locations })).to.throw(ConfigurationError, explicit);
  });

  it('is that of cookies where a rule of a server takes tokens from them, for the manager of the rule alone', async () => {
    const locations = [new TokenCookies()];
    const [manager, partner] = [testManager(), testManager({ issuer: 'partner' })];
    const managers = { default: manager, partner };
    @JsonController()
    class Partners {
      @Get('/partner')
      @JwtRequired({ manager: 'partner', locations })
      get() {
        return {};
      }
    }
    const authorizationChecker = createAuthorizationChecker(managers);
    expect(await longest(partner)).to.be.within(8190, 8192);
    const app = await startApp({ controllers: [Partners], authorizationChecker });
    expect(await longest(partner)).to.be.within(3798, 3800);
    expect(await longest(manager)).to.be.within(8190, 8192);
    await app.close();
    const long = { default: manager, partner: testManager({ issuer: 'partner', maxTokenLength: 8000 }) };
    const options = { controllers: [Partners], authorizationChecker: createAuthorizationChecker(long) };
    await refusalOf(() => startApp(options), ConfigurationError);
  });
});

describeOnDrivers('a pair that cookies cannot carry', () => {
  async function start(manager: JwtManager, claims: () => object, cookies: TokenCookiesOptions = {}) {
    const tokenCookies = new TokenCookies(cookies);
    @JsonController()
    class Routes {
      @Post('/login')
      async login(@Res() response: RequestSource) {
        tokenCookies.check(response);
        tokenCookies.set(response, await manager.createTokenPair('ada', { claims: { ...claims() } }));
        return {};
      }

      @Post('/refresh')
      @JwtRefreshRequired()
      async refresh(@InjectToken() token: Token, @Res() response: RequestSource) {
        tokenCookies.set(response, await manager.refresh(token));
        return {};
      }
    }
    const authorizationChecker = createAuthorizationChecker(manager, { locations: [tokenCookies] });
    const app = await startApp({ controllers: [Routes], authorizationChecker });
    const jar = new CookieJar();
    const post = async (path: string, headers: Record<string, string> = {}) => {
      const own =
        jar.names.length > 0 ? { Cookie: jar.header(), 'X-CSRF-Token': jar.value(cookieNames.csrf) } : {};
      return jar.take(await request(app.url + path, { method: 'POST', headers: { ...own, ...headers } }));
    };
    return { app, jar, post };
  }

  it('leaves no session when a login is too large, or comes from another site', async () => {
    const manager = testManager();
    let claims: object = { x: 'x'.repeat(2700) };
    const { app, post } = await start(manager, () => claims);
    expect((await post('/login')).status).to.equal(500);
    claims = {};
    expect((await post('/login', { 'Sec-Fetch-Site': 'cross-site' })).status).to.equal(403);
    expect(await manager.listSessions('ada')).to.deep.equal([]);
    expect((await post('/login')).status).to.equal(200);
    expect(await manager.listSessions('ada')).to.have.lengthOf(1);
    await app.close();
  });

  it('consumes no refresh token when its claims have grown, or the request is not ours', async () => {
    let text = '';
    const manager = testManager({ claimsFor: () => ({ claims: { text } }), rotationGrace: 0 });
    const { app, jar, post } = await start(manager, () => ({}));
    await post('/login');
    const token = jar.value(cookieNames.refresh);
    text = 'x'.repeat(2700);
    expect((await post('/refresh')).status).to.equal(503);
    text = '';
    for (const headers of [
      { 'Sec-Fetch-Site': 'cross-site' },
      { Origin: 'https://evil.example' },
      { 'X-CSRF-Token': 'x' },
    ] as Record<string, string>[])
      expect((await post('/refresh', headers)).status).to.equal(403);
    expect(jar.value(cookieNames.refresh)).to.equal(token);
    // Without a grace window, a token that had been consumed would now end the session.
    expect(cookiesOf(await post('/refresh'))).to.have.lengthOf(3);
    await app.close();
  });

  it('refreshes a page that hides its origin, as its value decides; a login does not', async () => {
    const manager = testManager({ rotationGrace: 0 });
    const { app, post } = await start(manager, () => ({}));
    expect((await post('/login', { Origin: 'null' })).status).to.equal(403);
    await post('/login');
    expect((await post('/refresh', { Origin: 'null' })).status).to.equal(200);
    expect((await post('/refresh', { Origin: 'null', 'X-CSRF-Token': 'x' })).status).to.equal(403);
    await app.close();
  });

  it('keeps room for the generation, as a session must not die of its success', async () => {
    const manager = testManager();
    createAuthorizationChecker(manager, { locations: [new TokenCookies()] });
    let [fits, tooLong] = [0, 4000];
    while (tooLong - fits > 1) {
      const middle = Math.floor((fits + tooLong) / 2);
      const claims = { x: 'x'.repeat(middle) };
      await manager.createTokenPair('ada', { claims }).then(
        () => (fits = middle),
        () => (tooLong = middle),
      );
    }
    let { refresh_token: text } = await manager.createTokenPair('ada', { claims: { x: 'x'.repeat(fits) } });
    for (let count = 0; count < 12; count++) text = (await manager.refresh(text)).refresh_token;
    expect(text.length).to.be.at.most(3800);
    await refusalOf(
      manager.createTokenPair('ada', { claims: { x: 'x'.repeat(tooLong) } }),
      ConfigurationError,
    );
  });
});
