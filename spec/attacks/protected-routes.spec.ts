import { expect } from 'chai';
import {
  All,
  Body,
  Get,
  Head,
  HttpError,
  JsonController,
  Param,
  Post,
  UseAfter,
  UseBefore,
} from 'routing-controllers';
import {
  ConfigurationError,
  createAuthorizationChecker,
  JwtPublic,
  JwtRequired,
  type RequestSource,
} from '../../src';
import { requestOf } from '../../src/http/request/request-of';
import { describeOnDrivers, getWith, newApp, request, startApp } from '../support/app';
import { testManager } from '../support/manager';
import { nodeMiddleware } from '../support/node-middleware';
import { answersOf, expectProtection, forAdmins, forUsers, open, startWith } from '../support/protection';

describeOnDrivers('G7: a protected route', (driver) => {
  const order: string[] = [];

  class Note {
    /** As middleware of both frameworks: the last argument continues. */
    use(...given: unknown[]): unknown {
      order.push('before');
      const [source, next] = [given[0] as RequestSource, given.at(-1) as () => unknown];
      const { query, res } = requestOf(source);
      if (!query.has('stop')) return next();
      // Koa would respond to what is left open.
      Object.assign(source, { respond: false });
      return res.end('stopped');
    }
  }

  @JsonController('/guarded')
  @JwtRequired()
  class Guarded {
    @Get('/get')
    get() {
      order.push('method');
      return {};
    }

    @Get('/missing')
    missing() {
      throw new HttpError(404, 'no such thing');
    }

    @Post('/post')
    post(@Body({ validate: false }) body: object) {
      return body;
    }

    @All('/all')
    all() {
      return {};
    }

    @Head('/head')
    head() {
      return {};
    }

    @Get('/get')
    @Post('/post-too')
    twice() {
      return {};
    }

    @Get(/\/by-pattern-\d+/)
    pattern() {
      return {};
    }

    @Get('/used')
    @UseBefore(Note)
    @UseAfter(nodeMiddleware(() => void order.push('after')))
    used() {
      order.push('method');
      return {};
    }

    @Get('/property')
    property = () => ({ property: true });

    @Get('/admin')
    @JwtRequired({ roles: 'admin' })
    admin() {
      return {};
    }

    @Get('/:id')
    byId(@Param('id') id: string) {
      return { id };
    }
  }

  for (const routePrefix of ['', '/api/v1']) {
    it(`is protected under the prefix '${routePrefix}'`, () =>
      expectProtection(
        [Guarded],
        {
          [`${routePrefix}/guarded/get`]: forUsers,
          [`${routePrefix}/guarded/all`]: forUsers,
          [`${routePrefix}/guarded/by-pattern-7`]: forUsers,
          [`${routePrefix}/guarded/property`]: forUsers,
          [`${routePrefix}/guarded/admin`]: forAdmins,
          [`${routePrefix}/guarded/7`]: forUsers,
        },
        { routePrefix },
      ));
  }

  it('is protected for every method that reaches it', async () => {
    const app = await startWith([Guarded]);
    const cases: [method: string, path: string, answers: readonly number[]][] = [
      ['HEAD', '/guarded/get', forUsers],
      ['HEAD', '/guarded/head', forUsers],
      ['POST', '/guarded/post-too', forUsers],
      ['POST', '/guarded/post', forUsers],
      ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'].map(
        (method): [string, string, readonly number[]] => [method, '/guarded/all', forUsers],
      ),
      ['OPTIONS', '/guarded/get', open],
      ['DELETE', '/guarded/get', driver === 'koa' ? [405, 405, 405] : [404, 404, 404]],
      ['GET', '/guarded/post/nothing', [404, 404, 404]],
    ];
    for (const [method, path, answers] of cases) {
      expect(await answersOf(app, path, method), `${method} ${path}`).to.deep.equal(answers);
    }
    await app.close();
  });

  it('is protected under every spelling of its path that reaches it', async () => {
    order.length = 0;
    const app = await startWith([Guarded]);
    const spellings =
      '/guarded/get/ /GUARDED/GET /guarded/%67et /guarded//get //guarded/get /guarded/./get /guarded/get;x'
        .split(' ')
        .concat([
          '/guarded/get?',
          '/guarded/get?access_token=x',
          '/guarded/get#x',
          '/guarded/get%00',
          '/guarded%2Fget',
        ]);
    for (const path of spellings) {
      const { status } = await request(app.url + path);
      expect([401, 404], path).to.include(status);
    }
    expect(order).to.deep.equal([]);
    await app.close();
  });

  it('answers 401, not 404, before it looks for what is not there', async () => {
    await expectProtection([Guarded], { '/guarded/missing': [401, 404, 404] }, { defaultErrorHandler: true });
  });

  it('runs @UseBefore before the check, and @UseAfter only behind the method', async () => {
    const app = await startWith([Guarded]);
    order.length = 0;
    expect((await request(`${app.url}/guarded/used`)).status).to.equal(401);
    expect(order.splice(0)).to.deep.equal(['before']);
    expect((await request(`${app.url}/guarded/used?stop`)).body).to.equal('stopped');
    expect(order.splice(0)).to.deep.equal(['before']);
    const token = await testManager().createAccessToken('ada');
    expect((await getWith(`${app.url}/guarded/used`, token)).status).to.equal(200);
    expect(order.splice(0)).to.deep.equal(['before', 'method', 'after']);
    await app.close();
  });

  it('is not the one behind an open route that answers first', async () => {
    @JsonController('/order')
    class Order {
      @Get('/me')
      @JwtPublic()
      me() {
        return { open: true };
      }

      @Get('/:id')
      @JwtRequired()
      byId() {
        return { open: false };
      }
    }
    @JsonController('/disorder')
    class Disorder {
      @Get('/:id')
      @JwtRequired()
      byId() {
        return { open: false };
      }

      @Get('/me')
      @JwtPublic()
      me() {
        return { open: true };
      }
    }
    await expectProtection([Order, Disorder], {
      '/order/me': open,
      '/order/other': forUsers,
      '/disorder/me': forUsers,
    });
  });
});

