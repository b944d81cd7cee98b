import 'reflect-metadata';
// Not the strict ones: under jest, what fetch parses has another Object.prototype.
import * as assert from 'node:assert';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createExpressServer, createKoaServer } from 'routing-controllers';
import { JwtManager, MemoryTokenStore } from 'routing-controllers-jwt';
import {
  bearerFor,
  cookiesFor,
  createClock,
  createIssuer,
  expiredToken,
  forgedToken,
  revokedToken,
  tokenStoreSuite,
} from 'routing-controllers-jwt/testing';
import { authorizationChecker, jwtManager, NoteController, tokenCookies } from './app';

type Define = (name: string, body: () => void | Promise<void>) => unknown;

/** What the runner of a consumer runs. */
export function suite(describe: Define, it: Define): void {
  for (const createServer of [createKoaServer, createExpressServer]) {
    describe(`an app of ${createServer.name}`, () => {
      it('lets users in', async () => {
        const headers = { Authorization: await bearerFor(jwtManager, 'ada') };
        assert.deepEqual(await send('GET', headers), [200, { of: 'ada' }]);
      });

      it('knows a browser', async () => {
        const headers = await cookiesFor(jwtManager, tokenCookies, 'ada', { roles: ['author'] });
        assert.deepEqual(await send('POST', headers, { text: 'x' }), [200, { by: 'ada', isNote: true }]);
        const [status] = await send('POST', headers, { text: '' });
        assert.equal(status, 400);
      });

      it('wants a fresh login', async () => {
        const headers = {
          Authorization: await bearerFor(jwtManager, 'ada', { roles: ['author'], stale: true }),
        };
        const [status, body] = await send('POST', headers, { text: 'x' });
        assert.deepEqual([status, body['code']], [401, 'ERR_JWT_NOT_FRESH']);
      });

      it('rejects bad tokens', async () => {
        for (const create of [expiredToken, forgedToken, revokedToken]) {
          const [status] = await send('GET', { Authorization: `Bearer ${await create(jwtManager, 'ada')}` });
          assert.equal(status, 401, create.name);
        }
      });

      async function send(method: string, headers: Record<string, string>, body?: object) {
        const app = createServer({ controllers: [NoteController], authorizationChecker }) as {
          listen(port: number, host: string): Server;
        };
        const server = app.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/notes`;
        const response = await fetch(url, {
          method,
          headers: { ...headers, 'Content-Type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        });
        const answer = (await response.json()) as Record<string, unknown>;
        server.close();
        server.closeAllConnections();
        return [response.status, answer] as const;
      }
    });
  }

  it('moves the time', async () => {
    const { clock, advance } = createClock();
    const timed = new JwtManager({ secret: 'kq4Zr0pX7uV2bN8mT1sW6yL3dH9gJ5cFaEoQ', clock });
    const token = await timed.createAccessToken('ada');
    advance('15m');
    await assert.rejects(timed.verify(token), { code: 'ERR_JWT_EXPIRED' });
  });

  it('has an identity provider', async () => {
    const issuer = await createIssuer();
    const response = await fetch(issuer.jwksUri);
    const { keys } = (await response.json()) as { keys: unknown[] };
    await issuer.close();
    assert.equal(keys.length, 1);
  });

  describe('a store', () => {
    const store = new MemoryTokenStore();
    tokenStoreSuite({ describe, it }, () => store, { rounds: 1, callers: [2] });
  });
}
