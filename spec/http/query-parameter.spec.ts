import { expect } from 'chai';
import { Get, Header, JsonController, Res } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  JwtOptional,
  JwtRequired,
  QueryParameter,
  type RejectedEvent,
  type RequestSource,
} from '../../src';
import { ConfigurationError } from '../../src/errors/errors';
import { requestOf } from '../../src/http/request/request-of';
import { describeOnDrivers, request, type RunningApp, startApp } from '../support/app';
import { testManager } from '../support/manager';

const malformed = {
  status: 400,
  body: { msg: 'Malformed token parameter', code: 'ERR_JWT_REQUEST' },
  challenge: 'Bearer realm="api", error="invalid_request", error_description="Malformed token parameter"',
};

@JsonController('/query')
class QueryRoutes {
  @Get('/plain')
  @JwtRequired()
  plain() {
    return {};
  }

  @Get('/optional')
  @JwtOptional()
  optional() {
    return {};
  }

  @Get('/public')
  @JwtRequired()
  @Header('Cache-Control', 'public, max-age=60, s-maxage=90, private="set-cookie"')
  cached() {
    return {};
  }

  @Get('/none')
  @JwtRequired()
  none(@Res() response: RequestSource) {
    requestOf(response).res.setHeader('Cache-Control', 'no-store');
    return {};
  }

  @Get('/header-only')
  @JwtRequired({ locations: [new BearerHeader()] })
  headerOnly() {
    return {};
  }

  @Get('/by-another-name')
  @JwtRequired({ locations: [new QueryParameter('ticket')] })
  ticket() {
    return {};
  }
}

describeOnDrivers('QueryParameter', () => {
  const jwtManager = testManager();
  const events: RejectedEvent[] = [];
  let app: RunningApp;
  let token: string;

  before(async () => {
    jwtManager.on('rejected', (event) => events.push(event));
    token = await jwtManager.createAccessToken('ada');
    app = await startApp({
      controllers: [QueryRoutes],
      authorizationChecker: createAuthorizationChecker(jwtManager, {
        locations: [new QueryParameter('jwt')],
      }),
    });
  });

  after(() => app.close());
  beforeEach(() => events.splice(0));

  const get = (path: string, init?: RequestInit) => request(`${app.url}/query${path}`, init);

  it('reads the token, and the answer is for no shared cache', async () => {
    const answer = await get(`/plain?a=1&jwt=${token}`);
    expect(answer).to.deep.include({ status: 200, challenge: null });
    expect(answer.headers.get('Cache-Control')).to.equal('private');
    expect(answer.headers.get('Vary')).to.equal(null);
  });

  it('leaves answers alone whose request has no token there', async () => {
    const answer = await get('/optional');
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('Cache-Control')).to.equal(null);
  });

  it('takes back what a method says of shared caches, and nothing else', async () => {
    const { headers } = await get(`/public?jwt=${token}`);
    expect(headers.get('Cache-Control')).to.equal('private, max-age=60');
  });

  it('leaves it at no-store where a method says so', async () => {
    const { headers } = await get(`/none?jwt=${token}`);
    expect(headers.get('Cache-Control')).to.equal('no-store');
  });

  it('says what is missing, by the name of the parameter', async () => {
    const answer = await get('/plain');
    expect(answer).to.deep.include({
      status: 401,
      body: { msg: "Missing query parameter 'jwt'", code: 'ERR_JWT_MISSING' },
      challenge: 'Bearer realm="api"',
    });
    expect(answer.headers.get('Cache-Control')).to.equal('no-store');
  });

  const refused: [name: string, query: (token: string) => string][] = [
    ['twice', (text) => `jwt=${text}&jwt=${text}`],
    ['twice, one of them empty', (text) => `jwt=${text}&jwt=`],
    ['twice, once escaped', (text) => `jwt=${text}&%6awt=${text}`],
    ['empty', () => 'jwt='],
    ['without a value', () => 'jwt'],
  ];
  for (const [name, query] of refused) {
    it(`refuses the parameter ${name}`, async () => {
      const answer = await get(`/optional?${query(token)}`);
      expect(answer).to.deep.include(malformed);
      expect(answer.headers.get('Cache-Control')).to.equal('no-store');
    });
  }

  const absent: [name: string, query: (token: string) => string][] = [
    ['a list, as other parsers have it', (text) => `jwt[]=${text}`],
    ['an object, as other parsers have it', (text) => `jwt[a]=${text}`],
    ['another case', (text) => `JWT=${text}`],
    ['the name of another location', (text) => `access_token=${text}`],
    ['a name of Object.prototype', (text) => `__proto__[jwt]=${text}&constructor=${text}`],
  ];
  for (const [name, query] of absent) {
    it(`finds no token in ${name}`, async () => {
      const { status, challenge } = await get(`/plain?${query(token)}`);
      expect({ status, challenge }).to.deep.equal({ status: 401, challenge: 'Bearer realm="api"' });
    });
  }

  it('gives way to the locations of a route', async () => {
    expect((await get(`/header-only?jwt=${token}`)).status).to.equal(401);
    expect((await get(`/by-another-name?jwt=${token}`)).status).to.equal(401);
    expect((await get(`/by-another-name?ticket=${token}`)).status).to.equal(200);
  });

  it('refuses a token in the header and one in the query', async () => {
    const locations = [new BearerHeader(), new QueryParameter('jwt')];
    const both = await startApp({
      controllers: [QueryRoutes],
      authorizationChecker: createAuthorizationChecker(jwtManager, { locations }),
    });
    const url = `${both.url}/query/plain?jwt=${token}`;
    const answer = await request(url, { headers: { Authorization: `Bearer ${token}` } });
    const either = await request(url);
    await both.close();
    expect(answer).to.deep.include({
      status: 400,
      body: { msg: 'More than one token in the request', code: 'ERR_JWT_REQUEST' },
    });
    expect(either.status).to.equal(200);
  });

  it('keeps the token out of answers and events', async () => {
    const expired = `${token.slice(0, -4)}AAAA`;
    const answers = [
      await get(`/plain?jwt=${expired}`),
      await get(`/plain?jwt=${token}&jwt=${token}`),
      await get(`/header-only?jwt=${token}`),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([401, 400, 401]);
    expect(events.map(({ path }) => path)).to.deep.equal([
      '/query/plain',
      '/query/plain',
      '/query/header-only',
    ]);
    const told = JSON.stringify([answers.map(({ body, headers }) => [body, [...headers]]), events]);
    expect(told).to.not.include(token.split('.')[1]);
  });

  for (const name of ['', 1, null, ['jwt'], {}]) {
    it(`is not made for ${JSON.stringify(name)}`, () => {
      expect(() => new QueryParameter(name as string)).to.throw(ConfigurationError, 'QueryParameter must be');
    });
  }
});
