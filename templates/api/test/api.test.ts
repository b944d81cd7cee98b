import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { JwtManager } from 'routing-controllers-jwt';
import { bearerFor, expiredToken, forgedToken, revokedToken } from 'routing-controllers-jwt/testing';

const credentials = { username: 'ada', password: 'a long pass phrase' };

describe('the API', () => {
  let server: Server;
  let url: string;
  let jwtManager: JwtManager;

  before(async () => {
    process.env['JWT_SECRET_KEY'] = randomBytes(32).toString('base64url');
    const { app } = await import('../src/app.js');
    ({ jwtManager } = await import('../src/jwt.js'));
    server = app.listen(0);
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.equal((await post('/account', credentials)).status, 201);
  });

  after(() => {
    server.close();
    server.closeAllConnections();
  });

  function post(path: string, body: object, token = ''): Promise<Response> {
    const headers = {
      'Content-Type': 'application/json',
      ...(token && { Authorization: `Bearer ${token}` }),
    };
    return fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  function account(authorization: string): Promise<Response> {
    return fetch(`${url}/account`, { headers: { Authorization: authorization } });
  }

  async function login(): Promise<{ access_token: string; refresh_token: string }> {
    const response = await post('/auth/login', credentials);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    return (await response.json()) as { access_token: string; refresh_token: string };
  }

  it('shows users their own account', async () => {
    const { access_token } = await login();
    const { id, ...rest } = (await (await account(`Bearer ${access_token}`)).json()) as { id: string };
    assert.deepEqual(rest, { username: 'ada', roles: ['member'] });
    assert.equal((await account(await bearerFor(jwtManager, id))).status, 200);
    assert.equal((await account(await bearerFor(jwtManager, 'gone'))).status, 401);
  });

  it('rejects a request without a token, and bad tokens', async () => {
    assert.equal((await fetch(`${url}/account`)).status, 401);
    for (const create of [expiredToken, forgedToken, revokedToken])
      assert.equal((await account(`Bearer ${await create(jwtManager)}`)).status, 401, create.name);
  });

  it('does not reveal whether a user exists', async () => {
    const wrong = await post('/auth/login', { ...credentials, password: 'wrong' });
    const unknown = await post('/auth/login', { ...credentials, username: 'eve' });
    assert.deepEqual([wrong.status, unknown.status], [401, 401]);
    assert.equal(await wrong.text(), await unknown.text());
  });

  it('limits failed logins', async () => {
    const statuses = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      const response = await post('/auth/login', { username: 'mallory', password: 'a guess' });
      statuses.push(response.status);
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
  });

  it('keeps passwords out of errors', async () => {
    for (const [path, password] of [
      ['/account', 'too short'],
      ['/auth/login', 'too long '.repeat(50)],
    ] as const) {
      const response = await post(path, { username: 'eve', password });
      assert.equal(response.status, 400);
      assert.doesNotMatch(await response.text(), /too (short|long)/);
    }
  });

  it('gives each name to one user', async () => {
    assert.equal((await post('/account', { ...credentials, username: ' Ada' })).status, 409);
  });

  it('lists the sessions of a user, and ends all others', async () => {
    const [here, there] = [await login(), await login()];
    const headers = { Authorization: `Bearer ${here.access_token}` };
    const sessions = (await (await fetch(`${url}/auth/sessions`, { headers })).json()) as object[];
    assert.ok(sessions.length >= 2);
    assert.equal((await fetch(`${url}/auth/sessions`, { method: 'DELETE', headers })).status, 204);
    assert.equal((await account(`Bearer ${there.access_token}`)).status, 401);
    assert.equal((await account(`Bearer ${here.access_token}`)).status, 200);
  });

  it('refreshes, and logs out', async () => {
    const { refresh_token } = await login();
    const response = await post('/auth/refresh', { refresh_token });
    assert.equal(response.status, 200);
    const pair = (await response.json()) as { access_token: string; refresh_token: string };
    assert.equal((await post('/auth/logout', {}, pair.access_token)).status, 204);
    assert.equal((await account(`Bearer ${pair.access_token}`)).status, 401);
    assert.equal((await post('/auth/refresh', pair)).status, 401);
  });
});
