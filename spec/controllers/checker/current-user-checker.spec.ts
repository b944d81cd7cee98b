import { expect } from 'chai';
import { Controller, CurrentUser, Get, JsonController, type Action } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtOptional,
  JwtRequired,
  Token,
  type RejectedEvent,
} from '../../../src';
import { ConfigurationError } from '../../../src/errors/errors';
import {
  describeOnDrivers,
  errorHandlersOn,
  getWith,
  request,
  type RunningApp,
  startApp,
} from '../../support/app';
import { isFull } from '../../support/full';
import { testManager } from '../../support/manager';
import { delaysDuring } from '../../support/timers';

let ran = 0;

@JsonController('/users')
class UserRoutes {
  @Get('/me')
  @JwtRequired()
  me(@CurrentUser() user: unknown) {
    ran++;
    return { user };
  }

  @Get('/thrice')
  @JwtRequired()
  thrice(
    @CurrentUser() one: unknown,
    @CurrentUser({ required: true }) two: unknown,
    @InjectToken() token: Token,
    @CurrentUser() three: unknown,
  ) {
    ran++;
    return { same: one === two && two === three, identity: token.identity };
  }

  @Get('/required')
  @JwtRequired()
  required(@CurrentUser({ required: true }) user: unknown) {
    ran++;
    return { user };
  }

  @Get('/maybe')
  @JwtOptional()
  maybe(@CurrentUser() user: unknown) {
    ran++;
    return { user: user ?? 'nobody' };
  }

  @Get('/maybe-required')
  @JwtOptional()
  maybeRequired(@CurrentUser({ required: true }) user: unknown) {
    ran++;
    return { user };
  }

  @Get('/open')
  open(@CurrentUser() user: unknown) {
    ran++;
    return { user: user ?? 'nobody' };
  }

  @Get('/admins')
  @JwtRequired({ roles: 'admin' })
  admins(@CurrentUser() user: unknown) {
    ran++;
    return { user };
  }

  @Get('/partner')
  @JwtRequired({ manager: 'partner' })
  partner(@CurrentUser() user: unknown) {
    ran++;
    return { user };
  }
}

@Controller('/text')
class TextRoutes {
  @Get('/me')
  @JwtRequired()
  me(@CurrentUser() user: { name: string }) {
    ran++;
    return user.name;
  }
}

const gone = {
  status: 401,
  body: { msg: 'Token is invalid', code: 'ERR_JWT_INVALID' },
  challenge: 'Bearer realm="users", error="invalid_token", error_description="Token is invalid"',
};
const unavailable = {
  status: 503,
  body: { msg: 'Authentication is unavailable', code: 'ERR_JWT_HOOK' },
  challenge: null,
};