describeOnDrivers('G7: two servers in one process', () => {
  @JsonController('/shared')
  class Shared {
    @Get('/route')
    @JwtRequired()
    route() {
      return {};
    }
  }

  it('take each the tokens of its own manager', async () => {
    const other = testManager({ secret: 'the-secret-of-another-service-in-this-process' });
    const [ours, theirs] = [await startWith([Shared]), await startWith([Shared], {}, other)];
    const tokens = [
      await testManager().createAccessToken('ada'),
      await other.createAccessToken('ada'),
    ] as const;
    const statuses = async (url: string) =>
      Promise.all(tokens.map(async (token) => (await getWith(`${url}/shared/route`, token)).status));
    expect(await statuses(ours.url)).to.deep.equal([200, 401]);
    expect(await statuses(theirs.url)).to.deep.equal([401, 200]);
    await Promise.all([ours.close(), theirs.close()]);
  });

  it('do not start where one was given no checker', async () => {
    createAuthorizationChecker(testManager());
    for (const defaultErrorHandler of [true, false]) {
      const error = await startApp({ controllers: [Shared], defaultErrorHandler }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(ConfigurationError);
      expect((error as Error).message).to.equal(
        'Shared.route has a rule, but its server has no checker: create the server with ' +
          '{ authorizationChecker: createAuthorizationChecker(jwtManager) }',
      );
    }
  });

  it('do not start where the checker is not a function', async () => {
    const checker = createAuthorizationChecker(testManager());
    const wrong: [unknown, string][] = [
      [testManager(), ''],
      [Promise.resolve(checker), '; this is a promise: await it'],
    ];
    for (const [given, hint] of wrong) {
      const error: unknown = await startApp({
        controllers: [Shared],
        authorizationChecker: given as typeof checker,
      }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(ConfigurationError);
      expect((error as Error).message).to.equal(
        'Shared.route has a rule, but the authorizationChecker of its server is not a function: pass ' +
          `createAuthorizationChecker(jwtManager)${hint}`,
      );
    }
  });

  it('may share one application', async () => {
    @JsonController('/second')
    class Second {
      @Get('/route')
      @JwtRequired({ roles: 'admin' })
      route() {
        return {};
      }
    }
    const shared = newApp();
    const first = await startWith([Shared]);
    const app = await startApp(
      { controllers: [Shared], authorizationChecker: createAuthorizationChecker(testManager()) },
      shared,
    );
    const both = await startApp(
      { controllers: [Second], authorizationChecker: createAuthorizationChecker(testManager()) },
      shared,
    );
    expect(await answersOf(both, '/shared/route')).to.deep.equal(forUsers);
    expect(await answersOf(both, '/second/route')).to.deep.equal(forAdmins);
    await Promise.all([first.close(), app.close(), both.close()]);
  });
});
