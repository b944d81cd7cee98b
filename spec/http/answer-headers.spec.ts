import { expect } from 'chai';
import { runInNewContext } from 'node:vm';
import type { ErrorRequestHandler, Express, Response } from 'express';
import Koa, { type Context } from 'koa';
import {
  ContentType,
  Controller,
  Get,
  Header,
  HttpCode,
  HttpError,
  JsonController,
  NotFoundError,
  OnNull,
  OnUndefined,
  Redirect,
  Res,
  UnauthorizedError,
  type Action,
} from 'routing-controllers';
import { BearerHeader, createAuthorizationChecker, JwtOptional, JwtRequired } from '../../src';
import {
  describeOnDrivers,
  describeOnDriversWith,
  errorHandlersOn,
  newApp,
  request,
  startApp,
  takeOver,
  type AnyResponse,
  type Answer,
  type RunningApp,
} from '../support/app';
import { testManager } from '../support/manager';

const shared = new NotFoundError('one error for all requests');
const frozen = Object.freeze(new NotFoundError('not here'));

@JsonController('/answers')
@JwtRequired()
class Answers {
  @Get('/body')
  body() {
    return { in: true };
  }

  @Get('/null')
  @OnNull(204)
  null() {
    return null;
  }

  @Get('/undefined')
  undefined() {
    return undefined;
  }

  @Get('/undefined-as-204')
  @OnUndefined(204)
  undefinedAs204() {
    return undefined;
  }

  @Get('/created')
  @HttpCode(201)
  created() {
    return {};
  }

  @Get('/redirect')
  @Redirect('/elsewhere')
  redirect() {
    return {};
  }

  @Get('/own-vary')
  @Header('Vary', 'Accept-Language')
  ownVary() {
    return {};
  }

  @Get('/sets-vary')
  setsVary(@Res() response: AnyResponse) {
    response.set('Vary', 'Accept');
    return {};
  }

  @Get('/vary-all')
  @Header('Vary', '*')
  varyAll() {
    return {};
  }

  @Get('/public')
  @Header('Cache-Control', 'public, max-age=3600')
  public() {
    return {};
  }

  @Get('/public-and-unauthorized')
  @Header('Cache-Control', 'public, max-age=3600')
  publicAndUnauthorized() {
    throw new UnauthorizedError('the password has changed');
  }

  @Get('/own-challenge')
  @Header('WWW-Authenticate', 'Basic realm="other"')
  ownChallenge() {
    return {};
  }

  @Get('/not-found')
  notFound() {
    throw new NotFoundError('not here');
  }

  @Get('/forbidden')
  forbidden() {
    throw Object.assign(new HttpError(403, 'not you'), { status: 403 });
  }

  @Get('/fault')
  async fault() {
    throw new TypeError('a mistake');
  }

  @Get('/string')
  string() {
    throw 'text';
  }

  @Get('/nothing')
  nothing() {
    throw undefined;
  }

  @Get('/shared')
  shared() {
    throw shared;
  }

  @Get('/frozen')
  frozen() {
    throw frozen;
  }

  @Get('/own-headers')
  ownHeaders() {
    throw Object.assign(new NotFoundError('not here'), { headers: { vary: 'Origin', 'X-Reason': 'none' } });
  }

  @Get('/null-headers')
  nullHeaders() {
    throw Object.assign(new NotFoundError('not here'), { headers: null });
  }

  @Get('/other-realm')
  otherRealm() {
    throw runInNewContext('Object.assign(new Error("not here"), { status: 404, expose: true })') as Error;
  }

  @Get('/raw')
  raw(@Res() response: AnyResponse) {
    takeOver(response).writeHead(200).end('raw');
    return response;
  }
}

@Controller('/text-answers')
class TextAnswers {
  @Get('/body')
  @JwtOptional()
  body() {
    return 'in';
  }

  @Get('/not-found')
  @JwtOptional()
  notFound() {
    throw new NotFoundError('not here');
  }

  @Get('/shared')
  @JwtRequired({ locations: [new BearerHeader({ header: 'X-Token', scheme: '' })] })
  shared() {
    throw shared;
  }

  @Get('/open')
  open() {
    throw shared;
  }
}

