import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { connect, createServer as createHttp2Server, type ClientHttp2Session } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import { Get, JsonController, Param, Res, useExpressServer, useKoaServer } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  JwtOptional,
  JwtRequired,
  QueryParameter,
  TokenCookies,
} from '../../src';
import { requestOf } from '../../src/http/request/request-of';
import { describeOnDrivers, newApp, takeOver, type AnyResponse } from '../support/app';
import { testManager } from '../support/manager';

interface Seen {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Every way to give a status, a reason and headers to a response. */
const forms: Record<string, (res: ServerResponse) => void> = {
  'an object': (res) => res.writeHead(203, { ...own, 'Set-Cookie': ownCookies }),
  'an object, after a reason': (res) => res.writeHead(203, 'Fine', { ...own, 'Set-Cookie': ownCookies }),
  'an object, after an undefined reason': (res) =>
    res.writeHead(203, undefined, { ...own, 'Set-Cookie': ownCookies }),
  'an object in lower case': (res) => res.writeHead(203, { ...lowerCase(own), 'set-cookie': ownCookies }),
  'a flat array': (res) => res.writeHead(203, ownPairs.flat()),
  'a flat array, after a reason': (res) => res.writeHead(203, 'Fine', ownPairs.flat()),
  'an array of pairs': (res) => res.writeHead(203, ownPairs as never),
  'an array of pairs, after a reason': (res) => res.writeHead(203, 'Fine', ownPairs as never),
  'an array of pairs with lists': (res) =>
    res.writeHead(203, [...Object.entries(own), ['Set-Cookie', ownCookies]] as never),
  'headers that were set before, and a status': (res) => setAll(res).writeHead(203),
  'headers that were set before, a status and a reason': (res) => setAll(res).writeHead(203, 'Fine'),
  'headers that were set before, and an empty object': (res) => setAll(res).writeHead(203, {}),
  'headers that were set before, and an empty array': (res) => setAll(res).writeHead(203, []),
  'headers that were set before with other values': (res) => {
    for (const name of Object.keys(own)) res.setHeader(name, 'other');
    res.setHeader('Set-Cookie', 'other=1');
    res.writeHead(203, { ...own, 'Set-Cookie': ownCookies });
  },
  'no call of writeHead': (res) => {
    setAll(res).statusCode = 203;
  },
  flushHeaders: (res) => {
    setAll(res).statusCode = 203;
    res.flushHeaders();
  },
  'a first chunk': (res) => {
    setAll(res).statusCode = 203;
    res.write('first ');
  },
};

const own = { 'Cache-Control': 'public, max-age=60', Vary: 'Accept', 'X-Own': 'yes' };
const ownCookies = ['one=1', 'two=2'];
const ownPairs = [
  ...Object.entries(own),
  ...ownCookies.map((line): [string, string] => ['Set-Cookie', line]),
];

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function setAll(res: ServerResponse): ServerResponse {
  for (const [name, value] of Object.entries(own)) res.setHeader(name, value);
  res.setHeader('Set-Cookie', ownCookies);
  return res;
}

const jwtManager = testManager();
const tokenCookies = new TokenCookies();
let thrown: unknown[] = [];

function attempt(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    thrown.push((error as { code: unknown }).code);
  }
}

@JsonController()
class Routes {
  @Get('/cookies/:form')
  @JwtRequired()
  async cookies(@Res() response: AnyResponse, @Param('form') form: string) {
    tokenCookies.set(response, await jwtManager.createTokenPair('ada'));
    return this.#answer(response, form);
  }

  @Get('/query/:form')
  @JwtRequired({ locations: [new QueryParameter(), new BearerHeader()] })
  query(@Res() response: AnyResponse, @Param('form') form: string) {
    return this.#answer(response, form);
  }

  @Get('/optional/:status')
  @JwtOptional()
  optional(@Res() response: AnyResponse, @Param('status') status: number) {
    const headers = { 'Cache-Control': 'public', 'WWW-Authenticate': 'Basic realm="proxied"' };
    takeOver(response).writeHead(status, headers).end();
    return response;
  }

  @Get('/text-status')
  @JwtOptional()
  textStatus(@Res() response: AnyResponse) {
    takeOver(response)
      .writeHead('401' as never, { 'Cache-Control': 'public' })
      .end();
    return response;
  }