describeOnDrivers('currentUserChecker', (driver) => {
  const jwtManager = testManager({ hookTimeout: 1 });
  const partner = testManager({ hookTimeout: 60, issuer: 'partner' });
  const events: RejectedEvent[] = [];
  const partnerEvents: RejectedEvent[] = [];
  const fault = new Error('a mistake of the application');
  let loaded: [token: Token, action: Action][] = [];
  let loadUser: (token: Token, action: Action) => unknown;
  let token: string;

  before(async () => {
    jwtManager.on('rejected', (event) => events.push(event));
    partner.on('rejected', (event) => partnerEvents.push(event));
    token = await jwtManager.createAccessToken('ada');
  });

  beforeEach(() => {
    [ran, loaded] = [0, []];
    events.splice(0);
    loadUser = ({ identity }) => ({ name: identity });
  });

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    describe(`with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
      let app: RunningApp;

      before(async () => {
        app = await startApp({
          controllers: [UserRoutes, TextRoutes],
          defaultErrorHandler,
          authorizationChecker: createAuthorizationChecker(
            { default: jwtManager, partner },
            {
              realm: 'users',
              currentUserChecker: (given, action) => {
                loaded.push([given, action]);
                return loadUser(given, action);
              },
            },
          ),
        });
      });

      after(() => app.close());

      const get = (path: string, text = token) => getWith(`${app.url}/users${path}`, text);

      /** Koa and Express write messages as text; Koa keeps those of a server's error to itself. */
      const shown = ({ status, body, challenge }: typeof gone | typeof unavailable) => ({
        status,
        body: defaultErrorHandler
          ? body
          : status < 500 || driver === 'express'
            ? body.msg
            : 'Service Unavailable',
        challenge,
      });

      it('hands over the user of the verified token', async () => {
        expect(await get('/me')).to.deep.include({ status: 200, body: { user: { name: 'ada' } } });
        const [[given, action] = []] = loaded;
        expect(given).to.be.instanceOf(Token).and.include({ identity: 'ada' });
        expect(action?.request).to.include({ url: '/users/me' });
      });

      it('loads a user once a request, however many parameters ask', async () => {
        loadUser = () => Promise.resolve({ name: 'ada' });
        expect(await get('/thrice')).to.deep.include({ status: 200, body: { same: true, identity: 'ada' } });
        expect(loaded).to.have.lengthOf(1);
        await get('/thrice');
        expect(loaded).to.have.lengthOf(2);
      });

      it('loads nobody for a guest, and the host decides what that means', async () => {
        expect(await request(`${app.url}/users/maybe`)).to.deep.include({
          status: 200,
          body: { user: 'nobody' },
        });
        const refused = await request(`${app.url}/users/maybe-required`);
        expect(refused.status).to.equal(defaultErrorHandler ? 401 : 500);
        expect([loaded.length, ran]).to.deep.equal([0, 1]);
      });

      it('loads nobody on an open method, whatever token comes', async () => {
        expect(await get('/open')).to.deep.include({ status: 200, body: { user: 'nobody' } });
        expect(loaded).to.deep.equal([]);
      });

      it('loads nobody before the token is verified and the demands are met', async () => {
        const statuses = [
          (await request(`${app.url}/users/me`)).status,
          (await get('/me', `${token}x`)).status,
          (await get('/maybe', `${token}x`)).status,
          (await get('/admins')).status,
          (await get('/partner')).status,
        ];
        expect(statuses).to.deep.equal([401, 401, 401, 403, 401]);
        const revoked = await jwtManager.createAccessToken('ada');
        await jwtManager.revoke(revoked);
        expect((await get('/me', revoked)).status).to.equal(401);
        expect([loaded.length, ran]).to.deep.equal([0, 0]);
      });

      const nobody: [name: string, answer: unknown][] = [
        ['undefined', undefined],
        ['null', null],
        ['false', false],
        ['an empty string', ''],
        ['a promise of undefined', Promise.resolve()],
        ['a promise of null', Promise.resolve(null)],
      ];
      for (const [name, answer] of nobody) {
        for (const path of ['/me', '/required', '/thrice', '/maybe']) {
          it(`refuses a token whose user is ${name}: ${path}`, async () => {
            loadUser = () => answer;
            const refused = await get(path);
            expect(refused).to.deep.include(shown(gone));
            expect(refused.headers.get('Cache-Control')).to.equal('no-store');
            expect(refused.headers.get('Vary')).to.equal('Authorization');
            expect([ran, events.length]).to.deep.equal([0, 1]);
            expect(events[0]).to.deep.include({
              code: 'ERR_JWT_INVALID',
              reason: 'user',
              identity: 'ada',
              method: 'GET',
              path: `/users${path}`,
            });
          });
        }
      }

      const failing: [name: string, load: () => unknown][] = [
        [
          'throws',
          () => {
            throw fault;
          },
        ],
        ['rejects', () => Promise.reject(fault)],
      ];
      for (const [name, load] of failing) {
        it(`answers 503 when it ${name}`, async () => {
          loadUser = load;
          const refused = await get('/thrice');
          expect(refused).to.deep.include(shown(unavailable));
          expect(refused.headers.get('Retry-After')).to.equal('1');
          expect([ran, loaded.length, events.length]).to.deep.equal([0, 1, 1]);
          expect(events[0]).to.include({
            code: 'ERR_JWT_HOOK',
            reason: 'currentUserChecker',
            cause: fault,
            identity: 'ada',
            path: '/users/thrice',
          });
        });
      }

      if (isFull || driver === 'koa')
        it('answers 503 when it hangs, within hookTimeout', async () => {
          loadUser = () => new Promise(() => undefined);
          const delays = await delaysDuring(async () => {
            expect(await get('/me')).to.deep.include(shown(unavailable));
          });
          expect(delays).to.include(1000);
          expect(ran).to.equal(0);
          expect((events[0]?.cause as Error).name).to.equal('TimeoutError');
        });

      it('words its refusals on a text controller, too', async () => {
        loadUser = () => undefined;
        const refused = await getWith(`${app.url}/text/me`, token);
        expect(refused).to.deep.include({ ...gone, body: gone.body.msg });
      });

      it('reports to the manager that verified the token', async () => {
        loadUser = () => undefined;
        partnerEvents.splice(0);
        const refused = await get('/partner', await partner.createAccessToken('bob'));
        expect(refused.status).to.equal(401);
        expect(partnerEvents.map(({ reason, identity }) => [reason, identity])).to.deep.equal([
          ['user', 'bob'],
        ]);
        expect(events).to.deep.equal([]);
      });
    });
  }

  for (const wrong of [null, {}, 'currentUserChecker']) {
    it(`is not made of ${JSON.stringify(wrong)}`, () => {
      expect(() => createAuthorizationChecker(jwtManager, { currentUserChecker: wrong as never })).to.throw(
        ConfigurationError,
        'createAuthorizationChecker: currentUserChecker must be a function of the token that returns its user',
      );
    });
  }
});
