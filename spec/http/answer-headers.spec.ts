import { expect } from 'chai';
import { runInNewContext } from 'node:vm';
import Koa, { type Context } from 'koa';
import {
  Controller,
  Ctx,
  Get,
  Header,
  HttpCode,
  HttpError,
  JsonController,
  NotFoundError,
  OnNull,
  OnUndefined,
  Redirect,
  UnauthorizedError,
} from 'routing-controllers';
import { BearerHeader, createAuthorizationChecker, JwtOptional, JwtRequired } from '../../src';
import { request, startApp, type Answer, type RunningApp } from '../support/app';
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
  setsVary(@Ctx() context: Context) {
    context.set('Vary', 'Accept');
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
  raw(@Ctx() context: Context) {
    context.respond = false;
    context.res.statusCode = 200;
    context.res.end('raw');
    return context;
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
  describe(`the headers of a protected route, with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
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

    /** Where Koa answers, an error of the host's without `status` is a 500. */
    const thrown = (status: number) => (defaultErrorHandler ? status : 500);

    const answers: [path: string, status: number, vary?: string][] = [
      ['/answers/body', 200],
      ['/answers/null', 204],
      ['/answers/undefined', thrown(404)],
      ['/answers/undefined-as-204', 204],
      ['/answers/created', 201],
      ['/answers/redirect', 302],
      ['/answers/own-vary', 200, 'Accept-Language, Authorization'],
      ['/answers/sets-vary', 200, 'Accept, Authorization'],
      ['/answers/vary-all', 200, '*'],
      ['/answers/not-found', thrown(404)],
      ['/answers/forbidden', 403],
      ['/answers/fault', 500],
      ['/answers/string', 500],
      ['/answers/shared', thrown(404)],
      ['/answers/own-headers', thrown(404), defaultErrorHandler ? 'Authorization' : 'Origin, Authorization'],
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

    it('stand on the answer to what Koa itself could not answer', async () => {
      // Koa writes to every error that it answers, and does not answer when nothing was thrown.
      if (!defaultErrorHandler) return;
      for (const path of ['/answers/frozen', '/answers/nothing']) {
        expect((await get(path)).headers.get('Vary'), path).to.equal('Authorization');
      }
    });

    it('keep what else the application said', async () => {
      if (defaultErrorHandler) return;
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

describe('the headers of a refusal', () => {
  it('survive a middleware that puts its own on every error', async () => {
    const koa = new Koa();
    koa.use(async (_, next) => {
      try {
        await next();
      } catch (error) {
        const { headers = {} } = error as { headers?: object };
        throw Object.assign(error as Error, { headers: { ...headers, vary: 'Origin' } });
      }
    });
    const app = await startApp(
      {
        controllers: [Answers],
        defaultErrorHandler: false,
        authorizationChecker: createAuthorizationChecker(testManager()),
      },
      koa,
    );
    const { status, challenge, headers } = await request(`${app.url}/answers/body`);
    expect({ status, challenge }).to.deep.equal({ status: 401, challenge: 'Bearer realm="api"' });
    expect(headers.get('Vary')).to.equal('Origin, Authorization');
    await app.close();
  });

  it('go when a middleware makes something else of the refusal', async () => {
    const koa = new Koa();
    koa.use(async (context, next) => {
      try {
        await next();
      } catch {
        context.remove('WWW-Authenticate');
        context.redirect('/login');
      }
    });
    const app = await startApp(
      {
        controllers: [Answers],
        defaultErrorHandler: false,
        authorizationChecker: createAuthorizationChecker(testManager()),
      },
      koa,
    );
    const { status, challenge, headers } = await request(`${app.url}/answers/body`, { redirect: 'manual' });
    expect({ status, challenge, vary: headers.get('Vary') }).to.deep.equal({
      status: 302,
      challenge: null,
      vary: 'Authorization',
    });
    await app.close();
  });
});