  @Get('/twice')
  @JwtRequired()
  twice(@Res() response: AnyResponse) {
    const res = takeOver(response);
    res.writeHead(203, { 'X-Own': 'first' });
    attempt(() => res.writeHead(200, { 'X-Own': 'second' }));
    res.end();
    return response;
  }

  @Get('/malformed')
  @JwtRequired()
  malformed(@Res() response: AnyResponse) {
    const res = takeOver(response);
    attempt(() => res.writeHead(200, ['X-Odd', 'kept', 'X-Alone']));
    res.writeHead(200, { 'X-Own': 'yes' }).end();
    return response;
  }

  @Get('/proxy')
  @JwtRequired()
  async proxy(@Res() response: AnyResponse) {
    const res = takeOver(response);
    const upstream = createServer((_, reply) => {
      reply.writeHead(203, ownPairs.flat()).end('from upstream');
    });
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    const { port } = upstream.address() as AddressInfo;
    const [answer] = (await once(httpRequest({ port, agent: false }).end(), 'response')) as [IncomingMessage];
    const hopByHop = /^(connection|keep-alive|transfer-encoding)$/i;
    const raw = answer.rawHeaders.filter((_, index, all) => !hopByHop.test(all[index - (index % 2)] ?? ''));
    answer.pipe(res.writeHead(answer.statusCode ?? 0, raw));
    upstream.close();
    return response;
  }

  @Get('/stream')
  @JwtRequired()
  stream(@Res() response: AnyResponse) {
    const res = takeOver(response);
    res.writeHead(203, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache',
      Vary: '*',
    });
    res.write('data: 1\n\n');
    res.end('data: 2\n\n');
    return response;
  }

  @Get('/early')
  @JwtRequired()
  early(@Res() response: AnyResponse) {
    const { res } = requestOf(response);
    res.writeEarlyHints({ link: '</style.css>; rel=preload' });
    res.writeContinue();
    return { in: true };
  }

  #answer(response: AnyResponse, form: string): AnyResponse {
    const res = takeOver(response);
    forms[form]?.(res);
    res.end('end');
    return response;
  }
}

interface Wire {
  readonly name: string;
  start(listener: RequestListener): Promise<void>;
  stop(): Promise<void>;
  get(path: string, headers?: Record<string, string>): Promise<Seen & { readonly hints: readonly number[] }>;
}

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

