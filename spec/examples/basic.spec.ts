import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import { JsonController, NotFoundError } from 'routing-controllers';
import { ConfigurationError } from 'routing-controllers-jwt';
import { wordErrors } from '../../examples/word-errors';
import { JwtManager } from '../../src';
import { getWith, request, startApp, type Answer } from '../support/app';
import { endChildApp, runChildApp, startChildApp, startCommand, type ChildApp } from '../support/child-app';
import { curl, itWithCurl } from '../support/docs/curl';
import { shortList } from '../support/full';
import { secret } from '../support/manager';
import { findingsIn, type Description } from '../support/openapi';

const right = { username: 'test', password: 'test' };

/** The host takes an empty list for every controller of the process. */
@JsonController()
class Nothing {}

interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
}

describe('the basic example', function () {
  this.timeout(120_000);
  let app: ChildApp;

  before(async () => {
    app = await startChildApp({ PORT: '0', JWT_SECRET_KEY: secret });
  });

  after(async () => {
    const { code, stderr } = await endChildApp(app);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  function post(body: RequestInit['body'], type?: string): Promise<Answer> {
    const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
    return request(`${app.url}/login`, { method: 'POST', headers, ...(body !== undefined && { body }) });
  }

  function login(body: unknown): Promise<Answer> {
    return post(typeof body === 'string' ? body : JSON.stringify(body), 'application/json');
  }

  async function pair(): Promise<Pair> {
    return (await login(right)).body as Pair;
  }

  it('is what npm start runs, in place of the shell, so that signals reach it', () => {
    expect(startCommand()).to.equal('exec node dist/examples/basic/main.js');
  });

  describe('GET /protected', () => {
    it('refuses a request without a token', async () => {
      expect(await request(`${app.url}/protected`)).to.deep.include({
        status: 401,
        body: { msg: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' },
        challenge: 'Bearer realm="api"',
      });
    });

    it('says who logged in', async () => {
      const { access_token: token } = await pair();
      const answer = await getWith(`${app.url}/protected`, token);
      expect(answer).to.deep.include({ status: 200, body: { logined_as: 'test' }, challenge: null });
    });

    it('refuses a refresh token', async () => {
      const { refresh_token: token } = await pair();
      expect(await getWith(`${app.url}/protected`, token)).to.deep.include({
        status: 401,
        body: { msg: 'Only access tokens are allowed', code: 'ERR_JWT_TYPE' },
        challenge:
          'Bearer realm="api", error="invalid_token", error_description="Only access tokens are allowed"',
      });
    });
  });

  describe('POST /login', () => {
    it('gives a pair of tokens, for no cache, the refresh token for a UUID', async () => {
      const answer = await login(right);
      expect(answer.status).to.equal(200);
      expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      expect(answer.body).to.have.all.keys('access_token', 'refresh_token');
      const { access_token: access, refresh_token: refresh } = answer.body as Pair;
      // Another manager with the same secret knows them: the app took it from its environment.
      const other = new JwtManager({ secret, store: false });
      expect((await other.verify(access)).identity).to.equal('test');
      const { identity } = await other.verify(refresh, { type: 'refresh' });
      expect(identity).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });

    const json = 'application/json';
    const withoutJson: [name: string, body: RequestInit['body'], type?: string][] = [
      ['no body', undefined],
      ['no body, called JSON', undefined, json],
      ['an empty body', '', json],
      ['an empty object', '{}', json],
      ['an empty list', '[]', json],
      ['a list', JSON.stringify([right]), json],
      ['text', 'test', 'text/plain'],
      ['JSON, called text', JSON.stringify(right), 'text/plain'],
      ['JSON, called nothing', new Blob([JSON.stringify(right)])],
      ['a form', new URLSearchParams(right)],
    ];
    for (const [name, body, type] of withoutJson) {
      it(`wants JSON, not ${name}`, async () => {
        const answer = await post(body, type);
        expect(answer).to.deep.include({
          status: 400,
          body: { msg: 'Missing JSON in request' },
          challenge: null,
        });
        expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      });
    }

    const incomplete: [body: object, missing: string][] = [
      [{ other: 1 }, 'username'],
      [{ password: 'test' }, 'username'],
      [{ username: 'test' }, 'password'],
      [{ username: '', password: '' }, 'username'],
      [{ username: 'test', password: '' }, 'password'],
      [{ username: null, password: null }, 'username'],
      [{ username: 'test', password: null }, 'password'],
      [{ username: 1, password: 'test' }, 'username'],
      [{ username: true, password: 'test' }, 'username'],
      [{ username: ['test'], password: ['test'] }, 'username'],
      [{ username: { $ne: null }, password: { $ne: null } }, 'username'],
      [{ username: 'test', password: { $ne: null } }, 'password'],
      [{ username: 'test', password: ['test'] }, 'password'],
      [{ username: 'test', password: 0 }, 'password'],
    ];
    for (const [body, missing] of incomplete) {
      it(`misses the ${missing} in ${JSON.stringify(body)}`, async () => {
        const answer = await login(body);
        expect(answer).to.deep.include({
          status: 400,
          body: { msg: `Missing ${missing} parameter` },
          challenge: null,
        });
      });
    }

    for (const [username, password] of [
      ['test', 'wrong'],
      ['wrong', 'test'],
      ['Test', 'test'],
      ['test ', 'test'],
      [' ', ' '],
    ]) {
      it(`refuses '${String(username)}' with '${String(password)}', whichever is wrong`, async () => {
        expect(await login({ username, password })).to.deep.include({
          status: 403,
          body: { msg: 'Bad username or password' },
          challenge: null,
        });
      });
    }

    for (const body of ['{', '"test"', '1', 'null', '{"username":}', '\u0000', '{"__proto__":{}}']) {
      it(`refuses ${JSON.stringify(body)}, without a word about its insides`, async () => {
        const answer = await login(body);
        expect(answer).to.deep.include({ status: 400, body: { msg: 'Malformed request body' } });
      });
    }

    it('refuses what is too large, or not compressed as it says', async () => {
      expect(await login('a'.repeat(2_000_000))).to.deep.include({
        status: 413,
        body: { msg: 'request entity too large' },
      });
      for (const [encoding, status] of [
        ['gzip', 400],
        ['unknown', 415],
      ] as const) {
        const headers = { 'Content-Type': 'application/json', 'Content-Encoding': encoding };
        const answer = await request(`${app.url}/login`, { method: 'POST', headers, body: '{"a":1}' });
        expect(answer).to.deep.include({ status, body: { msg: 'Malformed request body' } });
      }
    });
  });

  it('says nothing of a secret that it made, when it has one', () => {
    expect(app.output.stdout).to.match(/^Listening on http:\/\/localhost:\d+\. Try:\n/);
  });

  describe('its API document', () => {
    let document: Description;

    before(async () => {
      document = (await request(`${app.url}/openapi.json`)).body as Description;
    });

    it('is valid', async () => {
      expect(await findingsIn(document)).to.deep.equal([]);
    });

    it('has a public login and a protected route', () => {
      expect(document.paths['/login']?.['post']?.security).to.deep.equal([]);
      expect(document.paths['/protected']?.['get']?.security).to.deep.equal([{ bearer: [] }]);
      expect(document.components.schemas).to.have.all.keys('LoginDto', 'JwtError');
    });

    it('comes with a page, and the page with all it needs', async () => {
      const page = await request(`${app.url}/docs`);
      expect(page.headers.get('Content-Type')).to.equal('text/html; charset=utf-8');
      const links = [...String(page.body).matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path = '']) => path);
      expect(links).to.have.lengthOf(3);
      for (const path of links) expect(await request(app.url + path), path).to.include({ status: 200 });
      expect(await request(`${app.url}/docs`, { method: 'POST' })).to.include({ status: 404 });
    });
  });

  it('prints what each route demands', () => {
    expect(app.output.stdout.trimEnd().split('\n').slice(-2)).to.deep.equal([
      'POST  /login      LoginController.login      open',
      'GET   /protected  LoginController.protected  access',
    ]);
  });

  itWithCurl('prints curl lines that work', () => {
    const [open = '', login = '', closed = ''] = app.output.stdout
      .replace(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('curl '));
    expect(curl(open, app.port).stdout).to.equal(
      '{"msg":"Missing Authorization Header","code":"ERR_JWT_MISSING"}',
    );
    const { access_token: token } = JSON.parse(curl(login, app.port).stdout) as Pair;
    expect(curl(closed, app.port, token).stdout).to.equal('{"logined_as":"test"}');
  });
});

describe('the error handler of the basic example', () => {
  const thrown: [name: string, error: unknown, status: number, msg: string][] = [
    ['a fault', new Error('connect ECONNREFUSED db.example.com'), 500, 'Internal server error'],
    ['nothing', null, 500, 'Internal server error'],
    ['a wrong use of the library', new ConfigurationError('secrets'), 500, 'Server configuration error'],
    ['an error of the host', new NotFoundError('no such page'), 404, 'no such page'],
    ['an error of Koa', Object.assign(new Error('gone'), { status: 410, expose: true }), 410, 'gone'],
  ];
  for (const [name, error, status, msg] of thrown) {
    it(`answers ${name} with ${String(status)}, and reports it only when it is ours`, async () => {
      const koa = new Koa();
      koa.use(wordErrors).use(() => {
        throw error;
      });
      const app = await startApp({ controllers: [Nothing] }, koa);
      const answer = await request(app.url);
      await app.close();
      expect(answer).to.deep.include({ status });
      expect(answer.body).to.include({ msg });
      expect(app.errors).to.deep.equal(status < 500 ? [] : [error]);
    });
  }
});

describe('the basic example, started and stopped', function () {
  this.timeout(120_000);
  it('says that it made a secret, when it has none, and ends on a signal though connections are open', async () => {
    const app = await startChildApp({ PORT: '0' });
    const [silent, used] = [connect(app.port, '127.0.0.1'), connect(app.port, '127.0.0.1')];
    used.write('GET /protected HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [answer] = (await once(used, 'data')) as [Buffer];
    expect(String(answer)).to.match(/^HTTP\/1\.1 401 .*Connection: keep-alive/s);
    const { code, stdout, stderr } = await endChildApp(app, 15_000);
    silent.destroy();
    used.destroy();
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/^JWT_SECRET_KEY is not set: using a random secret for this run\.\nListening on/);
  });

  const wrong: [env: NodeJS.ProcessEnv, line: RegExp][] = [
    [{ PORT: 'http' }, /^Cannot start: PORT must be a number from 0 to 65535$/],
    [{ PORT: '0', JWT_SECRET_KEY: 'super-secret' }, /^Cannot start: JwtManager: secret is too short/],
    [{ PORT: '-1' }, /^Cannot start: PORT must be/],
    [{ PORT: '65536' }, /^Cannot start: PORT must be/],
    [{ PORT: '80.5' }, /^Cannot start: PORT must be/],
    [
      { PORT: '0', JWT_SECRET_KEY: '' },
      /^Cannot start: JwtManager: secret is missing. Is the environment variable set\?/,
    ],
    [{ PORT: '0', JWT_SECRET_KEY: 'secret'.repeat(8) }, /^Cannot start: JwtManager: secret can be guessed/],
  ];
  for (const [env, line] of shortList(wrong, 1)) {
    it(`does not start with ${JSON.stringify(env)}, and says why in one line`, async () => {
      const { code, stdout, stderr } = await runChildApp(env);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr.trimEnd()).to.match(line).and.not.include('\n');
    });
  }

  it('does not start on a port that is taken, and says so in one line', async () => {
    const other = await startApp({ controllers: [Nothing] });
    const { code, stderr } = await runChildApp({ PORT: String(other.port) });
    await other.close();
    expect({ code, stderr }).to.deep.equal({
      code: 1,
      stderr: 'Cannot start: the port is taken, choose another with PORT=8001 npm start\n',
    });
  });
});
