import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { Controller, Get, JsonController, KoaDriver, Post } from 'routing-controllers';
import {
  ConfigurationError,
  createAuthorizationChecker,
  JwtManager,
  JwtRequired,
  RefreshReusedError,
  type RejectedEvent,
} from '../../../src';
import type * as refusals from '../../../src/controllers/host/thrown-rejections';
import {
  describeOnDrivers,
  errorHandlersOn,
  getWith,
  newApp,
  request,
  startApp,
  type RunningApp,
} from '../../support/app';
import { secret, testManager } from '../../support/manager';
import { nodeMiddleware } from '../../support/node-middleware';

const challenge =
  'Bearer realm="shop", error="invalid_token", error_description="Refresh token has been used before"';

describeOnDrivers('a refusal that an open method throws', (driver) => {
  const jwtManager = testManager({ rotationGrace: 0 });
  const events: RejectedEvent[] = [];
  jwtManager.on('rejected', (event) => events.push(event));

  async function replay(): Promise<unknown> {
    const { refresh_token: token } = await jwtManager.createTokenPair('ada');
    await jwtManager.refresh(token);
    return jwtManager.refresh(token);
  }

  const frozen = Object.freeze(new RefreshReusedError());
  const frozenMisuse = Object.freeze(new ConfigurationError('a secret detail'));

  @JsonController('/json')
  class Json {
    @Post('/refresh')
    refresh() {
      return replay();
    }

    @Get('/misused')
    misused() {
      return jwtManager.createAccessToken('', {});
    }

    @Get('/own')
    own() {
      throw new RefreshReusedError();
    }

    @Get('/frozen')
    frozen() {
      throw frozen;
    }

    @Get('/frozen-misuse')
    frozenMisuse() {
      throw frozenMisuse;
    }
  }

  @Controller('/text')
  class Text {
    @Post('/refresh')
    refresh() {
      return replay();
    }

    @Get('/misused')
    misused() {
      return jwtManager.createAccessToken('', {});
    }
  }

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    describe(`with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
      let app: RunningApp;

      before(async () => {
        const options = { realm: 'shop', errorMessageKey: 'message' };
        const authorizationChecker = createAuthorizationChecker(jwtManager, options);
        // A checker that is made later, for another server, changes nothing here.
        createAuthorizationChecker(new JwtManager({ secret }), { realm: 'other' });
        app = await startApp({ controllers: [Json, Text], authorizationChecker, defaultErrorHandler });
      });

      after(() => app.close());
      beforeEach(() => events.splice(0));

      for (const [path, hasJson] of [
        ['/json/refresh', defaultErrorHandler],
        ['/text/refresh', false],
      ] as const) {
        it(`is answered as those of the checker: POST ${path}`, async () => {
          const answer = await request(app.url + path, { method: 'POST' });
          const sentence = 'Refresh token has been used before';
          expect(answer.status).to.equal(401);
          expect(answer.challenge).to.equal(challenge);
          expect(answer.headers.get('Cache-Control')).to.equal('no-store');
          expect(answer.body).to.deep.equal(
            hasJson ? { message: sentence, code: 'ERR_JWT_REFRESH_REUSED' } : sentence,
          );
          expect(events.map(({ code, reason }) => [code, reason])).to.deep.equal([
            ['ERR_JWT_REFRESH_REUSED', 'reused'],
          ]);
        });
      }

      for (const path of ['/json/misused', '/text/misused']) {
        it(`tells the client nothing of what is wrong with the server: GET ${path}`, async () => {
          const answer = await request(app.url + path);
          expect(answer.status).to.equal(500);
          expect(JSON.stringify(answer.body)).to.match(/Server|configuration/i);
          expect(JSON.stringify(answer.body)).to.not.match(/identity|\.js/);
          expect(events.map(({ code, reason, path }) => [code, reason, path])).to.deep.equal([
            [
              'ERR_JWT_CONFIGURATION',
              'identity must be a string of 1 to 255 characters without control characters',
              path,
            ],
          ]);
        });
      }

      it('is told to operators with its request when nobody has told them before', async () => {
        await request(`${app.url}/json/own`);
        expect(events.map(({ code, method, path }) => [code, method, path])).to.deep.equal([
          ['ERR_JWT_REFRESH_REUSED', 'GET', '/json/own'],
        ]);
      });
    });
  }

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    it(`is answered again and again when it is frozen, with defaultErrorHandler: ${String(defaultErrorHandler)}`, async () => {
      const authorizationChecker = createAuthorizationChecker(jwtManager, { realm: 'shop' });
      const app = await startApp({ controllers: [Json], authorizationChecker, defaultErrorHandler });
      events.splice(0);
      for (let round = 0; round < 2; round++) {
        const answer = await request(`${app.url}/json/frozen`);
        const sentence = 'Refresh token has been used before';
        const body = defaultErrorHandler ? { msg: sentence, code: 'ERR_JWT_REFRESH_REUSED' } : sentence;
        expect(answer).to.deep.include({ status: 401, body, challenge });
        expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      }
      const misused = await request(`${app.url}/json/frozen-misuse`);
      expect(misused.status).to.equal(500);
      expect(JSON.stringify(misused.body)).not.to.include('detail');
      expect(events.map(({ code }) => code)).to.deep.equal([
        'ERR_JWT_REFRESH_REUSED',
        'ERR_JWT_REFRESH_REUSED',
        'ERR_JWT_CONFIGURATION',
      ]);
      await app.close();
    });
  }

  it('is told to operators once when somebody froze what the manager had told of', async () => {
    @JsonController('/refrozen')
    class Refrozen {
      @Post('/refresh')
      refresh() {
        return replay().catch((error: unknown) => {
          throw Object.freeze(error);
        });
      }
    }
    const authorizationChecker = createAuthorizationChecker(jwtManager, { realm: 'shop' });
    const app = await startApp({ controllers: [Refrozen], authorizationChecker });
    events.splice(0);
    expect(await request(`${app.url}/refrozen/refresh`, { method: 'POST' })).to.include({
      status: 401,
      challenge,
    });
    expect(events.map(({ reason }) => reason)).to.deep.equal(['reused']);
    await app.close();
  });

  it('of a server whose checker is wrapped goes by the latest checker', async () => {
    const own = createAuthorizationChecker(jwtManager, { realm: 'wrapped' });
    const app = await startApp({
      controllers: [Json],
      authorizationChecker: (action, roles) => own(action, roles),
    });
    const answer = await request(`${app.url}/json/own`);
    await app.close();
    expect(answer.challenge).to.equal(challenge.replace('shop', 'wrapped'));
  });

  it('needs a host that has the handler', () => {
    const path = require.resolve('../../../src/controllers/host/thrown-rejections');
    const known = require.cache[path];
    const { prototype } = KoaDriver;
    const handler = Object.getOwnPropertyDescriptor(prototype, 'handleError') as PropertyDescriptor;
    require.cache[path] = undefined;
    Object.defineProperty(prototype, 'handleError', { value: undefined, configurable: true });
    try {
      const { handleThrownRejections } = createRequire(__filename)(path) as typeof refusals;
      expect(() => {
        handleThrownRejections(
          () => true,
          (error) => error,
        );
      }).to.throw(ConfigurationError, 'this version of routing-controllers has no handleError');
    } finally {
      Object.defineProperty(prototype, 'handleError', handler);
      require.cache[path] = known;
    }
  });

  it('leaves errors of others alone', async () => {
    @JsonController()
    class Other {
      @Get('/other')
      read() {
        throw Object.assign(new Error('other'), { stack: undefined });
      }
    }
    const app = await startApp({
      controllers: [Other],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
    const { status, body } = await request(`${app.url}/other`);
    await app.close();
    expect([status, body]).to.deep.equal([500, { name: 'Error', message: 'other' }]);
  });
});

describeOnDrivers('a rejection that comes after another response', (driver) => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  before(() => process.on('unhandledRejection', note));
  after(() => process.off('unhandledRejection', note));

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    it(`is only reported, with defaultErrorHandler: ${String(defaultErrorHandler)}`, async () => {
      const responses: ServerResponse[] = [];
      const events: RejectedEvent[] = [];
      const jwtManager = testManager();
      jwtManager.on('rejected', (event) => events.push(event));
      // As a timeout does while a store hangs.
      const currentUserChecker = () => {
        for (const res of responses) res.writeHead(504).end('late');
        return null;
      };

      @JsonController('/late')
      class Late {
        @Get('/json')
        @JwtRequired()
        json() {
          return {};
        }
      }

      @Controller('/late')
      class LateText {
        @Get('/text')
        @JwtRequired()
        text() {
          return '';
        }
      }

      const authorizationChecker = createAuthorizationChecker(jwtManager, { currentUserChecker });
      const app = await startApp(
        { controllers: [Late, LateText], authorizationChecker, defaultErrorHandler },
        newApp(nodeMiddleware((_, res) => responses.splice(0, 1, res))),
      );
      for (const path of ['/late/json', '/late/text']) {
        const response = await getWith(app.url + path, await jwtManager.createAccessToken('ada'));
        expect(response).to.deep.include({ status: 504, body: 'late', challenge: null });
      }
      await setImmediate();
      expect(unhandled).to.deep.equal([]);
      expect(events.map(({ error }) => error.code)).to.deep.equal(['ERR_JWT_INVALID', 'ERR_JWT_INVALID']);
      await app.close();
    });
  }
});