for (const defaultErrorHandler of [true, false]) {
  const mode = `with defaultErrorHandler: ${String(defaultErrorHandler)}`;
  describeOnDriversWith(defaultErrorHandler, `the headers of a protected route, ${mode}`, (driver) => {
    const jwtManager = testManager();
    let app: RunningApp;
    let token: string;

    before(async () => {
      token = await jwtManager.createAccessToken('ada');
      app = await startApp({
        controllers: [Answers, TextAnswers],
        defaultErrorHandler,
        authorizationChecker: createAuthorizationChecker(jwtManager),
      });
    });

    after(() => app.close());

    const get = (path: string, headers: Record<string, string> = { Authorization: `Bearer ${token}` }) =>
      request(app.url + path, { headers, redirect: 'manual' });

    /** Express takes headers only from errors that have a status. */
    const takesHeaders = !defaultErrorHandler && driver === 'koa';

    /** Where the framework responds, an error of routing-controllers is a 500: it has no `status`. */
    const thrown = (status: number) => (defaultErrorHandler ? status : 500);

    const answers: [path: string, status: number, vary?: string][] = [
      ['/answers/body', 200],
      ['/answers/null', 204],
      ['/answers/undefined', thrown(404)],
      ['/answers/undefined-as-204', 204],
      ['/answers/created', 201],
      // Express has a text and a page for it.
      ['/answers/redirect', 302, driver === 'koa' ? 'Authorization' : 'Authorization, Accept'],
      ['/answers/own-vary', 200, 'Accept-Language, Authorization'],
      ['/answers/sets-vary', 200, 'Accept, Authorization'],
      ['/answers/vary-all', 200, '*'],
      ['/answers/not-found', thrown(404)],
      ['/answers/forbidden', 403],
      ['/answers/fault', 500],
      ['/answers/string', 500],
      ['/answers/shared', thrown(404)],
      ['/answers/own-headers', thrown(404), takesHeaders ? 'Origin, Authorization' : 'Authorization'],
      ['/answers/null-headers', thrown(404)],
      ['/answers/other-realm', defaultErrorHandler ? 500 : 404],
      ['/answers/raw', 200],
      ['/text-answers/body', 200],
      ['/text-answers/not-found', thrown(404)],
    ];

    for (const [path, status, vary = 'Authorization'] of answers) {
      it(`vary by the token when ${path} answers ${String(status)}`, async () => {
        const answer = await get(path);
        expect({ status: answer.status, vary: answer.headers.get('Vary') }).to.deep.equal({ status, vary });
        const refused = await get(path, { Authorization: 'Bearer x' });
        expect(refused.status).to.equal(401);
        expect(refused.headers.get('Vary')).to.include(vary === '*' ? '' : 'Authorization');
      });
    }

    it('of an error that is thrown again and again are those of the request', async () => {
      expect((await get('/answers/shared')).headers.get('Vary')).to.equal('Authorization');
      const elsewhere = await get('/text-answers/shared', { 'X-Token': token });
      expect(elsewhere.headers.get('Vary')).to.equal('X-Token');
      expect((await get('/text-answers/open')).headers.get('Vary')).to.equal(null);
      expect(shared).not.to.have.property('headers');
    });

    it('stand on the response to what Koa itself could not respond to', async () => {
      // Koa writes to every error that it answers, and does not answer when nothing was thrown.
      if (!defaultErrorHandler) return;
      // Nobody responds to a method that throws undefined on Express.
      const paths = ['/answers/frozen', ...(driver === 'koa' ? ['/answers/nothing'] : [])];
      for (const path of paths) {
        expect((await get(path)).headers.get('Vary'), path).to.equal('Authorization');
      }
    });

    it('keep what else the application said', async () => {
      if (!takesHeaders) return;
      expect((await get('/answers/own-headers')).headers.get('X-Reason')).to.equal('none');
    });

    it('say no-store on every 401, whatever the method declares for its answers', async () => {
      const expectNoStore = ({ status, headers }: Answer) => {
        expect({ status, cache: headers.get('Cache-Control') }).to.deep.equal({
          status: 401,
          cache: 'no-store',
        });
      };
      expectNoStore(await get('/answers/public', {}));
      expectNoStore(await get('/answers/public', { Authorization: 'Bearer x' }));
      expectNoStore(await get('/answers/public-and-unauthorized', {}));
      const own = await get('/answers/public-and-unauthorized');
      if (defaultErrorHandler) expectNoStore(own);
      else expect(own.status).to.equal(500);
      expect((await get('/answers/public')).headers.get('Cache-Control')).to.equal('public, max-age=3600');
    });

    it('have our challenge on our refusal, whatever the method declares for its answers', async () => {
      expect(await get('/answers/own-challenge', {})).to.include({ challenge: 'Bearer realm="api"' });
      expect(await get('/answers/own-challenge')).to.include({ challenge: 'Basic realm="other"' });
    });

    it('are not added to what no route answers', async () => {
      const { status, headers } = await get('/answers/nowhere');
      expect({ status, vary: headers.get('Vary') }).to.deep.equal({ status: 404, vary: null });
    });
  });
}

