import { expect } from 'chai';
import { describeOnDriversWith } from '../support/app';
import type { Answer } from '../support/app';
import { cookieNames, startCookieApp, type CookieApp } from '../support/cookie-app';
import type { CookieJar } from '../support/cookie-jar';
import { testManager } from '../support/manager';

const origins = [
  'null',
  'http://localhost',
  'https://app.example',
  'https://evil.example',
  'https://app.example.evil.example',
  'https://evilapp.example',
  '*',
];

for (const defaultErrorHandler of [true, false]) {
  describeOnDriversWith(
    defaultErrorHandler,
    `D12: cross-origin sharing, with defaultErrorHandler: ${String(defaultErrorHandler)}`,
    () => {
      let app: CookieApp;
      let jar: CookieJar;

      before(async () => {
        const cookies = { origins: ['https://app.example'] };
        app = await startCookieApp(testManager(), { cookies, host: { defaultErrorHandler } });
        jar = await app.login();
      });

      after(() => app.close());

      function expectNoGrant({ headers }: Answer, what: string): void {
        const grants = [...headers.keys()].filter((name) => name.startsWith('access-control-'));
        expect(grants, what).to.deep.equal([]);
      }

      for (const origin of origins) {
        it(`is never granted to ${origin}: that is the application's to decide, with @koa/cors`, async () => {
          const lines = [
            `Origin: ${origin}`,
            'Access-Control-Request-Method: POST',
            'Access-Control-Request-Headers: x-csrf-token',
            'Access-Control-Request-Private-Network: true',
          ];
          const cookie = `Cookie: ${jar.header()}`;
          const csrf = `X-CSRF-Token: ${jar.value(cookieNames.csrf)}`;
          for (const [method, path] of [
            ['OPTIONS', '/notes'],
            ['OPTIONS', '/login'],
            ['GET', '/notes'],
            ['POST', '/notes'],
            ['POST', '/login'],
            ['POST', '/refresh'],
            ['POST', '/logout'],
          ] as const) {
            for (const credentials of [[], [cookie], [cookie, csrf]]) {
              if (path === '/logout' && credentials.length === 2) continue;
              const answer = await app.sendRaw(method, path, [...lines, ...credentials]);
              expect(answer.status, path).to.be.oneOf([200, 401, 403]);
              expectNoGrant(answer, `${method} ${path}`);
            }
          }
        });
      }
    },
  );
}
