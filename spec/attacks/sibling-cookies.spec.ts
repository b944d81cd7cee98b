import { expect } from 'chai';
import type { IncomingMessage } from 'node:http';
import { TokenCookies, type TokenCookiesOptions } from '../../src';
import { cookieRefusals, startCookieApp, type CookieApp } from '../support/cookie-app';
import { cookiesOf, CookieJar } from '../support/cookie-jar';
import { describeOnDrivers, newApp, request } from '../support/app';
import { nodeMiddleware } from '../support/node-middleware';
import { testManager } from '../support/manager';

const { csrf, missing, twoTokens } = cookieRefusals;

/** A sibling host can set any cookie for the parent domain, but none whose name begins with `__Host-`. */
const plantable = (name: string) => !name.startsWith('__Host-');

describeOnDrivers('D6: cookies that a sibling host plants', () => {
  const jwtManager = testManager();
  let app: CookieApp;
  let attacker: CookieJar;

  async function start(cookies: TokenCookiesOptions): Promise<void> {
    app = await startCookieApp(jwtManager, { cookies });
    attacker = await app.login();
  }

  /** What the attacker can make a visitor's browser send: of their own login, the cookies that a sibling can write. */
  const planted = () => attacker.header(attacker.names.filter(plantable));
  const value = (jar: CookieJar) => jar.value(jar.names.find((name) => name.endsWith('csrf_token')) ?? '');

  const accessName = (jar: CookieJar) => jar.names.find((name) => name.endsWith('access_token')) ?? '';

  afterEach(() => app.close());

  it('are none by default: every name has the prefix __Host-', async () => {
    await start({});
    expect(attacker.names.filter(plantable)).to.deep.equal([]);
  });

  const paths = ['/refresh', '/any'] as const;

  it('open nothing with a refresh token, whatever the method and the CSRF value', async () => {
    for (const options of [{}, { csrf: false }, { name: 'shop' }] as TokenCookiesOptions[]) {
      await start({ refreshPath: '/refresh', ...options });
      expect(planted()).to.match(/^__Secure-(shop_)?refresh_token=[^;]+$/);
      const lines = [`Cookie: ${planted()}`, `X-CSRF-Token: ${value(attacker)}`];
      await app.expectRefusal(() => app.sendRaw('POST', paths[0], lines), csrf);
      await app.expectRefusal(() => app.sendRaw('GET', paths[1], lines), csrf);
      await app.close();
    }
    await start({});
  });

  it('open nothing with a refresh token beside the CSRF cookie of the visitor, in any number', async () => {
    await start({ refreshPath: '/refresh' });
    const visitor = await app.login();
    const own = `__Host-csrf_token=${value(visitor)}`;
    const foreign = `__Host-csrf_token=${value(attacker)}`;
    for (const csrfCookies of [
      own,
      `${own}; ${foreign}`,
      `${foreign}; ${own}`,
      '__Host-csrf_token=',
      `__host-csrf_token=${value(attacker)}`,
    ]) {
      for (const header of [value(visitor), value(attacker)]) {
        const lines = [`Cookie: ${planted()}; ${csrfCookies}`, `X-CSRF-Token: ${header}`];
        await app.expectRefusal(() => app.sendRaw('POST', '/refresh', lines), csrf, csrfCookies);
        await app.expectRefusal(() => app.sendRaw('GET', '/any', lines), csrf, csrfCookies);
      }
    }
    await app.expectRun(() => app.send(visitor, 'POST', '/refresh', { 'X-CSRF-Token': value(visitor) }));
    await app.expectRun(() => app.send(visitor, 'GET', '/any'));
  });

  it('cost the visitor nothing beside their own refresh token, which belongs to the CSRF cookie', async () => {
    for (const options of [{}, { csrf: false }, { name: 'shop' }, { persistent: false }] as const) {
      await start({ refreshPath: '/refresh', ...options });
      const visitor = await app.login();
      for (const cookies of [
        `${visitor.header()}; ${planted()}`,
        `${planted()}; ${visitor.header()}`,
        `${planted()}x; ${planted()}; ${visitor.header()}; ${planted()}~`,
      ]) {
        const lines = [`Cookie: ${cookies}`, `X-CSRF-Token: ${value(visitor)}`];
        await app.expectRun(() => app.sendRaw('GET', '/notes', lines), cookies);
        const answer = await app.expectRun(() => app.sendRaw('POST', '/refresh', lines), cookies);
        const renewed = cookiesOf(answer).find(({ name }) => plantable(name));
        expect(
          (await jwtManager.verify(renewed?.value?.replace('~', '') ?? '', { type: 'refresh' })).sessionId,
        ).to.equal((await jwtManager.verify(visitor.value(accessName(visitor)))).sessionId);
        expect(renewed?.maxAge === undefined).to.equal('persistent' in options);
      }
      await app.close();
    }
    await start({});
  });

  it('are 400 where none of them belongs to the CSRF cookie, and no cookie is removed', async () => {
    await start({ refreshPath: '/refresh' });
    const visitor = await app.login();
    const csrfCookie = `__Host-csrf_token=${value(visitor)}`;
    for (const cookies of [`${planted()}; ${planted()}x; ${csrfCookie}`, `${planted()}; ${planted()}`]) {
      const lines = [`Cookie: ${cookies}`, `X-CSRF-Token: ${value(visitor)}`];
      const answer = await app.expectRefusal(() => app.sendRaw('POST', '/refresh', lines), twoTokens);
      expect(answer.headers.getSetCookie()).to.deep.equal([]);
    }
  });

  it('of a former domain do not stand in the way where the refresh token has a path', async () => {
    await start({ refreshPath: '/refresh' });
    const before = await startCookieApp(jwtManager, {
      cookies: { domain: 'example.com', refreshPath: '/refresh' },
    });
    const old = await before.login();
    const visitor = await app.login();
    const lines = [`Cookie: ${old.header()}; ${visitor.header()}`, `X-CSRF-Token: ${value(visitor)}`];
    await app.expectRun(() => app.sendRaw('POST', '/refresh', lines));
    await app.expectRun(() => app.sendRaw('GET', '/any', lines));
    await before.close();
  });

  it('of another application on the host do not count: names can be told apart', async () => {
    await start({ name: 'shop' });
    const other = await startCookieApp(jwtManager, { cookies: { name: 'admin' } });
    const jar = await other.login(await app.login());
    expect(jar.names).to.have.lengthOf(6);
    await app.expectRun(() => app.send(jar, 'GET', '/notes'));
    const { status } = await other.send(jar, 'POST', '/logout', {
      'X-CSRF-Token': jar.value('__Host-admin_csrf_token'),
    });
    expect(status).to.equal(200);
    await app.expectRun(() => app.send(jar, 'GET', '/notes'));
    await other.close();
  });

  it('of before a domain was added go at the next login: nobody becomes the user before them', async () => {
    await start({ domain: 'example.com' });
    const before = await startCookieApp(jwtManager, {});
    const jar = await before.login();
    await app.login(jar);
    expect(jar.names).to.deep.equal([
      '__Secure-access_token',
      '__Secure-refresh_token',
      '__Secure-csrf_token',
    ]);
    await before.close();
  });
});

