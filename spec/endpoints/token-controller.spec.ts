import { expect } from 'chai';
import { IsNotEmpty, IsString } from 'class-validator';
import { ForbiddenError, InternalServerError, JsonController, Get, type Action } from 'routing-controllers';
import {
  BearerHeader,
  ConfigurationError,
  createAuthorizationChecker,
  createTokenController,
  JwtRequired,
  MemoryTokenStore,
  TokenCookies,
  type JwtManager,
  type JwtManagerOptions,
  type RejectedEvent,
  type RevocationQuery,
  type Session,
  type TokenControllerOptions,
  type TokenPair,
} from '../../src';
import { createIssuer } from '../../src/testing';
import { describeOnDrivers, getWith, request, startApp, type Answer, type RunningApp } from '../support/app';
import { CookieJar } from '../support/cookie-jar';
import { itInFull } from '../support/full';
import { otherSecret, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

class LoginDto {
  @IsString()
  @IsNotEmpty()
  username!: string;

  @IsString()
  @IsNotEmpty()
  password!: string;
}

type Options = Partial<TokenControllerOptions<Record<string, unknown>, LoginDto>>;

@JsonController()
class Account {
  @Get('/account')
  @JwtRequired()
  account() {
    return { open: true };
  }
}

const authenticate = ({ username, password }: LoginDto) =>
  password === 'right' ? { identity: username, roles: ['member'], claims: { plan: 'a' } } : null;

const bad = { msg: 'Bad username or password', code: 'ERR_JWT_CREDENTIALS' };

describeOnDrivers('createTokenController', () => {
  let app: RunningApp;
  let manager: JwtManager;
  let events: RejectedEvent[];

  async function start(
    options: Options = {},
    managerOptions: Partial<JwtManagerOptions> = {},
    server: object = {},
  ): Promise<void> {
    manager = testManager(managerOptions);
    events = [];
    manager.on('rejected', (event) => events.push(event));
    const { cookies } = options;
    const controller = createTokenController(manager, { credentials: LoginDto, authenticate, ...options });
    app = await startApp({
      controllers: [controller, Account],
      authorizationChecker: createAuthorizationChecker(manager, {
        locations: cookies ? [new BearerHeader(), cookies] : [new BearerHeader()],
      }),
      ...server,
    });
  }
  afterEach(() => app.close());

  function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return request(app.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'spec', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }
  const login = (username = 'ada', password = 'right') => post('/auth/login', { username, password });
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

  async function expectUnavailable(): Promise<void> {
    const { status, body, headers } = await login();
    const rejection = { msg: 'Authentication is unavailable', code: 'ERR_JWT_HOOK' };
    expect([status, body, headers.get('Retry-After')]).to.deep.equal([503, rejection, '1']);
  }

  async function pairOf(username = 'ada'): Promise<TokenPair> {
    const { status, body } = await login(username);
    expect(status).to.equal(200);
    return body as TokenPair;
  }

  it('logs in with the body of RFC 6749, and nothing is cached', async () => {
    await start();
    const { status, body, headers } = await login();
    const { access_token, refresh_token, ...others } = body as TokenPair;
    expect([status, others]).to.deep.equal([200, { token_type: 'Bearer', expires_in: 900 }]);
    expect(headers.get('Cache-Control')).to.equal('no-store');
    const token = await manager.verify(access_token);
    expect(token).to.deep.include({ identity: 'ada', roles: ['member'], claims: { plan: 'a' } });
    expect(token.authenticatedAt).not.to.equal(undefined);
    await manager.verify(refresh_token, { type: 'refresh' });
    const [session] = await manager.listSessions('ada');
    expect(session).to.include({ userAgent: 'spec', ip: '127.0.0.1' });
  });

  it('G1: answers an unknown user, a wrong password and no user alike', async () => {
    await start({ authenticate: ({ username }) => (username === 'gone' ? undefined : null) });
    const answers = [await login('nobody'), await login('ada', 'wrong'), await login('gone')];
    for (const { status, body, challenge, headers } of answers) {
      expect({ status, body, challenge }).to.deep.equal({
        ...{ status: 401, body: bad, challenge: 'Bearer realm="api"' },
      });
      expect(headers.get('Cache-Control')).to.equal('no-store');
    }
    expect(events.map(({ code, reason, path, ip }) => ({ code, reason, path, ip }))).to.deep.equal(
      Array(3).fill({
        ...{ code: 'ERR_JWT_CREDENTIALS', reason: 'credentials', path: '/auth/login', ip: '127.0.0.1' },
      }),
    );
  });

  const malformed: unknown[] = [
    {},
    { username: 'ada' },
    { username: '', password: 'secret-password' },
    { username: ['ada'], password: 'secret-password' },
    { username: { $ne: '' }, password: { $ne: 'secret-password' } },
    [],
    [{ username: 'ada', password: 'secret-password' }],
    [[]],
  ];
  for (const classTransformer of [true, false]) {
    for (const body of malformed) {
      it(`is 400 to ${JSON.stringify(body)}, without what was sent, with classTransformer: ${String(classTransformer)}`, async () => {
        let calls = 0;
        await start({ authenticate: () => String(++calls) }, {}, { classTransformer, validation: false });
        const answer = await post('/auth/login', body);
        expect(answer.status).to.equal(400);
        expect(JSON.stringify(answer.body)).not.to.match(/secret-password|"value"|"target"|"stack"/);
        expect(calls).to.equal(0);
        expect((await login()).status).to.equal(200);
      });
    }
  }

  it('lets an HttpError of the application be the response', async () => {
    await start({
      authenticate: () => {
        throw new ForbiddenError('Confirm your address first');
      },
    });
    const { status, body } = await login();
    expect([status, (body as { message: string }).message]).to.deep.equal([
      403,
      'Confirm your address first',
    ]);
  });

  const broken: Record<string, () => unknown> = {
    throws: () => {
      throw new Error('secret');
    },
    rejects: () => Promise.reject(new Error('secret')),
    hangs: () => new Promise(() => undefined),
    'returns a number': () => 1,
    'returns true': () => true,
    'returns a user without an identity': () => ({ id: 'ada' }),
    'returns a list': () => ['ada'],
  };
  for (const [what, run] of Object.entries(broken)) {
    (what === 'hangs' ? itInFull : it)(
      `is 503 when authenticate ${what}, which counts as no attempt`,
      async () => {
        const authenticate = run as () => string;
        await start({ authenticate, throttle: { account: { attempts: 1 } } }, { hookTimeout: 1 });
        for (let count = 0; count < (what === 'hangs' ? 1 : 2); count++) {
          await expectUnavailable();
        }
        expect(events[0]?.reason).to.match(/^authenticate/);
      },
    );
  }

  it('counts no attempt whose error is one of the server', async () => {
    await start({
      throttle: { account: { attempts: 1 } },
      authenticate: ({ password }) => {
        throw password === 'down' ? new InternalServerError('down') : new ForbiddenError('closed');
      },
    });
    const answers = [
      await login('ada', 'down'),
      await login('ada', 'down'),
      await login('ada', 'x'),
      await login('ada', 'x'),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([500, 500, 403, 429]);
  });

  const wrongAccounts: Record<string, () => unknown> = {
    throws: () => {
      throw new Error('secret-password');
    },
    'returns nothing': () => undefined,
    'returns an object': () => ({}),
    'returns a promise': () => Promise.reject(new Error('secret-password')),
  };
  for (const [what, run] of Object.entries(wrongAccounts)) {
    it(`is 503 when accountOf ${what}: all users would share one limit`, async () => {
      await start({ throttle: { accountOf: run as () => string } });
      await expectUnavailable();
      expect(events[0]?.reason).to.match(/^accountOf/);
    });
  }

  it('takes a number as the account', async () => {
    await start({ throttle: { accountOf: (() => 7) as unknown as () => string } });
    expect((await login()).status).to.equal(200);
  });

  it('refreshes: the tokens rotate, and the old one is a theft afterwards', async () => {
    await start({}, { rotationGrace: 0 });
    const { refresh_token } = await pairOf();
    const { status, body, headers } = await post('/auth/refresh', { refresh_token });
    expect([status, headers.get('Cache-Control')]).to.deep.equal([200, 'no-store']);
    const next = body as TokenPair;
    expect(next).to.include({ token_type: 'Bearer', expires_in: 900 });
    expect((await post('/auth/refresh', { refresh_token })).body).to.deep.equal({
      msg: 'Refresh token has been used before',
      code: 'ERR_JWT_REFRESH_REUSED',
    });
    expect((await getWith(`${app.url}/account`, next.access_token)).status).to.equal(401);
  });

  for (const [what, body] of [
    ['nothing', {}],
    ['an access token', undefined],
    ['a list', []],
    ['text', { refresh_token: 'x' }],
    ['an object', { refresh_token: {} }],
  ] as const) {
    it(`does not refresh with ${what}`, async () => {
      await start();
      const { access_token } = await pairOf();
      const { status } = await post('/auth/refresh', body ?? { refresh_token: access_token });
      expect(status).to.be.oneOf([400, 401]);
    });
  }

  it('logs out by the access token or the refresh token', async () => {
    await start();
    for (const by of ['access', 'refresh', 'both'] as const) {
      const { access_token, refresh_token } = await pairOf();
      const other = await pairOf();
      const answer = await post(
        '/auth/logout',
        by === 'access' ? {} : { refresh_token },
        by === 'refresh' ? {} : bearer(access_token),
      );
      expect([answer.status, answer.body], by).to.deep.equal([204, '']);
      expect((await getWith(`${app.url}/account`, access_token)).status).to.equal(401);
      expect((await post('/auth/refresh', { refresh_token })).status).to.equal(401);
      expect((await getWith(`${app.url}/account`, other.access_token)).status).to.equal(200);
      expect((await post('/auth/logout', { refresh_token })).status).to.equal(401);
    }
    expect((await post('/auth/logout', {})).body).to.deep.include({ code: 'ERR_JWT_MISSING' });
    const alone = await manager.createAccessToken('ada');
    expect((await post('/auth/logout', {}, bearer(alone))).status).to.equal(204);
    expect((await getWith(`${app.url}/account`, alone)).status).to.equal(401);
  });

  it('lists the sessions of the user, and ends one or all others', async () => {
    await start();
    const [mine, second, third] = [await pairOf(), await pairOf(), await pairOf()];
    const stranger = await pairOf('bob');
    const idOf = async ({ access_token }: TokenPair) => (await manager.verify(access_token)).sessionId ?? '';
    const url = `${app.url}/auth/sessions`;
    const list = async () => (await getWith(url, mine.access_token)).body as Record<string, unknown>[];
    const [first] = (await list()).filter(({ current }) => current);
    const { created_at, last_used_at, ...view } = first ?? {};
    expect(view).to.deep.equal({ id: await idOf(mine), user_agent: 'spec', ip: '127.0.0.1', current: true });
    for (const time of [created_at, last_used_at])
      expect(Math.abs(Date.parse(String(time)) - Date.now())).to.be.below(60_000);
    expect(await list()).to.have.lengthOf(3);

    const end = async (id: string) => {
      const init = { method: 'DELETE', headers: bearer(mine.access_token) };
      const { status, body } = await request(`${url}${id}`, init);
      expect([status, body]).to.deep.equal([204, '']);
    };
    for (const id of [await idOf(stranger), 'unknown', 'x'.repeat(300), '%00', '%20']) await end(`/${id}`);
    expect(await list()).to.have.lengthOf(3);
    expect(await manager.listSessions('bob')).to.have.lengthOf(1);
    await end(`/${await idOf(second)}`);
    expect(await list()).to.have.lengthOf(2);
    await end('');
    expect((await list()).map(({ id }) => id)).to.deep.equal([await idOf(mine)]);
    expect((await getWith(`${app.url}/account`, third.access_token)).status).to.equal(401);
    expect((await getWith(`${app.url}/account`, stranger.access_token)).status).to.equal(200);
    for (const path of ['', '/x'])
      expect((await request(`${url}${path}`, { method: 'DELETE' })).status).to.equal(401);
    expect((await request(url)).status).to.equal(401);
  });

  it('shows and ends no session for the user of that name of a trusted issuer', async () => {
    const issuer = await createIssuer();
    try {
      const trustedIssuers = [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience: 'api' }];
      await start({}, { trustedIssuers });
      const { access_token } = await pairOf();
      const { sessionId } = await manager.verify(access_token);
      const headers = bearer(await issuer.token('ada', { audience: 'api' }));
      expect((await request(`${app.url}/account`, { headers })).status).to.equal(200);
      const attempts = [
        ['GET', '/sessions'],
        ['DELETE', '/sessions'],
        ['DELETE', `/sessions/${String(sessionId)}`],
        ['POST', '/logout'],
      ] as const;
      for (const [method, path] of attempts) {
        const answer = await request(`${app.url}/auth${path}`, { method, headers });
        expect([answer.status, answer.body], method + path).to.deep.equal([
          401,
          { msg: 'Token is invalid', code: 'ERR_JWT_INVALID' },
        ]);
        expect(answer.challenge).to.match(/^Bearer realm="api", error="invalid_token"/);
        expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      }
      expect(events.map(({ code, identity }) => [code, identity])).to.deep.equal(
        attempts.map(() => ['ERR_JWT_INVALID', 'ada']),
      );
      expect((await getWith(`${app.url}/account`, access_token)).status).to.equal(200);
    } finally {
      await issuer.close();
    }
  });

  it('has a prefix, a class of its own for each call, and heirs', async () => {
    const one = testManager();
    const other = testManager({ secret: otherSecret });
    const options = { credentials: LoginDto, authenticate };
    const Base = createTokenController(other, { ...options, prefix: '/unused' });

    @JsonController('/heir')
    class Heir extends Base {
      @Get('/extra')
      @JwtRequired({ manager: other })
      extra() {
        return { extra: true };
      }
    }
    const controllers = [createTokenController(one, { ...options, prefix: '/one' }), Heir];
    app = await startApp({
      controllers,
      authorizationChecker: createAuthorizationChecker(one, { protectByDefault: true }),
      routePrefix: '/api',
    });
    const credentials = { username: 'ada', password: 'right' };
    const first = (await post('/api/one/login', credentials)).body as TokenPair;
    const second = (await post('/api/heir/login', credentials)).body as TokenPair;
    const sessions = (path: string, { access_token }: TokenPair) =>
      getWith(`${app.url}/api/${path}/sessions`, access_token);
    expect((await sessions('one', first)).status).to.equal(200);
    expect((await sessions('heir', second)).status).to.equal(200);
    expect((await sessions('heir', first)).status).to.equal(401);
    expect((await sessions('one', second)).status).to.equal(401);
    expect((await getWith(`${app.url}/api/heir/extra`, second.access_token)).body).to.deep.equal({
      extra: true,
    });
    const { refresh_token } = second;
    expect((await post('/api/one/refresh', { refresh_token })).status).to.equal(401);
    expect((await post('/api/heir/refresh', { refresh_token })).status).to.equal(200);
  });

  it('is the same without the error handler of routing-controllers', async () => {
    await start({ throttle: { account: { attempts: 1 } } }, {}, { defaultErrorHandler: false });
    const wrong = await login('ada', 'wrong');
    expect([wrong.status, wrong.challenge, wrong.headers.get('Cache-Control')]).to.deep.equal([
      ...[401, 'Bearer realm="api"', 'no-store'],
    ]);
    const limited = await login('ada', 'right');
    expect(limited.status).to.equal(429);
    expect(Number(limited.headers.get('Retry-After'))).to.be.within(1, 900);
    expect(limited.challenge).to.equal(null);
  });

  it('is 400 to a body that is not valid, also without the error handler of routing-controllers', async () => {
    await start({}, {}, { defaultErrorHandler: false });
    const { status, headers } = await post('/auth/login', { username: 'ada' });
    expect([status, headers.get('Cache-Control')]).to.deep.equal([400, 'no-store']);
  });

  it('starts no session for a login that began before a logout everywhere', async () => {
    let now = Date.now();
    await start(
      {
        authenticate: async ({ username }) => {
          if (username === 'slow') {
            now += 2000;
            await manager.revokeAll('slow');
            now += 1000;
          } else await manager.revokeAll(username);
          return username;
        },
      },
      { clock: () => now },
    );
    expect((await login('slow')).body).to.deep.include({ code: 'ERR_JWT_REVOKED' });
    expect((await login('quick')).status).to.equal(200);
    now += 1000;
    expect((await login('quick')).status).to.equal(200);
  });

  describe('in cookies', () => {
    const cookies = () => new TokenCookies({ secure: false });

    function browser() {
      const jar = new CookieJar();
      const dropped = new Set<string>();
      const headersOf = () => {
        const names = jar.names.filter((name) => !dropped.has(name));
        const csrf: Record<string, string> = names.includes('csrf_token')
          ? { 'X-CSRF-Token': jar.value('csrf_token') }
          : {};
        return { Cookie: jar.header(names), ...csrf };
      };
      const send = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
        jar.take(await post(path, body, { ...headersOf(), ...headers }));
      return { jar, send, headersOf, drop: (name: string) => dropped.add(name) };
    }

    it('logs in, refreshes and logs out without a token in a body', async () => {
      await start({ cookies: cookies() });
      const { jar, send } = browser();
      const answer = await send('/auth/login', { username: 'ada', password: 'right' });
      expect([answer.status, answer.body]).to.deep.equal([204, '']);
      expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      expect(jar.names).to.have.members(['access_token', 'refresh_token', 'csrf_token']);
      const before = jar.value('refresh_token');
      const refreshed = await send('/auth/refresh', {});
      expect([refreshed.status, refreshed.body]).to.deep.equal([204, '']);
      expect(jar.value('refresh_token')).not.to.equal(before);
      const text = jar.value('refresh_token');
      const out = await send('/auth/logout', {});
      expect([out.status, jar.names]).to.deep.equal([204, []]);
      expect((await refusalOf(manager.refresh(text), Error)).message).to.equal('Token has been revoked');
    });

    it('ends the session when the access cookie has expired, and clears what is left of an ended one', async () => {
      let now = Date.now();
      await start({ cookies: cookies() }, { clock: () => now });
      for (const keepsExpired of [false, true]) {
        const { jar, send, drop } = browser();
        await send('/auth/login', { username: 'ada', password: 'right' });
        now += 3_600_000;
        if (!keepsExpired) drop('access_token');
        expect((await send('/auth/logout', {})).status).to.equal(204);
        expect(jar.names).to.deep.equal([]);
        expect(await manager.listSessions('ada')).to.deep.equal([]);
      }
      const { jar, send } = browser();
      await send('/auth/login', { username: 'ada', password: 'right' });
      await manager.revokeAll('ada');
      expect((await send('/auth/logout', {})).status).to.equal(401);
      expect(jar.names).to.deep.equal([]);
    });

    it('keeps the cookies when the store is unavailable, so that the user can try again', async () => {
      let isDown = false;
      class DownStore extends MemoryTokenStore {
        override isRevoked(query: RevocationQuery): boolean {
          if (isDown) throw new Error('down');
          return super.isRevoked(query);
        }
      }
      await start({ cookies: cookies() }, { store: new DownStore() });
      const { jar, send } = browser();
      await send('/auth/login', { username: 'ada', password: 'right' });
      isDown = true;
      expect((await send('/auth/logout', {})).status).to.equal(503);
      expect(jar.names).to.have.lengthOf(3);
      isDown = false;
      expect((await send('/auth/logout', {})).status).to.equal(204);
    });

    for (const path of ['/auth/refresh', '/auth/logout']) {
      it(`rejects ${path} without its CSRF value, changes nothing and clears nothing`, async () => {
        await start({ cookies: cookies() });
        const { jar, send } = browser();
        await send('/auth/login', { username: 'ada', password: 'right' });
        for (const headers of [
          { 'X-CSRF-Token': '' },
          { 'X-CSRF-Token': 'x' },
          { Origin: 'https://evil.example' },
        ]) {
          const answer = await send(path, {}, headers);
          expect([answer.status, answer.headers.get('Set-Cookie')]).to.deep.equal([403, null]);
        }
        expect(jar.names).to.have.lengthOf(3);
        expect(await manager.listSessions('ada')).to.have.lengthOf(1);
        expect((await send(path, {})).status).to.equal(204);
      });
    }

    it('starts no session for the page of another site', async () => {
      let calls = 0;
      await start({ cookies: cookies(), authenticate: () => String(++calls) });
      const answer = await post(
        '/auth/login',
        { username: 'ada', password: 'right' },
        { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
      );
      expect([answer.status, calls]).to.deep.equal([403, 0]);
    });

    it('clears the cookies when the user ends this session in the list', async () => {
      await start({ cookies: cookies() });
      const { jar, send, headersOf } = browser();
      await send('/auth/login', { username: 'ada', password: 'right' });
      const [session] = (await manager.listSessions('ada')) as [Session];
      const headers = headersOf();
      const answer = await request(`${app.url}/auth/sessions/${session.id}`, { method: 'DELETE', headers });
      jar.take(answer);
      expect([answer.status, jar.names]).to.deep.equal([204, []]);
    });
  });
});

describe('The options of createTokenController', () => {
  class OtherDto {
    @IsString()
    phone!: string;
  }
  const right = { credentials: LoginDto, authenticate: () => null };
  const wrong: [options: object | undefined, says: RegExp][] = [
    [undefined, /^createTokenController: the options must be an object, such as/],
    [{ authenticate: right.authenticate }, /credentials must be a class/],
    [{ credentials: {}, authenticate: right.authenticate }, /credentials must be a class/],
    [{ credentials: LoginDto }, /authenticate must be a function/],
    [{ ...right, prefix: '' }, /prefix must be a non-empty string/],
    [{ ...right, cookies: {} }, /cookies must be a TokenCookies/],
    [{ ...right, throttle: true }, /throttle: the options must be an object/],
    [{ ...right, throttle: { account: { attempts: 0 } } }, /throttle: account: attempts must be/],
    [{ ...right, throttle: { account: { attempts: 5, per: '2d' } } }, /throttle: account: per must be/],
    [{ ...right, throttle: { address: { limit: 5 } } }, /has no option 'limit'/],
    [{ ...right, throttle: { accountOf: 'username' } }, /accountOf must be a function/],
    [{ ...right, throttle: { redis: {} } }, /redis must be a client of redis or ioredis/],
    [{ ...right, throttle: { redis: null } }, /redis must be a client/],
    [{ ...right, credentials: OtherDto }, /OtherDto has neither username nor email/],
    [{ ...right, cookie: new TokenCookies() }, /has no option 'cookie'/],
  ];
  for (const [options, says] of wrong) {
    it(`say what is wrong about ${JSON.stringify(options)}`, async () => {
      const error = await refusalOf(
        () => createTokenController(testManager(), options as never),
        ConfigurationError,
      );
      expect(error.message).to.match(says);
    });
  }

  it('say that a manager is needed, with a store', async () => {
    for (const manager of [undefined, {}, testManager({ store: false })])
      await refusalOf(() => createTokenController(manager as never, right), ConfigurationError);
  });

  it('take any class with accountOf, or without a throttle', () => {
    const options = {
      credentials: OtherDto,
      authenticate: ({ phone }: OtherDto, action: Action) => (action.request === phone ? 'ada' : null),
    };
    createTokenController(testManager(), { ...options, throttle: false });
    createTokenController(testManager(), { ...options, throttle: { accountOf: ({ phone }) => phone } });
  });
});
