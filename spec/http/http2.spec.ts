import { once } from 'node:events';
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type Http2Server,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa, { type Context } from 'koa';
import { Ctx, Get, JsonController, Post, useKoaServer } from 'routing-controllers';
import { createAuthorizationChecker, JwtRequired, TokenCookies } from '../../src';
import { testManager } from '../support/manager';

const jwtManager = testManager();
const tokenCookies = new TokenCookies();

@JsonController('/http2')
class Routes {
  @Get('/door')
  @JwtRequired()
  door() {
    return { in: true };
  }

  @Post('/door')
  @JwtRequired({ locations: [tokenCookies] })
  cookieDoor() {
    return { in: true };
  }

  @Get('/login')
  async login(@Ctx() context: Context) {
    tokenCookies.set(context, await jwtManager.createTokenPair('ada'));
    return {};
  }
}

// On Koa alone: Express gives each request and response the prototypes of HTTP/1.
for (const defaultErrorHandler of [true, false]) {
  describe(`a protected route over HTTP/2, with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
    let server: Http2Server;
    let client: ClientHttp2Session;

    before(async () => {
      const koa = new Koa();
      const authorizationChecker = createAuthorizationChecker(jwtManager);
      useKoaServer(koa, { controllers: [Routes], authorizationChecker, defaultErrorHandler });
      server = createServer(koa.callback() as never);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      client = connect(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    });

    after(async () => {
      const closed = once(client, 'close');
      client.close();
      await closed;
      server.close();
    });

    async function answerTo(headers: OutgoingHttpHeaders): Promise<Record<string, unknown>> {
      const stream = client.request({ ':path': '/http2/door', ...headers });
      const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
      stream.resume();
      await once(stream, 'close');
      return answer;
    }

    it('is closed to who has no token, or a bad one', async () => {
      expect(await answerTo({})).to.deep.include({
        ':status': 401,
        'www-authenticate': 'Bearer realm="api"',
        'cache-control': 'no-store',
        vary: 'Authorization',
      });
      expect(await answerTo({ authorization: 'Bearer x' })).to.include({ ':status': 401 });
      expect(await answerTo({ authorization: 'Bearer a b' })).to.include({ ':status': 400 });
    });

    it('opens for a token', async () => {
      const token = await jwtManager.createAccessToken('ada');
      expect(await answerTo({ authorization: `Bearer ${token}` })).to.include({
        ':status': 200,
        vary: 'Authorization',
      });
    });

    it('takes cookies, which come in as many headers as there are', async () => {
      const answer = await answerTo({ ':path': '/http2/login' });
      expect(answer).to.include({ ':status': 200, 'cache-control': 'no-store' });
      const [token = '', , csrf = ''] = (answer['set-cookie'] as string[]).map(
        (line) => line.split(';')[0] ?? '',
      );
      const door = { ':method': 'POST', 'x-csrf-token': csrf.replace('__Host-csrf_token=', '') };
      const seen = async (headers: OutgoingHttpHeaders) => {
        const { ':status': status, vary } = await answerTo({ ...door, ...headers });
        return { status, vary };
      };
      const vary = 'Cookie';
      expect(await seen({ cookie: ['a=1', token, 'b=2'] })).to.deep.equal({ status: 200, vary });
      expect(await seen({ cookie: [token, token] })).to.deep.equal({ status: 400, vary });
      expect(await seen({ cookie: token, 'x-csrf-token': 'x' })).to.deep.equal({ status: 403, vary });
      const { host } = new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
      expect(await seen({ cookie: token, origin: `https://${host}` })).to.deep.equal({ status: 200, vary });
      expect(await seen({ cookie: token, origin: 'https://evil.example' })).to.deep.equal({
        status: 403,
        vary,
      });
    });
  });
}
