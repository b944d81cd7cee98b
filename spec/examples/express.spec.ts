import { expect } from 'chai';
import { getWith, request, type Answer } from '../support/app';
import { endChildApp, startChildApp, type ChildApp } from '../support/child-app';
import { secret } from '../support/manager';

describe('the example on Express', function () {
  this.timeout(120_000);
  let app: ChildApp;

  before(async () => {
    app = await startChildApp({ PORT: '0', JWT_SECRET_KEY: secret }, 'express');
  });

  after(async () => {
    const { code, stderr } = await endChildApp(app);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  function login(body: string): Promise<Answer> {
    const headers = { 'Content-Type': 'application/json' };
    return request(`${app.url}/login`, { method: 'POST', headers, body });
  }

  it('rejects a request without a token', async () => {
    const answer = await request(`${app.url}/protected`);
    expect(answer).to.deep.include({
      status: 401,
      body: { msg: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' },
      challenge: 'Bearer realm="api"',
    });
    expect(answer.headers.get('Vary')).to.equal('Authorization');
    expect(answer.headers.get('Cache-Control')).to.equal('no-store');
  });

  it('logs in, accepts the access token and rejects the refresh token', async () => {
    const answer = await login('{"username":"test","password":"test"}');
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('Cache-Control')).to.equal('no-store');
    const { access_token: access, refresh_token: refresh } = answer.body as Record<string, string>;
    expect(await getWith(`${app.url}/protected`, access ?? '')).to.deep.include({
      status: 200,
      body: { logined_as: 'test' },
      challenge: null,
    });
    expect(await getWith(`${app.url}/protected`, refresh ?? '')).to.deep.include({
      status: 401,
      body: { msg: 'Only access tokens are allowed', code: 'ERR_JWT_TYPE' },
      challenge:
        'Bearer realm="api", error="invalid_token", error_description="Only access tokens are allowed"',
    });
  });

  for (const [body, status, msg] of [
    ['{"username":"test","password":"wrong"}', 403, 'Bad username or password'],
    ['{"password":"test"}', 400, 'Missing username parameter'],
    ['{"username":"test"}', 400, 'Missing password parameter'],
    ['{', 400, 'Malformed request body'],
    ['"test"', 400, 'Malformed request body'],
  ] as const) {
    it(`responds to the login ${body} with ${String(status)}`, async () => {
      expect(await login(body)).to.deep.include({ status, body: { msg }, challenge: null });
    });
  }
});
