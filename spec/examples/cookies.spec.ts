import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { rawAnswer, request, type Answer } from '../support/app';
import { endChildApp, startChildApp, type ChildApp } from '../support/child-app';
import { CookieClient } from '../support/cookie-client';
import { itInFull, shortList } from '../support/full';
import { secret } from '../support/manager';

const ada = { username: 'ada', password: 'engine' };
const grace = { username: 'grace', password: 'compiler' };

interface Note {
  readonly id: string;
  readonly text: string;
}

interface Device {
  readonly id: string;
  readonly current: boolean;
}

describe('the example of cookies', function () {
  this.timeout(120_000);
  const apps: ChildApp[] = [];
  let url: string;

  before(async () => {
    url = await start();
  });

  after(async () => {
    for (const app of apps) {
      const { code, stderr } = await endChildApp(app);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    }
  });

  async function start(environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const app = await startChildApp({ PORT: '0', JWT_SECRET_KEY: secret, ...environment }, 'cookies');
    apps.push(app);
    return app.url;
  }

  async function loggedIn(user = ada, at = url): Promise<CookieClient> {
    const client = new CookieClient(at);
    expect((await client.send('POST', '/api/auth/login', user)).status).to.equal(204);
    return client;
  }

  async function notesOf(client: CookieClient): Promise<Note[]> {
    const { status, body } = await client.send('GET', '/api/notes');
    expect(status).to.equal(200);
    return body as Note[];
  }

  function expectRefusal(answer: Answer, status: number, body: object): void {
    const challenge =
      status === 401 ? /^Bearer realm="api"(, error="invalid_token", error_description="[^"]+")?$/ : /^null$/;
    expect(answer).to.deep.include({ status, body });
    expect(String(answer.challenge)).to.match(challenge);
    expect(answer.headers.get('Cache-Control')).to.equal('no-store');
  }

  const missing = { msg: 'Missing Cookie', code: 'ERR_JWT_MISSING' };
  const csrf = { msg: 'CSRF check failed', code: 'ERR_JWT_CSRF' };
  const revoked = { msg: 'Token has been revoked', code: 'ERR_JWT_REVOKED' };

  describe('its page', () => {
    const files: [path: string, file: string, type: string][] = [
      ['/', 'index.html', 'text/html; charset=utf-8'],
      ['/app.js', 'app.js', 'text/javascript; charset=utf-8'],
      ['/call.js', 'call.js', 'text/javascript; charset=utf-8'],
      ['/device.mjs', '../../device.mjs', 'text/javascript; charset=utf-8'],
      ['/style.css', 'style.css', 'text/css; charset=utf-8'],
      ['/icon.svg', 'icon.svg', 'image/svg+xml'],
    ];
    for (const [path, file, type] of files) {
      it(`has ${path} as ${type}, and lets it load nothing from elsewhere`, async () => {
        const { status, body, headers } = await request(url + path);
        expect({ status, body }).to.deep.equal({
          status: 200,
          body: readFileSync(`examples/cookies/public/${file}`, 'utf8'),
        });
        expect(headers.get('Content-Type')).to.equal(type);
        expect(headers.get('X-Content-Type-Options')).to.equal('nosniff');
        expect(headers.get('Content-Security-Policy')).to.match(/^default-src 'none'; /);
        expect(headers.get('Content-Security-Policy')).not.to.match(/unsafe|data:|http/);
      });
    }

    for (const path of [
      '/app.ts',
      '/public/app.js',
      '/../jwt.ts',
      '/%2e%2e/jwt.ts',
      '//app.js',
      '/index.html/..%2f',
    ]) {
      it(`has nothing else: not ${path}`, async () => {
        const answer = await rawAnswer(apps[0]?.port ?? 0, 'GET', path, []);
        expect(answer).to.deep.include({ status: 404, body: 'Not Found' });
      });
    }
  });

  describe('POST /api/auth/login', () => {
    it('sets the cookies and says nothing, for no cache', async () => {
      const client = new CookieClient(url);
      const { status, body, headers } = await client.send('POST', '/api/auth/login', ada);
      expect({ status, body }).to.deep.equal({ status: 204, body: '' });
      expect(headers.get('Cache-Control')).to.equal('no-store');
      const age = { access: 900, refresh: 2_592_000 };
      const shape = headers.getSetCookie().map((line) =>
        line
          .replace(/=[^;]*/, '')
          .split('; ')
          .sort(),
      );
      expect(shape).to.have.deep.members([
        [
          'HttpOnly',
          `Max-Age=${String(age.access)}`,
          'Path=/',
          'SameSite=Lax',
          'Secure',
          '__Host-access_token',
        ],
        [
          'HttpOnly',
          `Max-Age=${String(age.refresh)}`,
          'Path=/',
          'SameSite=Lax',
          'Secure',
          '__Host-refresh_token',
        ],
        [`Max-Age=${String(age.refresh)}`, 'Path=/', 'SameSite=Lax', 'Secure', '__Host-csrf_token'],
      ]);
    });

    const badCredentials = { msg: 'Bad username or password', code: 'ERR_JWT_CREDENTIALS' };
    const wrong: [body: object, status: number, response: object][] = [
      [{ ...ada, password: 'wrong' }, 401, badCredentials],
      [{ ...ada, username: 'nobody' }, 401, badCredentials],
      [{ ...ada, username: '__proto__' }, 401, badCredentials],
      [{ ...ada, username: '' }, 400, { msg: 'Enter your user name.' }],
      [{ ...ada, username: ['ada'] }, 400, { msg: 'Enter your user name.' }],
      [{ username: 'ada' }, 400, { msg: 'Enter your password.' }],
      [{ ...ada, password: 'a'.repeat(201) }, 400, { msg: 'This password is too long.' }],
    ];
    for (const [body, status, response] of wrong) {
      it(`answers ${JSON.stringify(body).slice(0, 60)} with ${String(status)}, and sets nothing`, async () => {
        const client = new CookieClient(url);
        const answer = await client.send('POST', '/api/auth/login', body);
        expect(answer).to.deep.include({ status, body: response });
        expect(answer.challenge).to.equal(status === 401 ? 'Bearer realm="api"' : null);
        expect(answer.headers.get('Cache-Control')).to.equal('no-store');
        expect([...client.cookies]).to.deep.equal([]);
      });
    }
  });

  describe('the notes', () => {
    it('are those of their owner, newest first', async () => {
      const [client, other] = [await loggedIn(), await loggedIn(grace)];
      const { status, body } = await client.send('POST', '/api/notes', { text: '  one \n' });
      expect(status).to.equal(201);
      expect(body).to.have.all.keys('id', 'text', 'written').and.include({ text: 'one' });
      await client.send('POST', '/api/notes', { text: 'two' });
      expect((await notesOf(client)).map(({ text }) => text)).to.deep.equal(['two', 'one']);
      expect(await notesOf(other)).to.deep.equal([]);

      const { id } = body as Note;
      const gone = { msg: 'This note is gone already.' };
      expectRefusal(await other.send('DELETE', `/api/notes/${id}`), 404, gone);
      expect((await client.send('DELETE', `/api/notes/${id}`)).status).to.equal(204);
      expectRefusal(await client.send('DELETE', `/api/notes/${id}`), 404, gone);
      expect((await notesOf(client)).map(({ text }) => text)).to.deep.equal(['two']);
    });

    for (const [text, msg] of [
      ['', 'Write something first.'],
      [' \n', 'Write something first.'],
      [undefined, 'Write something first.'],
      ['a'.repeat(1001), 'A note may have up to 1000 characters.'],
    ]) {
      it(`are not written from ${JSON.stringify(text)?.slice(0, 20)}: '${String(msg)}'`, async () => {
        expectRefusal(await (await loggedIn()).send('POST', '/api/notes', { text }), 400, { msg });
      });
    }

    for (const [method, path] of [
      ['GET', '/api/notes'],
      ['POST', '/api/notes'],
      ['DELETE', '/api/notes/1'],
      ['GET', '/api/me'],
      ['GET', '/api/auth/sessions'],
      ['DELETE', '/api/auth/sessions'],
      ['DELETE', '/api/auth/sessions/1'],
      ['POST', '/api/auth/logout'],
    ] as const) {
      it(`and the rest are not for strangers: ${method} ${path}`, async () => {
        expectRefusal(await new CookieClient(url).send(method, path), 401, missing);
      });
    }
  });

  describe('what another page could send', () => {
    const requests: [method: string, path: string, body?: object][] = [
      ['POST', '/api/notes', { text: 'planted' }],
      ['DELETE', '/api/auth/sessions'],
      ['POST', '/api/auth/logout'],
    ];
    for (const [method, path, body] of shortList(requests, 1)) {
      it(`changes nothing by ${method} ${path}`, async () => {
        const client = await loggedIn();
        const [notes, cookies] = [await notesOf(client), new Map(client.cookies)];
        const other = (await loggedIn()).cookies.get('__Host-csrf_token');
        const headers: Record<string, string | undefined>[] = [
          { 'X-CSRF-Token': undefined },
          { 'X-CSRF-Token': 'guess' },
          { 'X-CSRF-Token': other },
          { 'Sec-Fetch-Site': 'cross-site' },
          { 'Sec-Fetch-Site': 'same-site' },
          { Origin: 'http://other.example' },
        ];
        for (const some of headers) expectRefusal(await client.send(method, path, body, some), 403, csrf);
        expect(client.cookies).to.deep.equal(cookies);
        expect(await notesOf(client)).to.deep.equal(notes);
      });
    }

    for (const headers of [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'http://other.example' },
      { Origin: 'null' },
    ]) {
      it(`logs nobody in: ${JSON.stringify(headers)}`, async () => {
        const client = new CookieClient(url);
        expectRefusal(await client.send('POST', '/api/auth/login', ada, headers), 403, csrf);
        expect([...client.cookies]).to.deep.equal([]);
      });
    }
  });

  describe('a login', () => {
    it('says who it is, and nothing about the password', async () => {
      const answer = await (await loggedIn()).send('GET', '/api/me');
      expect(answer).to.deep.include({ status: 200, body: { username: 'ada', name: 'Ada Lovelace' } });
      expect(answer.headers.get('Vary')).to.equal('Cookie');
    });

    // Another process, whose tokens live for a second.
    itInFull('is renewed by its refresh cookie when the access token is over', async () => {
      const client = await loggedIn(ada, await start({ ACCESS_TOKEN_TTL: '1s' }));
      const tokens = () =>
        ['__Host-access_token', '__Host-refresh_token'].map((name) => client.cookies.get(name));
      const before = tokens();
      await setTimeout(1100);
      expect((await client.send('GET', '/api/me')).status).to.equal(200);
      const after = tokens();
      for (const [index, text] of after.entries())
        expect(text).to.be.a('string').and.not.equal(before[index]);
    });

    it('ends here by POST /api/auth/logout, and its cookies with it', async () => {
      const [client, other] = [await loggedIn(), await loggedIn()];
      const kept = new Map(client.cookies);
      expect((await client.send('POST', '/api/auth/logout')).status).to.equal(204);
      expect([...client.cookies]).to.deep.equal([]);
      kept.forEach((value, name) => client.cookies.set(name, value));
      expectRefusal(await client.send('GET', '/api/me'), 401, revoked);
      client.cookies.delete('__Host-access_token');
      expectRefusal(await client.send('GET', '/api/me'), 401, revoked);
      expect((await other.send('GET', '/api/me')).status).to.equal(200);
    });

    it('ends everywhere else by DELETE /api/auth/sessions, but for other users', async () => {
      const [client, same, other] = [await loggedIn(), await loggedIn(), await loggedIn(grace)];
      expect((await client.send('DELETE', '/api/auth/sessions')).status).to.equal(204);
      expect((await client.send('GET', '/api/me')).status).to.equal(200);
      expectRefusal(await same.send('GET', '/api/me'), 401, revoked);
      expect((await other.send('GET', '/api/me')).status).to.equal(200);
    });

    it('is listed with the others of its user, which it can end', async () => {
      const client = await loggedIn();
      await client.send('DELETE', '/api/auth/sessions');
      const [same, other] = [await loggedIn(), await loggedIn(grace)];
      const devices = async () => (await client.send('GET', '/api/auth/sessions')).body as Device[];
      const [old] = (await devices()).filter(({ current }) => !current);
      const path = `/api/auth/sessions/${String(old?.id)}`;
      expect((await other.send('DELETE', path)).status).to.equal(204);
      expect((await same.send('GET', '/api/me')).status).to.equal(200);
      expect((await client.send('DELETE', path)).status).to.equal(204);
      expectRefusal(await same.send('GET', '/api/me'), 401, revoked);
      expect((await devices()).map(({ id }) => id)).not.to.include(old?.id);
    });
  });
});
