import { expect } from 'chai';
import { CookieJar, cookiesOf } from '../support/cookie-jar';
import { cookieNames, startCookieApp, type CookieApp } from '../support/cookie-app';
import { testManager } from '../support/manager';
import { request } from '../support/app';

describe('token cookies', () => {
  const jwtManager = testManager();
  let app: CookieApp;

  before(async () => {
    app = await startCookieApp(jwtManager);
  });

  after(() => app.close());

  it('are set at a login, with names and attributes that browsers guard', async () => {
    const answer = await request(`${app.url}/login`, { method: 'POST' });
    const cookies = cookiesOf(answer).map(({ value, ...cookie }) => ({ ...cookie, hasValue: value !== '' }));
    const all = { hasValue: true, secure: true, sameSite: 'lax', path: '/' };
    expect(cookies).to.deep.equal([
      { name: cookieNames.access, ...all, maxAge: 900, httpOnly: true },
      { name: cookieNames.accessCsrf, ...all, maxAge: 900 },
      { name: cookieNames.refresh, ...all, maxAge: 2_592_000, httpOnly: true },
      { name: cookieNames.refreshCsrf, ...all, maxAge: 2_592_000 },
    ]);
    expect(answer.headers.get('Cache-Control')).to.equal('no-store');
  });

  it('let in what they come with', async () => {
    const { status, body, headers } = await app.send(await app.login(), 'GET', '/notes');
    expect({ status, body }).to.deep.equal({ status: 200, body: { identity: 'ada', runs: app.runs } });
    expect(headers.get('Vary')).to.equal('Authorization, Cookie');
  });

  it('need the CSRF value where something changes', async () => {
    const jar = await app.login();
    const without = await app.send(jar, 'POST', '/notes');
    expect(without).to.deep.include({
      status: 403,
      body: { msg: 'CSRF check failed', code: 'ERR_JWT_CSRF' },
      challenge: null,
    });
    const value = jar.value(cookieNames.accessCsrf);
    expect(await app.send(jar, 'POST', '/notes', { 'X-CSRF-Token': value })).to.include({ status: 200 });
  });

  it('are removed at a logout', async () => {
    const jar = await app.login();
    const value = jar.value(cookieNames.accessCsrf);
    const old = new CookieJar();
    old.take({
      headers: new Headers(
        jar.names.map((name): [string, string] => ['Set-Cookie', `${name}=${jar.value(name)}`]),
      ),
    });
    jar.take(await app.send(jar, 'POST', '/logout', { 'X-CSRF-Token': value }));
    expect(jar.names).to.deep.equal([]);
    expect(await app.send(old, 'GET', '/notes')).to.deep.include({
      status: 401,
      body: { msg: 'Token has been revoked', code: 'ERR_JWT_REVOKED' },
    });
  });
});
