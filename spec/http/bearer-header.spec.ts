import { expect } from 'chai';
import express from 'express';
import Koa from 'koa';
import { Get, JsonController } from 'routing-controllers';
import { BearerHeader, createAuthorizationChecker, JwtRequired, type HttpRequest } from '../../src';
import { ConfigurationError, InvalidRequestError } from '../../src/errors/errors';
import { describeOnDrivers, getWith, request, startApp } from '../support/app';
import { testManager } from '../support/manager';
import { nodeMiddleware } from '../support/node-middleware';

@JsonController('/bearer-things')
class Things {
  @Get('/')
  @JwtRequired()
  list() {
    return {};
  }
}

/** Reads out of a request as Node makes it: of two values, `headers` has the first. */
function read(header: BearerHeader, sent: Record<string, string[]>): string | undefined {
  const rawHeaders = Object.entries(sent).flatMap(([name, values]) =>
    values.flatMap((value) => [name, value]),
  );
  const headers = Object.fromEntries(
    Object.entries(sent).map(([name, [value]]) => [name.toLowerCase(), value]),
  );
  return readFrom(header, { headers, rawHeaders });
}

function readFrom(header: BearerHeader, req: object): string | undefined {
  return header.read({ req } as unknown as HttpRequest);
}

describeOnDrivers('BearerHeader', (driver) => {
  const header = new BearerHeader();

  for (const [value, token] of [
    ['Bearer abc.def.ghi', 'abc.def.ghi'],
    ['bearer abc', 'abc'],
    ['BEARER abc==', 'abc=='],
    ['Basic dXNlcg==', undefined],
    ['Token abc', undefined],
    ['Bearerabc', undefined],
    ['Bearer-Token abc', undefined],
    ['abc.def.ghi', undefined],
    ['', undefined],
  ] as const) {
    it(`reads ${String(token)} out of '${value}'`, () => {
      expect(read(header, { authorization: [value] })).to.equal(token);
    });
  }

  for (const value of [
    'Bearer',
    'Bearer ',
    'Bearer  abc',
    'Bearer\tabc',
    'Bearer:abc',
    'Bearer "abc"',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer\u00a0a',
    'Bearer =',
  ]) {
    it(`refuses '${value}'`, () => {
      expect(() => read(header, { authorization: [value] })).to.throw(InvalidRequestError);
    });
  }

  it('takes the name of the header as it comes, and no value for a name', () => {
    expect(read(header, { AuThOrIzAtIoN: ['Bearer a'] })).to.equal('a');
    expect(read(header, { 'X-Name': ['authorization'], 'Bearer x': ['y'] })).to.equal(undefined);
    expect(() => read(header, { authorization: ['Bearer a'], Authorization: ['Bearer a'] })).to.throw(
      InvalidRequestError,
    );
  });

  it('refuses the header twice, and finds none where there is none', () => {
    expect(() => read(header, { authorization: ['Bearer a', 'Bearer a'] })).to.throw(InvalidRequestError);
    expect(read(header, {})).to.equal(undefined);
  });

  it('reads another header and another scheme, or none', () => {
    const custom = new BearerHeader({ header: 'X-Auth', scheme: 'JWT' });
    expect(read(custom, { 'x-auth': ['jwt abc'] })).to.equal('abc');
    expect(read(custom, { 'x-auth': ['Bearer abc'] })).to.equal(undefined);
    const bare = new BearerHeader({ header: 'X-Auth', scheme: '' });
    expect(read(bare, { 'x-auth': ['abc'] })).to.equal('abc');
    expect(() => read(bare, { 'x-auth': ['a b'] })).to.throw(InvalidRequestError);
  });

  const adapters: [name: string, req: object, token: string | undefined][] = [
    ['without raw headers', { headers: { authorization: 'Bearer a' } }, 'a'],
    ['with empty raw headers', { headers: { authorization: 'Bearer a' }, rawHeaders: [] }, 'a'],
    ['with one value in a list', { headers: { authorization: ['Bearer a'] }, rawHeaders: [] }, 'a'],
    ['with an empty list', { headers: { authorization: [] }, rawHeaders: [] }, undefined],
    [
      'whose header was deleted',
      { headers: {}, rawHeaders: ['Authorization', 'Bearer a', 'Authorization', 'Bearer b'] },
      undefined,
    ],
    [
      'whose header was set',
      { headers: { authorization: 'Bearer a' }, rawHeaders: ['Authorization', 'Basic eDp5'] },
      'a',
    ],
    [
      'with a header of its prototype',
      { headers: Object.create({ authorization: 'Bearer a' }) as object },
      undefined,
    ],
  ];

  for (const [name, req, token] of adapters) {
    it(`reads ${String(token)} out of a request ${name}`, () => {
      expect(readFrom(header, req)).to.equal(token);
    });
  }

  const malformed: [name: string, header: string, req: object][] = [
    ['with two values in a list', 'authorization', { headers: { authorization: ['Bearer a', 'Bearer a'] } }],
    ['with no text', 'authorization', { headers: { authorization: 1 } }],
    [
      'with a header of our own name twice, which Node joins',
      'x-auth',
      {
        headers: { 'x-auth': 'Bearer a, Bearer b' },
        rawHeaders: ['X-Auth', 'Bearer a', 'x-auth', 'Bearer b'],
      },
    ],
  ];

  for (const [name, custom, req] of malformed) {
    it(`refuses a request ${name}`, () => {
      expect(() => readFrom(new BearerHeader({ header: custom }), req)).to.throw(
        InvalidRequestError,
        'Malformed authorization header',
      );
    });
  }

  it('takes no member of every object for a header', () => {
    expect(readFrom(new BearerHeader({ header: 'constructor' }), { headers: {} })).to.equal(undefined);
  });

  it('is read from what a middleware made of the request, over HTTP', async () => {
    const jwtManager = testManager();
    const token = await jwtManager.createAccessToken('ada');
    const middleware = nodeMiddleware(({ headers, url }) => {
      if (url?.endsWith('?as=guest')) delete headers.authorization;
      if (url?.endsWith('?as=ada')) headers.authorization = `Bearer ${token}`;
    });
    const authorizationChecker = createAuthorizationChecker(jwtManager);
    const app = await startApp(
      { controllers: [Things], authorizationChecker },
      driver === 'koa' ? new Koa().use(middleware) : express().use(middleware),
    );
    const guest = await getWith(`${app.url}/bearer-things?as=guest`, token);
    expect(guest).to.deep.include({
      status: 401,
      body: { msg: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' },
      challenge: 'Bearer realm="api"',
    });
    expect(await request(`${app.url}/bearer-things?as=ada`)).to.deep.include({
      status: 200,
      challenge: null,
    });
    await app.close();
  });

  for (const options of [
    { header: '' },
    { header: 'a b' },
    { header: 1 },
    { scheme: 'a b' },
    { scheme: null },
    { head: 'x' },
  ]) {
    it(`refuses the options ${JSON.stringify(options)}`, () => {
      expect(() => new BearerHeader(options as object)).to.throw(ConfigurationError);
    });
  }
});
