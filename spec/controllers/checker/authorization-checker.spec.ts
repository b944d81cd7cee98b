import { expect } from 'chai';
import {
  Controller,
  ForbiddenError,
  Get,
  HttpCode,
  JsonController,
  Post,
  type AuthorizationChecker,
} from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  InjectToken,
  JwtManager,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  Token,
  type AuthorizationCheckerOptions,
  type RejectedEvent,
} from '../../../src';
import { ConfigurationError, JwtError } from '../../../src/errors/errors';
import { type RunningApp, describeOnDrivers, getWith, request, startApp } from '../../support/app';
import { testManager } from '../../support/manager';
import { refusalToStart } from '../../support/protection';

let ran = 0;

@JsonController('/json')
class JsonRoutes {
  @Get('/required')
  @JwtRequired()
  required(@InjectToken() token: Token) {
    ran++;
    return { identity: token.identity };
  }

  @Get('/optional')
  @JwtOptional()
  optional(@InjectToken() token: Token | undefined) {
    return { identity: token?.identity ?? 'guest' };
  }

  @Post('/refresh')
  @HttpCode(201)
  @JwtRefreshRequired()
  refresh(@InjectToken() token: Token) {
    return { type: token.type };
  }

  @Get('/any')
  @JwtRequired({ type: 'any' })
  any(@InjectToken() token: Token) {
    return { type: token.type };
  }

  @Get('/throws')
  @JwtRequired()
  throws() {
    throw new ForbiddenError('not you');
  }

  @Get('/string')
  @JwtRequired()
  string() {
    // What a method throws is its own affair; it must not end the process.
    throw 'text' as unknown as Error;
  }
}

@Controller('/text')
class TextRoutes {
  @Get('/required')
  @JwtRequired()
  required() {
    return 'in';
  }
}

const controllers = [JsonRoutes, TextRoutes];

