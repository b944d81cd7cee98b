import { describeOnDriversWith } from '../support/app';
import type { CookieJar } from '../support/cookie-jar';
import { cookieNames, cookieRefusals, startCookieApp, type CookieApp } from '../support/cookie-app';
import { testManager } from '../support/manager';

const { twoTokens, csrf } = cookieRefusals;

for (const defaultErrorHandler of [true, false]) {
  const mode = `with defaultErrorHandler: ${String(defaultErrorHandler)}`;
  describeOnDriversWith(defaultErrorHandler, `D5: two credentials, ${mode}`, () => {
    const jwtManager = testManager();
    let app: CookieApp;
    let jar: CookieJar;
    let bearers: Record<string, string>;

    before(async () => {
      app = await startCookieApp(jwtManager, { host: { defaultErrorHandler } });
      jar = await app.login();
      bearers = {
        'the same token': jar.value(cookieNames.access),
        'another token of the identity': await jwtManager.createAccessToken('ada'),
        'a token of another identity': await jwtManager.createAccessToken('mallory'),
        'a refresh token': jar.value(cookieNames.refresh),
        'no token at all': 'x',
      };
    });

    after(() => app.close());

    for (const name of [
      'the same token',
      'another token of the identity',
      'a token of another identity',
      'a refresh token',
      'no token at all',
    ]) {
      it(`are refused in cookie and header: ${name}`, async () => {
        const value = jar.value(cookieNames.csrf);
        const lines = [
          `Cookie: ${jar.header()}`,
          `Authorization: Bearer ${String(bearers[name])}`,
          `X-CSRF-Token: ${value}`,
        ];
        for (const [method, path] of [
          ['GET', '/notes'],
          ['POST', '/notes'],
          ['POST', '/refresh'],
          ['POST', '/optional'],
          ['GET', '/any'],
        ] as const) {
          await app.expectRefusal(() => app.sendRaw(method, path, lines), twoTokens, path);
          await app.expectRefusal(() => app.sendRaw(method, path, lines.toReversed()), twoTokens, path);
        }
      });
    }

    it('are one when the header is of another scheme', async () => {
      const lines = [`Cookie: ${jar.header()}`, 'Authorization: Basic YWRhOmFkYQ=='];
      await app.expectRun(() => app.sendRaw('GET', '/notes', lines));
      await app.expectRefusal(() => app.sendRaw('POST', '/notes', lines), csrf);
    });

    it('are one when the cookie is for the other routes', async () => {
      const lines = [
        `Cookie: ${jar.header([cookieNames.refresh])}`,
        `Authorization: Bearer ${jar.value(cookieNames.access)}`,
      ];
      await app.expectRun(() => app.sendRaw('POST', '/notes', lines));
    });
  });
}
