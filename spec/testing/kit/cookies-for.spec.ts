import { expect } from 'chai';
import { ConfigurationError, TokenCookies, type TokenCookiesOptions } from '../../../src';
import { cookiesFor } from '../../../src/testing';
import { describeOnDrivers } from '../../support/app';
import { startKitApp } from '../../support/kit-routes';
import { testManager } from '../../support/manager';

const variants: [name: string, options: TokenCookiesOptions, headers: string[], names: string[]][] = [
  [
    'by default',
    {},
    ['Cookie', 'X-CSRF-Token'],
    ['__Host-access_token', '__Host-refresh_token', '__Host-csrf_token'],
  ],
  [
    'with a name',
    { name: 'shop' },
    ['Cookie', 'X-CSRF-Token'],
    ['__Host-shop_access_token', '__Host-shop_refresh_token', '__Host-shop_csrf_token'],
  ],
  [
    'without TLS',
    { secure: false },
    ['Cookie', 'X-CSRF-Token'],
    ['access_token', 'refresh_token', 'csrf_token'],
  ],
  [
    'with a domain',
    { domain: 'example.test' },
    ['Cookie', 'X-CSRF-Token'],
    ['__Secure-access_token', '__Secure-refresh_token', '__Secure-csrf_token'],
  ],
  [
    'with a refreshPath',
    { refreshPath: '/refresh' },
    ['Cookie', 'X-CSRF-Token'],
    ['__Host-access_token', '__Secure-refresh_token', '__Host-csrf_token'],
  ],
  ['without CSRF protection', { csrf: false }, ['Cookie'], ['__Host-access_token', '__Host-refresh_token']],
  [
    'without CSRF protection, with a refreshPath',
    { csrf: false, refreshPath: '/refresh' },
    ['Cookie'],
    ['__Host-access_token', '__Secure-refresh_token', '__Host-csrf_token'],
  ],
  [
    'with another header',
    { csrfHeader: 'X-Proof' },
    ['Cookie', 'X-Proof'],
    ['__Host-access_token', '__Host-refresh_token', '__Host-csrf_token'],
  ],
  [
    'for GET as well',
    { csrfMethods: ['GET'] },
    ['Cookie', 'X-CSRF-Token'],
    ['__Host-access_token', '__Host-refresh_token', '__Host-csrf_token'],
  ],
  [
    'with origins',
    { origins: ['https://app.example.test'] },
    ['Cookie', 'X-CSRF-Token'],
    ['__Host-access_token', '__Host-refresh_token', '__Host-csrf_token'],
  ],
  [
    'that end with the browser',
    { persistent: false, partitioned: true, sameSite: 'none' },
    ['Cookie', 'X-CSRF-Token'],
    ['__Host-access_token', '__Host-refresh_token', '__Host-csrf_token'],
  ],
  [
    'that refresh themselves',
    { autoRefresh: true },
    ['Cookie', 'X-CSRF-Token'],
    ['__Host-access_token', '__Host-refresh_token', '__Host-csrf_token'],
  ],
];

function namesIn({ Cookie }: { readonly Cookie: string }): string[] {
  return Cookie.split('; ').map((cookie) => cookie.slice(0, cookie.indexOf('=')));
}

describeOnDrivers('cookiesFor', () => {
  for (const [name, options, headerNames, cookieNames] of variants) {
    it(`returns what a browser sends: cookies ${name}`, async () => {
      const jwtManager = testManager();
      const tokenCookies = new TokenCookies(options);
      const app = await startKitApp(jwtManager, tokenCookies);
      const headers = await cookiesFor(jwtManager, tokenCookies, 'ada', { roles: ['admin'] });
      const answers = [
        await app.send('GET', '/user', headers),
        await app.send('GET', '/admin', headers),
        await app.send('DELETE', '/account', headers),
        await app.send('POST', '/refresh', headers),
      ];
      await app.close();
      expect(Object.keys(headers)).to.have.members(headerNames);
      expect(namesIn(headers)).to.have.members(cookieNames);
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
      expect(answers[0]).to.have.nested.property('body.identity', 'ada');
    });
  }

  it('returns a CSRF value that the request needs', async () => {
    const jwtManager = testManager();
    const tokenCookies = new TokenCookies();
    const app = await startKitApp(jwtManager, tokenCookies);
    const { Cookie } = await cookiesFor(jwtManager, tokenCookies);
    const answer = await app.send('DELETE', '/account', { Cookie });
    await app.close();
    expect(answer).to.deep.include({ status: 403, body: { msg: 'CSRF check failed', code: 'ERR_JWT_CSRF' } });
  });

  it('returns a stale login where the test asks for one', async () => {
    const jwtManager = testManager();
    const tokenCookies = new TokenCookies();
    const app = await startKitApp(jwtManager, tokenCookies);
    const headers = await cookiesFor(jwtManager, tokenCookies, 'ada', { stale: true });
    const answer = await app.send('DELETE', '/account', headers);
    await app.close();
    expect(answer).to.deep.include({
      status: 401,
      body: { msg: 'Fresh token required', code: 'ERR_JWT_NOT_FRESH' },
    });
  });
});

describe('cookiesFor a manager without a store', () => {
  it('returns an access cookie alone', async () => {
    const jwtManager = testManager({ store: false });
    const headers = await cookiesFor(jwtManager, new TokenCookies());
    expect(namesIn(headers)).to.deep.equal(['__Host-access_token', '__Host-csrf_token']);
  });

  it('rejects what is no identity', async () => {
    const error: unknown = await cookiesFor(testManager(), new TokenCookies(), '').catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(ConfigurationError);
  });
});
