import { once } from 'node:events';
import {
  Agent,
  createServer as createPlainServer,
  get,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { expect } from 'chai';
import type Koa from 'koa';
import type { Context, Next } from 'koa';
import type { NextFunction, Request, Response } from 'express';
import { Get, JsonController, Res } from 'routing-controllers';
import { createAuthorizationChecker, createJwtMiddleware, JwtRequired, TokenExpiredError } from '../../src';
import { closeUnfinished } from '../../src/http/answer/close-unfinished';
import {
  describeOnDrivers,
  errorHandlersOn,
  newApp,
  serve,
  startApp,
  takeOver,
  type AnyResponse,
  type RunningApp,
} from '../support/app';
import { testManager } from '../support/manager';

const jwtManager = testManager();
const authorizationChecker = createAuthorizationChecker(jwtManager);

@JsonController()
@JwtRequired()
class Streams {
  @Get('/stream')
  async stream(@Res() response: AnyResponse): Promise<AnyResponse> {
    await begin(takeOver(response));
    throw new TokenExpiredError();
  }

  @Get('/whole')
  whole(@Res() response: AnyResponse): AnyResponse {
    takeOver(response).end('all');
    throw new TokenExpiredError();
  }

  @Get('/file')
  async file(@Res() response: AnyResponse): Promise<AnyResponse> {
    const res = takeOver(response);
    await begin(res);
    void goOn(res);
    throw new TokenExpiredError();
  }

  @Get('/zipped')
  zipped(@Res() response: AnyResponse): AnyResponse {
    const zip = createGzip();
    const res = takeOver(response).setHeader('Content-Encoding', 'gzip');
    zip.pipe(res);
    res.flushHeaders();
    zip.end('all');
    throw new TokenExpiredError();
  }
}

/** Other middleware continues with a response, now and then. */
async function goOn(res: ServerResponse): Promise<void> {
  for (let part = 0; part < 3; part++) {
    await setTimeout(1000);
    res.write('.');
  }
  res.end();
}

/** Sends the head and a first part. */
function begin(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    res.write('the first part', () => {
      resolve();
    });
  });
}

/** What arrives of a response, and whether it is whole. */
async function readFrom(url: string, headers: Record<string, string> = {}): Promise<[string, boolean]> {
  const { body } = await fetch(url, { headers });
  let text = '';
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>)
      text += Buffer.from(chunk).toString();
    return [text, true];
  } catch {
    return [text, false];
  }
}

describeOnDrivers('A response that is under way when its request is rejected', (driver) => {
  let app: RunningApp;
  afterEach(() => app.close());

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    it(`is closed if nothing goes on with it, and otherwise arrives whole (defaultErrorHandler: ${String(defaultErrorHandler)})`, async () => {
      app = await startApp({ controllers: [Streams], authorizationChecker, defaultErrorHandler });
      const Authorization = `Bearer ${await jwtManager.createAccessToken('ada')}`;
      const paths = ['stream', 'whole', 'file', 'zipped'];
      const answers = await Promise.all(
        paths.map((path) => readFrom(`${app.url}/${path}`, { Authorization })),
      );
      expect(answers).to.deep.equal([
        ['the first part', false],
        ['all', true],
        ['the first part...', true],
        ['all', true],
      ]);
    });
  }

  it('is closed by middleware, too', async () => {
    const middleware =
      driver === 'koa'
        ? async (context: Context, next: Next) => {
            context.respond = false;
            await begin(context.res);
            await next();
          }
        : async (_: Request, response: Response, next: NextFunction) => {
            await begin(response);
            next();
          };
    app = await serve(newApp(middleware, createJwtMiddleware(authorizationChecker)));
    expect(await readFrom(app.url)).to.deep.equal(['the first part', false]);
  });
});

describe('A response of HTTP/2 that is under way when its request is rejected', () => {
  it('is closed with an error, so that the client does not take it for whole', async () => {
    const app = newApp(async (context: Context, next: Next) => {
      context.respond = false;
      await begin(context.res);
      await next();
    }, createJwtMiddleware(authorizationChecker)) as Koa;
    app.silent = true;
    const respond = app.callback();
    const server = createServer((req, res) => void respond(req, res)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    const stream = client.request({ ':path': '/' }).resume();
    const [error] = (await once(stream, 'error').catch((error: unknown) => [error])) as [Error];
    client.close();
    server.close();
    expect(error.message).to.equal('Stream closed with error code NGHTTP2_INTERNAL_ERROR');
  });
});

describe('A connection whose first response was under way', () => {
  it('serves a slow one afterwards, also without a keep-alive timeout', async () => {
    const server = createPlainServer((req, res) => {
      if (req.url === '/slow') {
        globalThis.setTimeout(() => res.end('slow'), 2500);
        return;
      }
      res.write('under way');
      closeUnfinished(res);
      globalThis.setTimeout(() => res.end(), 100);
    });
    server.keepAliveTimeout = 0;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const statusOf = async (path: string) => {
      const [response] = (await once(get({ port, path, agent }), 'response')) as [IncomingMessage];
      await once(response.resume(), 'end');
      return response.statusCode;
    };
    expect([await statusOf('/'), await statusOf('/slow')]).to.deep.equal([200, 200]);
    agent.destroy();
    server.close();
  });
});
