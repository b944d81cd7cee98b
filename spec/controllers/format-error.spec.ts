import { expect } from 'chai';
import type { ErrorRequestHandler, Express, NextFunction, Request, Response } from 'express';
import Koa from 'koa';
import { Controller, Get, JsonController, UseBefore } from 'routing-controllers';
import { createAuthorizationChecker, JwtError, JwtRequired, type HttpRequest } from '../../src';
import { describeOnDrivers, errorHandlersOn, newApp, request, startApp, type Answer } from '../support/app';
import { testManager } from '../support/manager';
import { nodeMiddleware } from '../support/node-middleware';

@JsonController('/json')
class JsonRoutes {
  @Get('/thing')
  @JwtRequired()
  thing() {
    return {};
  }

  @Get('/typed-before')
  @JwtRequired()
  @UseBefore(nodeMiddleware((_, response) => response.setHeader('Content-Type', 'application/vnd.api+json')))
  typedBefore() {
    return {};
  }
}

@Controller('/text')
class TextRoutes {
  @Get('/thing')
  @JwtRequired()
  thing() {
    return 'thing';
  }
}

function problem({ code, status, message }: JwtError, { res }: HttpRequest): object {
  res.setHeader('Content-Type', 'application/problem+json');
  return { type: `https://api.example.com/errors/${code}`, status, title: message };
}

const body = {
  type: 'https://api.example.com/errors/ERR_JWT_MISSING',
  status: 401,
  title: 'Missing Authorization Header',
};
const challenge = 'Bearer realm="api"';

/** The answer to a request without a token, and its type. */
async function answerOf(
  path: string,
  formatError: (error: JwtError, request: HttpRequest) => object,
  { hasOwnHandler = false, defaultErrorHandler = true, headers = {} } = {},
): Promise<Answer & { type: string | null }> {
  const authorizationChecker = createAuthorizationChecker(testManager(), { formatError });
  const [own, handler] = hasOwnHandler ? withOwnHandler() : ([newApp(), undefined] as const);
  const app = await startApp(
    { controllers: [JsonRoutes, TextRoutes], authorizationChecker, defaultErrorHandler },
    own,
    handler,
  );
  const answer = await request(app.url + path, { headers });
  await app.close();
  return { ...answer, type: answer.headers.get('Content-Type') };
}

/** An app that writes our errors as JSON itself, as the guide shows it. */
function withOwnHandler(): [app: Koa | Express, handler?: ErrorRequestHandler] {
  const app = newApp();
  if (!(app instanceof Koa)) return [app, handleOnExpress];
  app.use(async (context, next) => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof JwtError)) throw error;
      context.status = error.status;
      context.body = error;
    }
  });
  return [app];
}

function handleOnExpress(error: unknown, _: Request, response: Response, next: NextFunction): void {
  if (response.headersSent || !(error instanceof JwtError)) next(error);
  else response.status(error.status).json(error);
}

describeOnDrivers('formatError', (driver) => {
  for (const path of ['/json/thing', '/json/typed-before']) {
    it(`chooses the type of its JSON: ${path}`, async () => {
      const answer = await answerOf(path, problem);
      expect(answer).to.deep.include({ status: 401, body, challenge, type: 'application/problem+json' });
    });
  }

  it('chooses it where a middleware of the application writes the error, too', async () => {
    const answer = await answerOf('/json/thing', problem, {
      hasOwnHandler: true,
      defaultErrorHandler: false,
    });
    expect(answer).to.deep.include({ status: 401, body, challenge, type: 'application/problem+json' });
  });

  it('does not call text JSON: a text controller, and the handler of the framework', async () => {
    const sentence = { status: 401, body: 'Missing Authorization Header', challenge };
    const type = 'text/plain; charset=utf-8';
    expect(await answerOf('/text/thing', problem)).to.deep.include({ ...sentence, type });
    const options = { defaultErrorHandler: false };
    const own = driver === 'koa' ? type : 'text/html; charset=utf-8';
    expect(await answerOf('/json/thing', problem, options)).to.deep.include({ ...sentence, type: own });
  });

  it('leaves the type alone when it sets none, or fails after it did', async () => {
    const type = 'application/json; charset=utf-8';
    const usual = { msg: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' };
    expect(await answerOf('/json/thing', ({ code }) => ({ code }))).to.deep.include({
      body: { code: 'ERR_JWT_MISSING' },
      type,
    });
    const failing = (error: JwtError, forRequest: HttpRequest) => {
      problem(error, forRequest);
      throw new Error('later');
    };
    expect(await answerOf('/json/thing', failing)).to.deep.include({ body: usual, type });
    expect(await answerOf('/json/typed-before', failing)).to.deep.include({
      body: usual,
      type: `application/vnd.api+json${driver === 'koa' ? '' : '; charset=utf-8'}`,
    });
  });

  const meddling: [name: string, meddle: (error: JwtError) => unknown][] = [
    ['status', (error) => (error.status = 200)],
    ['httpCode', (error) => (error.httpCode = 200)],
    ['both', (error) => Object.assign(error, { status: 404, httpCode: 404 })],
    ['message', (error) => (error.message = 'another')],
    ['expose', (error) => (error.expose = false)],
    ['headers', (error) => (error.headers = {})],
    ['nothing, and freezes it', (error) => Object.freeze(error)],
  ];

  for (const [name, meddle] of meddling) {
    for (const defaultErrorHandler of errorHandlersOn(driver)) {
      it(`words the answer only, though it sets ${name}, with defaultErrorHandler: ${String(defaultErrorHandler)}`, async () => {
        const formatError = (error: JwtError) => {
          meddle(error);
          return { code: error.code };
        };
        const answer = await answerOf('/json/thing', formatError, { defaultErrorHandler });
        expect(answer).to.deep.include({
          status: 401,
          body: defaultErrorHandler ? { code: 'ERR_JWT_MISSING' } : 'Missing Authorization Header',
          challenge,
        });
        expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      });
    }
  }

  const sentences = { en: 'Please log in.', de: 'Bitte melden Sie sich an.' };

  function translated({ code }: JwtError, { headers, res }: HttpRequest): object {
    res.appendHeader('Vary', 'Accept-Language');
    const language = headers['accept-language']?.startsWith('de') ? 'de' : 'en';
    return { msg: sentences[language], code };
  }

  for (const [languages, language] of [
    ['de-AT, en;q=0.5', 'de'],
    ['fr', 'en'],
    ['en', 'en'],
  ] as const) {
    for (const defaultErrorHandler of errorHandlersOn(driver)) {
      const handler = `defaultErrorHandler: ${String(defaultErrorHandler)}`;
      it(`speaks the language of the request, ${languages}, and caches are told: ${handler}`, async () => {
        const answer = await answerOf('/json/thing', translated, {
          hasOwnHandler: true,
          defaultErrorHandler,
          headers: { 'Accept-Language': languages },
        });
        expect(answer.body).to.deep.equal({ msg: sentences[language], code: 'ERR_JWT_MISSING' });
        expect(answer.headers.get('Vary')).to.equal('Authorization, Accept-Language');
      });
    }
  }

  it('keeps what varies where the framework writes the error', async () => {
    const answer = await answerOf('/json/thing', translated, { defaultErrorHandler: false });
    expect(answer.headers.get('Vary')).to.equal('Authorization, Accept-Language');
  });
});