describeOnDrivers('the cookies that the application has', () => {
  const jwtManager = testManager();

  /** An application whose first middleware changes the request. */
  async function startWith(change: (request: IncomingMessage) => void): Promise<CookieApp> {
    const middleware = nodeMiddleware((request) => {
      if (request.url !== '/login') change(request);
    });
    return startCookieApp(jwtManager, { app: newApp(middleware) });
  }

  for (const [name, rawHeaders] of [
    ['empty, as serverless-http leaves them', []],
    ['undefined', undefined],
  ] as const) {
    it(`are read where raw headers are ${name}; so is a Bearer token`, async () => {
      const app = await startWith((request) =>
        Object.defineProperty(request, 'rawHeaders', { value: rawHeaders }),
      );
      const jar = await app.login();
      await app.expectRun(() => app.send(jar, 'GET', '/notes'));
      const headers = { Authorization: `Bearer ${jar.value('__Host-access_token')}` };
      const { status } = await request(`${app.url}/notes`, { headers });
      expect(status).to.equal(200);
      await app.close();
    });
  }

  it('are none that middleware has removed', async () => {
    const app = await startWith((request) => delete request.headers.cookie);
    const jar = await app.login();
    await app.expectRefusal(() => app.send(jar, 'GET', '/notes'), missing);
    await app.close();
  });

  it('are those that middleware has put there, as a list as well', async () => {
    let cookie: unknown;
    const app = await startWith((request) => Object.assign(request.headers, { cookie }));
    const header = (await app.login()).header();
    for (cookie of [header, [header], ['a=1', header]])
      await app.expectRun(() => app.sendRaw('GET', '/notes', []));
    cookie = [header, header];
    await app.expectRefusal(() => app.sendRaw('GET', '/notes', []), twoTokens);
    await app.close();
  });
});

describeOnDrivers('the check before a login', () => {
  it('is that of the login, and asks for an answer that has not begun', async () => {
    const jwtManager = testManager();
    const tokenCookies = new TokenCookies();
    let message = '';
    const middleware = nodeMiddleware(({ url }, response) => {
      if (url === '/sent') response.end();
      try {
        tokenCookies.check(response);
      } catch (error) {
        ({ message } = error as Error);
        throw error;
      }
    });
    const app = await startCookieApp(jwtManager, { app: newApp(middleware) });
    expect((await app.sendRaw('POST', '/login', [])).status).to.equal(200);
    expect((await app.sendRaw('POST', '/login', ['Sec-Fetch-Site: cross-site'])).status).to.equal(403);
    await app.sendRaw('POST', '/sent', []);
    expect(message).to.equal('TokenCookies: cookies must be set before the response is sent');
    expect(await jwtManager.listSessions('ada')).to.have.lengthOf(1);
    await app.close();
  });
});
