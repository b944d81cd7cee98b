import { expect } from 'chai';
import { Get, HeaderParam, JsonController, Post } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtRefreshRequired,
  JwtRequired,
  type RejectedEvent,
  type Token,
} from '../../src';
import { describeOnDrivers, errorHandlersOn, request, type RunningApp, startApp } from '../support/app';
import { intervenedStore } from '../support/later-store';
import { testManager } from '../support/manager';
import { sessionWorld } from '../support/session-world';

describeOnDrivers('a request that is refused', (driver) => {
  let isStoreDown = false;
  const { manager } = sessionWorld({ rotationGrace: 0 }, (store) =>
    intervenedStore(store, (_, ask) => {
      if (isStoreDown) throw new Error('down');
      return ask();
    }),
  );
  const storeless = testManager({ store: false, issuer: 'storeless' });
  const events: RejectedEvent[] = [];
  for (const each of [manager, storeless]) each.on('rejected', (event) => events.push(event));

  @JsonController()
  class Routes {
    @Post('/login')
    login() {
      return manager.createTokenPair('ada');
    }

    @Post('/refresh')
    refresh(@HeaderParam('X-Token') token: string) {
      return manager.refresh(token);
    }

    @Post('/refresh-by-header')
    @JwtRefreshRequired()
    refreshByHeader(@InjectToken() token: Token) {
      return manager.refresh(token);
    }

    @Post('/verify')
    verify(@HeaderParam('X-Token') token: string) {
      return manager.verify(token);
    }

    @Post('/verify-and-go-on')
    async verifyAndGoOn(@HeaderParam('X-Token') token: string) {
      return manager.verify(token).catch(() => ({ identity: 'nobody' }));
    }

    @Post('/revoke')
    async revoke(@HeaderParam('X-Token') token: string) {
      await manager.revoke(token);
      return {};
    }

    @Post('/misconfigured')
    misconfigured() {
      return storeless.refresh('a.b.c');
    }

    @Get('/protected')
    @JwtRequired()
    protected() {
      return {};
    }
  }

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    describe(`is reported once, with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
      let app: RunningApp;

      before(async () => {
        const authorizationChecker = createAuthorizationChecker({ default: manager, storeless });
        app = await startApp({ controllers: [Routes], authorizationChecker, defaultErrorHandler });
      });

      after(() => app.close());
      beforeEach(() => events.splice(0));
      afterEach(() => (isStoreDown = false));

      async function consumed(): Promise<string> {
        const { refresh_token: text } = await manager.createTokenPair('ada');
        await manager.refresh(text);
        return text;
      }

      const cases: [string, string, string, () => Promise<string>, number, string, object][] = [
        [
          'by the checker',
          'GET',
          '/protected',
          async () => 'a.b.c',
          401,
          'ERR_JWT_INVALID',
          { path: '/protected' },
        ],
        [
          'by the checker, without a token',
          'GET',
          '/protected',
          async () => '',
          401,
          'ERR_JWT_MISSING',
          { method: 'GET' },
        ],
        ['by refresh', 'POST', '/refresh', consumed, 401, 'ERR_JWT_REFRESH_REUSED', { identity: 'ada' }],
        [
          'by refresh of a token that the checker let in',
          'POST',
          '/refresh-by-header',
          consumed,
          401,
          'ERR_JWT_REFRESH_REUSED',
          { identity: 'ada' },
        ],
        ['by verify', 'POST', '/verify', consumed, 401, 'ERR_JWT_TYPE', { identity: 'ada' }],
        [
          'by verify, though the method went on',
          'POST',
          '/verify-and-go-on',
          consumed,
          200,
          'ERR_JWT_TYPE',
          { identity: 'ada' },
        ],
        ['by revoke', 'POST', '/revoke', async () => 'a.b.c', 401, 'ERR_JWT_INVALID', { path: '/revoke' }],
        [
          'by a mistake of the server',
          'POST',
          '/misconfigured',
          async () => '',
          500,
          'ERR_JWT_CONFIGURATION',
          {},
        ],
      ];
      for (const [name, method, path, tokenFor, status, code, details] of cases) {
        it(name, async () => {
          const token = await tokenFor();
          events.splice(0);
          const headers = { 'X-Token': token, ...(token !== '' && { Authorization: `Bearer ${token}` }) };
          expect((await request(app.url + path, { method, headers })).status).to.equal(status);
          expect(events.map((event) => event.code)).to.deep.equal([code]);
          expect(events[0]).to.include(details);
        });
      }

      it('by a store that is down, at a login', async () => {
        isStoreDown = true;
        expect((await request(`${app.url}/login`, { method: 'POST' })).status).to.equal(503);
        expect(events).to.have.length(1);
        expect(events[0]).to.include({
          code: 'ERR_JWT_STORE',
          reason: 'store.createSession threw',
          path: '/login',
        });
      });
    });
  }
});
