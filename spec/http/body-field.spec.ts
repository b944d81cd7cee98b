import { expect } from 'chai';
import express from 'express';
import Koa from 'koa';
import { Body, Get, JsonController, Post } from 'routing-controllers';
import {
  BodyField,
  createAuthorizationChecker,
  InjectToken,
  JwtRefreshRequired,
  JwtRequired,
  type HttpRequest,
  type RejectedEvent,
  type Token,
} from '../../src';
import { ConfigurationError } from '../../src/errors/errors';
import { requestOf } from '../../src/http/request/request-of';
import {
  answerOf,
  describeOnDrivers,
  rawRequest,
  request,
  startApp,
  type Answer,
  type RunningApp,
} from '../support/app';
import { testManager } from '../support/manager';
import { withPolluted } from '../support/polluted';

const malformed = {
  status: 400,
  body: { msg: 'Malformed token parameter', code: 'ERR_JWT_REQUEST' },
  challenge: 'Bearer realm="api", error="invalid_request", error_description="Malformed token parameter"',
};
const missingField = (name: string) => ({
  status: 401,
  body: { msg: `Missing body field '${name}'`, code: 'ERR_JWT_MISSING' },
  challenge: 'Bearer realm="api"',
});
const missing = missingField('access_token');

@JsonController('/body')
class BodyRoutes {
  @Post('/access')
  @JwtRequired()
  access(@InjectToken() token: Token) {
    return { identity: token.identity };
  }

  @Post('/access-with-body')
  @JwtRequired()
  withBody(@InjectToken() token: Token, @Body({ validate: false }) body: object) {
    return { identity: token.identity, fields: Object.keys(body) };
  }

  @Get('/read')
  @JwtRequired()
  read() {
    return {};
  }

  @Post('/refresh')
  @JwtRefreshRequired()
  refresh(@InjectToken() token: Token) {
    return { identity: token.identity };
  }

  @Post('/any')
  @JwtRequired({ type: 'any' })
  any(@InjectToken() token: Token) {
    return { type: token.type };
  }

  @Post('/ticket')
  @JwtRequired({ ticket: 'p' })
  ticket() {
    return {};
  }

  @Post('/one-name')
  @JwtRequired({ type: 'any', locations: [new BodyField('token', 'token')] })
  oneName(@InjectToken() token: Token) {
    return { type: token.type };
  }
}