@JsonController('/declared')
@JwtRequired()
class Declared {
  @Get('/csv')
  @Header('Cache-Control', 'public, max-age=3600')
  @ContentType('text/csv')
  csv() {
    return 'a,b';
  }

  @Get('/admin')
  @Header('Cache-Control', 'public, max-age=3600')
  @ContentType('text/csv')
  @JwtRequired({ roles: 'admin' })
  admin() {
    return 'a,b';
  }

  @Get('/broken')
  @Header('Cache-Control', 'public, max-age=3600')
  @JwtRequired({ locations: [{ name: 'Place', read: () => null as unknown as string }] })
  broken() {
    return 'a,b';
  }
}

@JsonController('/declared-header')
@JwtRequired()
class DeclaredHeader {
  @Get('/csv')
  @Header('Content-Type', 'text/csv')
  csv() {
    return 'a,b';
  }
}

@Controller('/declared-text')
@JwtRequired()
class DeclaredText {
  @Get('/csv')
  @Header('Cache-Control', 'public, max-age=3600')
  @ContentType('text/csv')
  csv() {
    return 'a,b';
  }
}

describeOnDrivers('what a method declares for its answers', (driver) => {
  const jwtManager = testManager();
  const bad = { Authorization: 'Bearer "' };

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    const refused: [path: string, status: number, code: string, headers: 'none' | 'bad' | 'good'][] = [
      ['/declared/csv', 401, 'ERR_JWT_MISSING', 'none'],
      ['/declared/csv', 400, 'ERR_JWT_REQUEST', 'bad'],
      ['/declared/admin', 403, 'ERR_JWT_DENIED', 'good'],
      ['/declared/broken', 503, 'ERR_JWT_HOOK', 'good'],
      ['/declared-text/csv', 401, 'ERR_JWT_MISSING', 'none'],
      ['/declared-header/csv', 401, 'ERR_JWT_MISSING', 'none'],
    ];
    for (const [path, status, code, sent] of refused) {
      it(`is not said of a ${String(status)} on ${path}, with defaultErrorHandler: ${String(defaultErrorHandler)}`, async () => {
        const app = await startApp({
          controllers: [Declared, DeclaredText, DeclaredHeader],
          defaultErrorHandler,
          authorizationChecker: createAuthorizationChecker(jwtManager),
        });
        const good = { Authorization: `Bearer ${await jwtManager.createAccessToken('ada')}` };
        const answer = await request(app.url + path, { headers: { none: {}, bad, good }[sent] });
        await app.close();
        expect(answer.status).to.equal(status);
        expect(answer.headers.get('Cache-Control')).to.equal('no-store');
        const isPage = driver === 'express' && !defaultErrorHandler;
        // The host takes a method whose type is not JSON for one that answers text.
        const isJson = defaultErrorHandler && ['/declared/broken', '/declared-header/csv'].includes(path);
        expect(answer.headers.get('Content-Type')).to.equal(
          isJson ? 'application/json; charset=utf-8' : `text/${isPage ? 'html' : 'plain'}; charset=utf-8`,
        );
        if (isJson) expect(answer.body).to.include({ code });
        else expect(answer.body).to.be.a('string');
      });
    }
  }

  it('is said of its answers', async () => {
    const app = await startApp({
      controllers: [DeclaredText],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
    const token = await jwtManager.createAccessToken('ada');
    const { headers } = await request(`${app.url}/declared-text/csv`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    await app.close();
    expect([headers.get('Cache-Control'), headers.get('Content-Type')]).to.deep.equal([
      'public, max-age=3600',
      driver === 'koa' ? 'text/csv' : 'text/csv; charset=utf-8',
    ]);
  });
});

describeOnDrivers('the headers of a refusal', (driver) => {
  it('survive a handler that puts its own on every error', async () => {
    const withOwn = (error: unknown) => {
      const { headers = {} } = error as { headers?: object };
      return Object.assign(error as Error, { headers: { ...headers, vary: 'Origin' } });
    };
    const app = await startWithHandler(
      false,
      (_, error) => {
        throw withOwn(error);
      },
      (_, error, next) => {
        next(withOwn(error));
      },
    );
    const { status, challenge, headers } = await request(`${app.url}/answers/body`);
    expect({ status, challenge }).to.deep.equal({ status: 401, challenge: 'Bearer realm="api"' });
    expect(headers.get('Vary')).to.equal('Origin, Authorization');
    await app.close();
  });

  const remade: [name: string, status: number, onKoa: HandleOnKoa, onExpress: HandleOnExpress][] = [
    [
      'a redirect',
      302,
      (context) => {
        context.redirect('/login');
      },
      (response) => {
        response.redirect('/login');
      },
    ],
    [
      'a page',
      200,
      (context) => {
        context.status = 200;
        context.body = 'Please log in.';
      },
      (response) => {
        response.status(200).send('Please log in.');
      },
    ],
    [
      'something that is not found',
      404,
      (context) => {
        context.status = 404;
      },
      (response) => {
        response.sendStatus(404);
      },
    ],
  ];

  for (const [name, status, onKoa, onExpress] of remade) {
    for (const defaultErrorHandler of errorHandlersOn(driver)) {
      // On Express, the handler of routing-controllers has sent its response then.
      if (defaultErrorHandler && driver === 'express') continue;
      it(`go when a handler makes ${name} of the refusal, with defaultErrorHandler: ${String(defaultErrorHandler)}`, async () => {
        const app = await startWithHandler(defaultErrorHandler, onKoa, onExpress);
        const answer = await request(`${app.url}/answers/body`, { redirect: 'manual' });
        expect(answer).to.include({ status, challenge: null });
        expect(answer.headers.get('Vary')).to.include('Authorization');
        await app.close();
      });
    }
  }

  it('go when somebody else changes the status of the error, and leave an own challenge alone', async () => {
    const app = await startWithHandler(
      false,
      (context, error) => {
        if (context.query['own'] !== undefined) context.set('WWW-Authenticate', 'Basic realm="other"');
        context.status = 409;
        (error as { status: number }).status = 409;
      },
      (response, error) => {
        if (response.req.query['own'] !== undefined) response.set('WWW-Authenticate', 'Basic realm="other"');
        response.status(409).send((error as Error).message);
      },
    );
    expect(await request(`${app.url}/answers/body`)).to.include({ status: 409, challenge: null });
    const own = await request(`${app.url}/answers/body?own`);
    expect(own).to.include({ status: 409, challenge: 'Basic realm="other"' });
    await app.close();
  });

  it('are those of the last refusal, when one before it was caught', async () => {
    const checker = createAuthorizationChecker(testManager());
    const failing = createAuthorizationChecker(testManager(), {
      locations: [{ name: 'Place', read: () => null as unknown as string }],
    });
    for (const defaultErrorHandler of errorHandlersOn(driver)) {
      for (const [first, last, status, challenge] of [
        [checker, failing, 503, null],
        [failing, checker, 401, 'Bearer realm="api"'],
      ] as const) {
        const middleware = async (source: Context, ...others: (() => unknown)[]) => {
          const action = driver === 'koa' ? { context: source } : { request: source };
          await Promise.resolve(first(action as unknown as Action, [])).catch(() => undefined);
          await others.at(-1)?.();
        };
        const app = await startApp(
          { controllers: [Answers], defaultErrorHandler, authorizationChecker: last },
          newApp(middleware),
        );
        const answer = await request(`${app.url}/answers/body`);
        expect(answer).to.include({ status, challenge });
        expect(answer.headers.get('Retry-After')).to.equal(status === 503 ? '1' : null);
        await app.close();
      }
    }
  });
});

type HandleOnKoa = (context: Context, error: unknown) => void;
type HandleOnExpress = (response: Response, error: unknown, next: (error: unknown) => void) => void;

/** An application that handles errors itself, each framework in its way. */
function startWithHandler(
  defaultErrorHandler: boolean,
  onKoa: HandleOnKoa,
  onExpress: HandleOnExpress,
): Promise<RunningApp> {
  const app: Koa | Express = newApp();
  if (app instanceof Koa) {
    app.use(async (context, next) => {
      let thrown: unknown;
      await next().catch((error: unknown) => (thrown = error));
      onKoa(context, thrown);
    });
  }
  const handler: ErrorRequestHandler = (error, _, response, next) => {
    onExpress(response, error, next);
  };
  return startApp(
    {
      controllers: [Answers],
      defaultErrorHandler,
      authorizationChecker: createAuthorizationChecker(testManager()),
    },
    app,
    app instanceof Koa ? undefined : handler,
  );
}