function http1(): Wire {
  let server: ReturnType<typeof createServer>;
  let port: number;
  return {
    name: 'HTTP/1.1',
    start: async (listener) => {
      server = createServer(listener);
      port = await listening(server);
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
    get: async (path, headers = {}) => {
      const hints: number[] = [];
      const sent = httpRequest({ port, path, headers, agent: false }).end();
      sent.on('information', ({ statusCode }) => hints.push(statusCode));
      sent.on('continue', () => hints.push(100));
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      await once(answer.resume(), 'end');
      const { statusCode: status = 0, statusMessage: reason = '' } = answer;
      return { status, reason, headers: answer.headers, hints };
    },
  };
}

function http2(): Wire {
  let server: ReturnType<typeof createHttp2Server>;
  let client: ClientHttp2Session;
  return {
    name: 'HTTP/2',
    start: async (listener) => {
      server = createHttp2Server(listener as never);
      client = connect(`http://127.0.0.1:${String(await listening(server))}`);
    },
    stop: async () => {
      const closed = once(client, 'close');
      client.destroy();
      await closed;
      server.close();
    },
    get: async (path, headers = {}) => {
      const hints: number[] = [];
      const stream = client.request({ ':path': path, ...headers });
      stream.on('headers', (hint) => hints.push(Number(hint[':status'])));
      stream.on('continue', () => hints.push(100));
      const [answer] = (await once(stream, 'response')) as [Seen['headers']];
      await once(stream.resume(), 'close');
      return { status: Number(answer[':status']), reason: '', headers: answer, hints };
    },
  };
}

// D11: whatever the application gives to writeHead.
describeOnDrivers('a protected route that writes its own head', (driver) => {
  specsOver(http1());
  // Express 4 has no requests and responses of HTTP/2.
  if (driver === 'koa') specsOver(http2());
});

function specsOver(wire: Wire): void {
  describe(`over ${wire.name}`, () => {
    let authorization: Record<string, string>;
    let token: string;

    before(async () => {
      await wire.start(listener());
      token = await jwtManager.createAccessToken('ada');
      authorization = { authorization: `Bearer ${token}` };
    });

    after(() => wire.stop());
    beforeEach(() => (thrown = []));

    for (const form of Object.keys(forms)) {
      it(`keeps the new cookies, no-store and Vary: ${form}`, async () => {
        const { status, reason, headers } = await wire.get(
          `/cookies/${encodeURIComponent(form)}`,
          authorization,
        );
        expect(status).to.equal(203);
        if (wire.name === 'HTTP/1.1')
          expect(reason).to.equal(/ a reason$/.test(form) ? 'Fine' : 'Non-Authoritative Information');
        expect(headers).to.include({
          vary: 'Accept, Authorization',
          'cache-control': 'no-store',
          'x-own': 'yes',
        });
        const lines = headers['set-cookie'] as string[];
        expect(lines.slice(0, 2)).to.deep.equal(ownCookies);
        expect(lines.filter((line) => line.includes('access_token=ey'))).to.have.length(1);
        expect(lines.filter((line) => line.includes('refresh_token=ey'))).to.have.length(1);
      });

      it(`keeps out of shared caches what a token in the URL opened: ${form}`, async () => {
        const { status, headers } = await wire.get(`/query/${encodeURIComponent(form)}?jwt=${token}`);
        expect(status).to.equal(203);
        expect(headers).to.deep.include({
          vary: 'Accept, Authorization',
          'cache-control': 'private, max-age=60',
          'x-own': 'yes',
          'set-cookie': ownCookies,
        });
      });
    }

    it('is not kept by a cache when a proxied answer is a 401, and keeps its own challenge', async () => {
      const { status, headers } = await wire.get('/optional/401');
      expect(status).to.equal(401);
      expect(headers).to.include({
        'cache-control': 'no-store',
        vary: 'Authorization',
        'www-authenticate': 'Basic realm="proxied"',
      });
      expect((await wire.get('/optional/200')).headers).to.include({ 'cache-control': 'public' });
      expect((await wire.get('/text-status')).headers).to.include({ 'cache-control': 'no-store' });
    });

    it('fails at a second call as it does without the library, and leaves the first head alone', async () => {
      const { status, headers } = await wire.get('/twice', authorization);
      expect(status).to.equal(203);
      expect(headers).to.include({ 'x-own': 'first', vary: 'Authorization' });
      expect(thrown).to.deep.equal([
        wire.name === 'HTTP/2' ? 'ERR_HTTP2_HEADERS_SENT' : 'ERR_HTTP_HEADERS_SENT',
      ]);
    });

    it('fails at headers without a value as it does without the library', async () => {
      const { headers } = await wire.get('/malformed', authorization);
      expect(headers).to.include({ 'x-own': 'yes', vary: 'Authorization' });
      expect(headers).not.to.have.any.keys('x-odd', 'x-alone');
      expect(thrown).to.deep.equal(['ERR_INVALID_ARG_VALUE']);
    });

    it('keeps both when it passes on the raw headers of another server', async () => {
      const { status, headers } = await wire.get('/proxy', authorization);
      expect(status).to.equal(203);
      expect(headers).to.deep.include({
        vary: 'Accept, Authorization',
        'set-cookie': ownCookies,
        'x-own': 'yes',
      });
    });

    it('streams', async () => {
      const { status, headers } = await wire.get('/stream', authorization);
      expect(status).to.equal(203);
      expect(headers).to.include({
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        vary: '*',
      });
    });

    it('sends informational responses as they are', async () => {
      const { status, headers, hints } = await wire.get('/early', authorization);
      expect(status).to.equal(200);
      expect(headers).to.include({ vary: 'Authorization' });
      expect(hints).to.include.members([103, 100]);
    });
  });
}

function listener(): RequestListener {
  const app = newApp();
  const options = {
    controllers: [Routes],
    authorizationChecker: createAuthorizationChecker(jwtManager),
  };
  if (!(app instanceof Koa)) return useExpressServer(app, options) as never;
  app.silent = true;
  const handle = useKoaServer(app, options).callback();
  return (req, res) => void handle(req, res);
}