describeOnDrivers('BodyField', (driver) => {
  const jwtManager = testManager();
  const events: RejectedEvent[] = [];
  let app: RunningApp;
  let access: string;
  let refresh: string;

  before(async () => {
    jwtManager.on('rejected', (event) => events.push(event));
    ({ access_token: access, refresh_token: refresh } = await jwtManager.createTokenPair('ada'));
    app = await startApp({
      controllers: [BodyRoutes],
      authorizationChecker: createAuthorizationChecker(jwtManager, {
        locations: [new BodyField('access_token', 'refresh_token')],
      }),
    });
  });

  after(() => app.close());

  const post = (path: string, body?: RequestInit['body'], type = 'application/json'): Promise<Answer> =>
    request(`${app.url}/body${path}`, {
      method: 'POST',
      headers: { 'Content-Type': type },
      ...(body !== undefined && { body }),
    });
  const form = (path: string, text: string) => post(path, text, 'application/x-www-form-urlencoded');
  const json = (path: string, value: unknown) => post(path, JSON.stringify(value));

  it('reads the token from JSON, whether the method asks for the body or not', async () => {
    const body = { access_token: access, note: { access_token: 'other' } };
    expect(await json('/access', body)).to.deep.include({ status: 200, body: { identity: 'ada' } });
    expect(await json('/access-with-body', body)).to.deep.include({
      status: 200,
      body: { identity: 'ada', fields: ['access_token', 'note'] },
    });
  });

  it('reads the token from a form', async () => {
    expect(await form('/access', `access_token=${access}&note=1`)).to.deep.include({ status: 200 });
    expect(await form('/access-with-body', `access_token=${access}`)).to.deep.include({ status: 200 });
  });

  it('keeps access and refresh tokens apart by the name of the field', async () => {
    expect((await json('/refresh', { access_token: access, refresh_token: refresh })).status).to.equal(200);
    expect((await json('/access', { access_token: access, refresh_token: refresh })).status).to.equal(200);
    expect(await json('/refresh', { access_token: refresh })).to.deep.include(missingField('refresh_token'));
    expect(await json('/any', {})).to.deep.include(missingField("access_token' or 'refresh_token"));
    expect(await json('/ticket', { access_token: access })).to.deep.include(missingField('ticket'));
    expect(await json('/access', { refresh_token: access })).to.deep.include(missing);
    expect((await json('/access', { access_token: refresh })).body).to.include({ code: 'ERR_JWT_TYPE' });
  });

  it('takes either field where any token will do, and not both', async () => {
    expect((await json('/any', { access_token: access })).body).to.deep.equal({ type: 'access' });
    expect((await json('/any', { refresh_token: refresh })).body).to.deep.equal({ type: 'refresh' });
    expect(await json('/any', { access_token: access, refresh_token: refresh })).to.deep.include(malformed);
    expect((await json('/one-name', { token: refresh })).body).to.deep.equal({ type: 'refresh' });
  });

  const values: [name: string, value: unknown][] = [
    ['empty text', ''],
    ['null', null],
    ['a number', 1],
    ['true', true],
    ['a list', ['TOKEN']],
    ['an empty list', []],
    ['an object', { token: 'TOKEN' }],
    ['an object that turns into text', { toString: 'TOKEN' }],
  ];
  for (const [name, value] of values) {
    it(`refuses ${name} in the field`, async () => {
      const text = JSON.stringify({ access_token: value }).replaceAll('TOKEN', access);
      expect(await post('/access', text)).to.deep.include(malformed);
    });
  }

  const forms: (readonly [name: string, text: string])[] = [
    ['twice', 'access_token=TOKEN&access_token=TOKEN'],
    ['as a list', 'access_token[]=TOKEN'],
    ['as a list with a place', 'access_token[0]=TOKEN'],
    ['as an object', 'access_token[a]=TOKEN'],
    // Another parser takes the dot as part of the name.
    ...(driver === 'koa' ? ([['as an object with a dot', 'access_token.a=TOKEN']] as const) : []),
    ['empty', 'access_token='],
  ];
  for (const [name, text] of forms) {
    it(`refuses a form with the field ${name}`, async () => {
      expect(await form('/access', text.replaceAll('TOKEN', access))).to.deep.include(malformed);
    });
  }

  it('refuses JSON that has a member twice, and JSON that is nested deeper than a token may be', async () => {
    const [twice, escaped] = ['access_token', '\\u0061ccess_token'].map(
      (name) => `{"access_token":"${access}","${name}":"${access}"}`,
    );
    expect(await post('/access', twice)).to.deep.include(malformed);
    expect(await post('/access', escaped)).to.deep.include(malformed);
    const deep = `{"access_token":"${access}","a":${'['.repeat(40)}${']'.repeat(40)}}`;
    expect(await post('/access', deep)).to.deep.include(malformed);
    // Types that the parser of Koa's driver takes for JSON.
    const types = driver === 'koa' ? ['application/vnd.api+json', 'application/csp-report'] : [];
    for (const type of types) expect(await post('/access', twice, type)).to.deep.include(malformed);
  });

  const without: [name: string, body: RequestInit['body'], type?: string][] = [
    ['no body', undefined],
    ['an empty body', ''],
    ['an empty object', '{}'],
    ['a list', '[{"access_token":"TOKEN"}]'],
    ['a list of two', '["access_token","TOKEN"]'],
    ['JSON, called text', '{"access_token":"TOKEN"}', 'text/plain'],
    ['a form, called text', 'access_token=TOKEN', 'text/plain'],
    ['another case', '{"Access_Token":"TOKEN"}'],
    ['an inner member', '{"body":{"access_token":"TOKEN"}}'],
  ];
  for (const [name, body, type] of without) {
    it(`finds no token in ${name}`, async () => {
      const filled = typeof body === 'string' ? body.replaceAll('TOKEN', access) : body;
      expect(await post('/access', filled, type)).to.deep.include(missing);
    });
  }

  it('finds none in a body of several parts, which the host does not parse', async () => {
    const body = new FormData();
    body.set('access_token', access);
    const answer = await request(`${app.url}/body/access`, { method: 'POST', body });
    expect(answer).to.deep.include(missing);
  });

  it('reads no member that a prototype has', async () => {
    const prototype = Object.prototype as Record<string, unknown>;
    prototype['access_token'] = access;
    try {
      expect(await json('/access', { note: 1 })).to.deep.include(missing);
    } finally {
      delete prototype['access_token'];
    }
  });

  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    it(`can be called ${name}, and then finds only what the request has`, () => {
      const location = new BodyField(name, name);
      const read = (body: unknown) =>
        location.read({ method: 'POST', headers: {}, body } as HttpRequest, 'access');
      expect(read({})).to.equal(undefined);
      expect(read(JSON.parse(`{"${name}":"text"}`))).to.equal('text');
    });
  }

  for (const method of ['GET', 'HEAD']) {
    it(`never reads the body of a ${method} request, whether a parser has read it or not`, async () => {
      const text = JSON.stringify({ access_token: access });
      const head = [
        `${method} /body/read HTTP/1.1`,
        'Host: localhost',
        'Connection: close',
        'Content-Type: application/json',
        `Content-Length: ${String(text.length)}`,
      ];
      const answer = answerOf(await rawRequest(app.port, Buffer.from([...head, '', text].join('\r\n'))));
      expect(answer.status).to.equal(401);
      expect(answer.challenge).to.equal(missing.challenge);
    });
  }

  it('reads no body that a prototype has', () => {
    const body = { access_token: access };
    const read = (given: object) => {
      const req = { method: 'POST', headers: {} };
      const context = { req, res: {}, app: {}, method: 'POST', request: { ...given } };
      return new BodyField().read(requestOf(context), 'access');
    };
    withPolluted({ body }, () => {
      expect(read({})).to.equal(undefined);
    });
    expect(read({ body })).to.equal(access);
  });

  it('reads what a body parser of the application has put there', async () => {
    const body = { access_token: access };
    const parsed =
      driver === 'koa'
        ? new Koa().use(({ request: its }, next) => {
            Object.assign(its, { body });
            return next();
          })
        : express().use((its, _, next) => {
            its.body = body;
            next();
          });
    const other = await startApp(
      {
        controllers: [BodyRoutes],
        authorizationChecker: createAuthorizationChecker(jwtManager, { locations: [new BodyField()] }),
      },
      parsed,
    );
    const { status } = await request(`${other.url}/body/access`, { method: 'POST' });
    await other.close();
    expect(status).to.equal(200);
  });

  it('keeps the token out of answers and events', async () => {
    events.splice(0);
    const answer = await json('/access', { access_token: [access] });
    expect(events).to.have.lengthOf(1);
    expect(JSON.stringify([answer.body, events])).to.not.include(access.split('.')[1]);
  });

  const names: [access: unknown, refresh: unknown, what: string][] = [
    ['', 'b', 'first'],
    [1, 'b', 'first'],
    [null, 'b', 'first'],
    ['a', '', 'second'],
    ['a', {}, 'second'],
  ];
  for (const [first, second, what] of names) {
    it(`is not made for ${JSON.stringify([first, second])}`, () => {
      expect(() => new BodyField(first as string, second as string)).to.throw(ConfigurationError, what);
    });
  }
});
