import { once } from 'node:events';
import { connect, createServer, type ClientHttp2Session, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import { Get, JsonController, useKoaServer } from 'routing-controllers';
import { createAuthorizationChecker, JwtRequired } from '../../src';
import { testManager } from '../support/manager';

@JsonController('/http2')
class Routes {
  @Get('/door')
  @JwtRequired()
  door() {
    return { in: true };
  }
}

for (const defaultErrorHandler of [true, false]) {
  describe(`a protected route over HTTP/2, with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
    const jwtManager = testManager();
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

    async function answerTo(headers: Record<string, string>): Promise<Record<string, unknown>> {
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
  });
}