for (const defaultErrorHandler of [true, false]) {
  describe(`the checker, with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
    const jwtManager = testManager();
    let app: RunningApp;
    let access: string;
    let refresh: string;

    before(async () => {
      access = await jwtManager.createAccessToken('ada');
      refresh = await jwtManager.createRefreshToken('ada');
      app = await startApp({
        controllers,
        defaultErrorHandler,
        authorizationChecker: createAuthorizationChecker(jwtManager),
      });
    });

    after(() => app.close());

    function bodyOf(msg: string, code: string): unknown {
      return defaultErrorHandler ? { msg, code } : msg;
    }

    it('hands the verified token to the method', async () => {
      const answer = await getWith(`${app.url}/json/required`, access);
      expect(answer).to.deep.include({ status: 200, body: { identity: 'ada' }, challenge: null });
      expect(answer.headers.get('Vary')).to.equal('Authorization');
    });

    it('refuses a request without a token and says no more than that', async () => {
      const before = ran;
      const answer = await request(`${app.url}/json/required`);
      expect(answer).to.deep.include({
        status: 401,
        body: bodyOf('Missing Authorization Header', 'ERR_JWT_MISSING'),
        challenge: 'Bearer realm="api"',
      });
      expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      expect(answer.headers.get('Vary')).to.equal('Authorization');
      expect(ran).to.equal(before);
    });

    it('refuses a token of the other type', async () => {
      expect(await getWith(`${app.url}/json/required`, refresh)).to.deep.include({
        status: 401,
        body: bodyOf('Only access tokens are allowed', 'ERR_JWT_TYPE'),
        challenge:
          'Bearer realm="api", error="invalid_token", error_description="Only access tokens are allowed"',
      });
      const headers = { Authorization: `Bearer ${access}` };
      expect(await request(`${app.url}/json/refresh`, { method: 'POST', headers })).to.deep.include({
        status: 401,
        body: bodyOf('Only refresh tokens are allowed', 'ERR_JWT_TYPE'),
      });
    });

    it('opens a refresh route with a refresh token, and a route for any with both', async () => {
      const headers = { Authorization: `Bearer ${refresh}` };
      expect(await request(`${app.url}/json/refresh`, { method: 'POST', headers })).to.deep.include({
        status: 201,
        body: { type: 'refresh' },
      });
      for (const token of [access, refresh]) {
        expect(await getWith(`${app.url}/json/any`, token)).to.include({ status: 200 });
      }
    });

    it('lets a guest in where the token is optional, and refuses a bad token there', async () => {
      const url = `${app.url}/json/optional`;
      expect(await request(url)).to.deep.include({ status: 200, body: { identity: 'guest' } });
      expect(await getWith(url, access)).to.deep.include({ status: 200, body: { identity: 'ada' } });
      expect(await getWith(url, `${access}A`)).to.deep.include({
        status: 401,
        body: bodyOf('Token is invalid', 'ERR_JWT_INVALID'),
        challenge: 'Bearer realm="api", error="invalid_token", error_description="Token is invalid"',
      });
    });

    it('answers a text controller with the sentence and no stack', async () => {
      expect(await request(`${app.url}/text/required`)).to.deep.include({
        status: 401,
        body: 'Missing Authorization Header',
        challenge: 'Bearer realm="api"',
      });
    });

    it('keeps Vary when the method itself fails, whatever it throws', async () => {
      for (const [path, status] of [
        ['throws', defaultErrorHandler ? 403 : 500],
        ['string', 500],
      ] as const) {
        const answer = await getWith(`${app.url}/json/${path}`, access);
        expect(answer.status, path).to.equal(status);
        expect(answer.headers.get('Vary'), path).to.equal('Authorization');
      }
    });

    it('checks HEAD as it checks GET', async () => {
      expect(await request(`${app.url}/json/required`, { method: 'HEAD' })).to.include({ status: 401 });
    });
  });
}

describeOnDrivers('the options of the checker', () => {
  const jwtManager = testManager();

  async function answerWith(
    options: AuthorizationCheckerOptions,
    init?: RequestInit,
    path = '/json/required',
  ) {
    const authorizationChecker = createAuthorizationChecker(jwtManager, options);
    const app = await startApp({ controllers, authorizationChecker });
    const answer = await request(app.url + path, init);
    await app.close();
    return answer;
  }

  it('names the realm', async () => {
    expect(await answerWith({ realm: 'staff' })).to.include({ challenge: 'Bearer realm="staff"' });
  });

  it('calls the sentence what it is told to', async () => {
    expect((await answerWith({ errorMessageKey: 'message' })).body).to.deep.equal({
      message: 'Missing Authorization Header',
      code: 'ERR_JWT_MISSING',
    });
  });

  it('leaves the whole body to formatError, and never the status', async () => {
    const formatError = (error: JwtError) => ({ title: error.message, status: error.status });
    const answer = await answerWith({ formatError });
    expect(answer).to.deep.include({
      status: 401,
      body: { title: 'Missing Authorization Header', status: 401 },
      challenge: 'Bearer realm="api"',
    });
  });

  it('keeps its own words when formatError fails or answers nonsense', async () => {
    const throwing = () => {
      throw new Error('broken');
    };
    for (const formatError of [throwing, () => null as never, () => 'text' as never]) {
      expect(await answerWith({ formatError })).to.deep.include({
        status: 401,
        body: { msg: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' },
      });
    }
  });

  it('reads the token where it is told to', async () => {
    const token = await jwtManager.createAccessToken('ada');
    const locations = [new BearerHeader({ header: 'X-Token', scheme: '' })];
    const answer = await answerWith({ locations }, { headers: { 'X-Token': token } });
    expect(answer).to.include({ status: 200 });
    expect(answer.headers.get('Vary')).to.equal('X-Token');
    expect((await answerWith({ locations })).body).to.deep.include({ msg: 'Missing X-Token Header' });
  });

  it('refuses a token in two places', async () => {
    const token = await jwtManager.createAccessToken('ada');
    const locations = [new BearerHeader(), new BearerHeader({ header: 'X-Token', scheme: '' })];
    const headers = { 'X-Token': token, Authorization: `Bearer ${token}` };
    expect(await answerWith({ locations }, { headers })).to.deep.include({
      status: 400,
      body: { msg: 'More than one token in the request', code: 'ERR_JWT_REQUEST' },
      challenge:
        'Bearer realm="api", error="invalid_request", error_description="More than one token in the request"',
    });
    expect((await answerWith({ locations })).body).to.deep.include({ msg: 'Missing token' });
  });

  it('answers 503 when a location fails, and reports why', async () => {
    const events: RejectedEvent[] = [];
    jwtManager.on('rejected', (event) => events.push(event));
    const cause = new Error('broken');
    const read = () => {
      throw cause;
    };
    const answer = await answerWith({ locations: [{ name: 'Broken', read }] });
    expect(answer).to.deep.include({
      status: 503,
      body: { msg: 'Authentication is unavailable', code: 'ERR_JWT_HOOK' },
      challenge: null,
    });
    expect(answer.headers.get('Retry-After')).to.equal('1');
    expect(answer.headers.get('Vary')).to.equal(null);
    expect(events.at(-1)).to.deep.include({ code: 'ERR_JWT_HOOK', reason: 'unexpected error', cause });
    expect(events.at(-1)).to.include({ method: 'GET', path: '/json/required' });
  });

  it('names what is wrong with a manager that is a promise or of another copy of the package', () => {
    class JwtManager {}
    const mistakes: [unknown, string][] = [
      [Promise.resolve(testManager()), 'called default; this is a promise: await it'],
      [new JwtManager(), 'called default; this one is of another copy of the package: see npm ls'],
      [{ default: Promise.resolve(testManager()) }, 'called default; this is a promise: await it'],
      [
        { default: testManager(), other: new JwtManager() },
        'default; this one is of another copy of the package',
      ],
    ];
    for (const [manager, message] of mistakes)
      expect(() => createAuthorizationChecker(manager as never)).to.throw(ConfigurationError, message);
  });

  const read = () => undefined;
  const wrong: [string, unknown, string][] = [
    ['an unknown option', { location: [] }, "has no option 'location'"],
    ['no object', [], 'the options must be an object'],
    ['no location', { locations: [] }, 'locations must be a non-empty list'],
    ['a location that cannot read', { locations: [{ name: 'x' }] }, 'locations must be a non-empty list'],
    ['a location without a name', { locations: [{ read }] }, 'with name and read'],
    ['a location with an empty name', { locations: [{ name: '', read }] }, 'with name and read'],
    ['a location whose vary is no header', { locations: [{ name: 'x', read, vary: 'a b' }] }, 'with name'],
    ['a location whose vary is a list', { locations: [{ name: 'x', read, vary: ['a'] }] }, 'with name'],
    ['a location that cannot confirm', { locations: [{ name: 'x', read, confirm: true }] }, 'with name'],
    ['a location that is null', { locations: [new BearerHeader(), null] }, 'with name'],
    ['a location that is a class', { locations: [BearerHeader] }, 'with name'],
    ['locations that are null', { locations: null }, 'locations must be'],
    ['locations that are no list', { locations: new BearerHeader() }, 'locations must be a non-empty list'],
    ['a realm with a quote', { realm: 'a"b' }, 'realm must be'],
    ['a realm with a line break', { realm: 'a\r\nb' }, 'realm must be'],
    ['a realm that is a number', { realm: 1 }, 'realm must be'],
    ['a realm that is an object', { realm: {} }, 'realm must be'],
    ['a realm that is null', { realm: null }, 'realm must be'],
    ['an empty realm', { realm: '' }, 'realm must be'],
    ['a realm with a letter beyond ASCII', { realm: 'caf\u00e9' }, 'realm must be'],
    ['a realm with a backslash', { realm: 'a\\' }, 'realm must be'],
    ['a message key that is no string', { errorMessageKey: 1 }, 'errorMessageKey must be'],
    ['a formatError that is null', { formatError: null }, 'formatError must be'],
    ['options that are null', null, 'the options must be an object'],
    ['options that are a function', () => ({}), 'the options must be an object'],
    ['an instance as options', new BearerHeader(), 'the options must be an object'],
    ['a protectByDefault that is null', { protectByDefault: null }, 'protectByDefault must be'],
    ['an empty message key', { errorMessageKey: '' }, 'errorMessageKey must be'],
    ['a message key that hides the code', { errorMessageKey: 'code' }, 'errorMessageKey must be'],
    ['a formatError that is no function', { formatError: {} }, 'formatError must be'],
    ['a protectByDefault that is no boolean', { protectByDefault: 'yes' }, 'protectByDefault must be'],
  ];

  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, () => {
      expect(() => createAuthorizationChecker(jwtManager, options as object)).to.throw(
        ConfigurationError,
        message,
      );
    });
  }

  const noManagers = [
    undefined,
    null,
    {},
    [],
    [jwtManager],
    { other: jwtManager },
    { default: {} },
    'manager',
    1,
  ];

  for (const manager of [...noManagers, { default: jwtManager, other: null }]) {
    it(`refuses ${JSON.stringify(manager) ?? 'undefined'} as manager`, () => {
      expect(() => createAuthorizationChecker(manager as unknown as JwtManager)).to.throw(
        ConfigurationError,
        'createAuthorizationChecker: pass a JwtManager',
      );
    });
  }

  it('can be taken off its object and called on its own', async () => {
    const { check } = { check: createAuthorizationChecker(jwtManager) };
    const error = await Promise.resolve(check({ request: {}, response: {} }, [])).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(ConfigurationError);
    expect((error as Error).message).to.include('there is no request');
  });
});

describeOnDrivers('several managers', () => {
  @JsonController('/several')
  class SeveralRoutes {
    @Get('/default')
    @JwtRequired()
    default() {
      return {};
    }

    @Get('/partner')
    @JwtRequired({ manager: 'partner' })
    partner() {
      return {};
    }
  }

  it('are told apart by name, each with its own keys', async () => {
    const [own, partner] = [
      testManager(),
      testManager({ secret: 'x1y2z3'.repeat(5) + 'another-secret-of-a-partner' }),
    ];
    const authorizationChecker = createAuthorizationChecker({ default: own, partner });
    const app = await startApp({ controllers: [SeveralRoutes], authorizationChecker });
    const tokens = {
      own: await own.createAccessToken('ada'),
      partner: await partner.createAccessToken('ada'),
    };
    expect(await getWith(`${app.url}/several/default`, tokens.own)).to.include({ status: 200 });
    expect(await getWith(`${app.url}/several/default`, tokens.partner)).to.include({ status: 401 });
    expect(await getWith(`${app.url}/several/partner`, tokens.partner)).to.include({ status: 200 });
    expect(await getWith(`${app.url}/several/partner`, tokens.own)).to.include({ status: 401 });
    await app.close();
  });

  it('refuses to start when a method names one that no checker has', async () => {
    @JsonController('/stranger')
    class Stranger {
      @Get('/')
      @JwtRequired({ manager: 'stranger' })
      method() {
        return {};
      }
    }
    const authorizationChecker = createAuthorizationChecker(testManager());
    let message = '';
    try {
      await startApp({ controllers: [Stranger], authorizationChecker });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).to.equal(
      "Stranger.method requires the manager 'stranger', which no checker was given: " +
        "pass createAuthorizationChecker({ default: jwtManager, 'stranger': … })",
    );
  });

  describe('of which one is missing in the checker of the server', () => {
    let authorizationChecker: AuthorizationChecker;

    before(() => {
      authorizationChecker = createAuthorizationChecker(testManager());
      createAuthorizationChecker({ default: testManager(), partner: testManager({ issuer: 'partner' }) });
    });

    it('does not start', async () => {
      expect(await refusalToStart([SeveralRoutes])).to.equal(
        "SeveralRoutes.partner needs the manager 'partner', which the checker of its server was not given",
      );
    });

    it('rejects the request where the checker is called by another one', async () => {
      const app = await startApp({
        controllers: [SeveralRoutes],
        authorizationChecker: (action, roles) => authorizationChecker(action, roles),
      });
      expect(await request(`${app.url}/several/partner`)).to.deep.include({
        status: 500,
        body: { msg: 'Server configuration error', code: 'ERR_JWT_CONFIGURATION' },
      });
      await app.close();
    });
  });
});
