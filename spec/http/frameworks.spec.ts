import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import express, { type Express } from 'express';
import express5 from 'express5';
import type Koa from 'koa';
import {
  createExpressServer,
  createKoaServer,
  Get,
  JsonController,
  useExpressServer,
} from 'routing-controllers';
import { createAuthorizationChecker, JwtRequired } from '../../src';
import { getWith, request, serve } from '../support/app';
import { differencesBetween, exchangesOn, type Differences, type Exchanges } from '../support/exchanges';
import { testManager } from '../support/manager';

type Responses = Readonly<Record<'koa' | 'express' | 'used4' | 'used5', Exchanges>>;

async function responsesWith(defaultErrorHandler: boolean): Promise<Responses> {
  return {
    koa: await exchangesOn((options) => createKoaServer(options) as Koa, defaultErrorHandler),
    express: await exchangesOn((options) => createExpressServer(options) as Express, defaultErrorHandler),
    used4: await exchangesOn((options) => useExpressServer(express(), options), defaultErrorHandler),
    used5: await exchangesOn((options) => useExpressServer(express5(), options), defaultErrorHandler),
  };
}

/** What no route responds to. */
const byFramework = ['login with malformed JSON', 'another method', 'no route'];

/** Responses with an error of this library or of a method. */
const errors = [
  'without the CSRF value',
  'from a foreign page',
  'missing',
  'missing, HEAD',
  'expired',
  'invalid',
  'malformed',
  'two tokens',
  'a refresh token',
  'denied',
  'optional, an invalid token',
  'refresh without a token',
  'text, missing',
  'an error of the method',
  'a mistake of the application',
];

const others = [
  'login',
  'login with cookies',
  'protected',
  'protected, HEAD',
  'protected, by cookie',
  'protected, changing something by cookie',
  'optional, a guest',
  'optional, a user',
  'refresh',
  'logout',
  'text',
  'OPTIONS',
];

const html = 'text/plain; charset=utf-8 | text/html; charset=utf-8';

/** The bodies of what no route responds to. */
const bodies = {
  'Bad Request | a page: SyntaxError: Expected property name or &#39;}&#39; in JSON at position 1': [
    'login with malformed JSON',
  ],
  ' | GET,HEAD,POST': ['OPTIONS'],
  'Method Not Allowed | a page: Cannot DELETE /exchanges/protected': ['another method'],
  'Not Found | a page: Cannot GET /exchanges/nowhere': ['no route'],
};

const always = {
  status: { '405 | 404': ['another method'] },
  allow: { 'HEAD, GET, POST | GET,HEAD,POST': ['OPTIONS'], 'HEAD, GET, POST | none': ['another method'] },
  'x-powered-by': { 'none | Express': [...byFramework, ...errors, ...others] },
};

/** Koa on the left, Express 4 on the right. */
const expected: Readonly<Record<'true' | 'false', Differences>> = {
  true: {
    ...always,
    etag: { 'none | <hash>': [...errors, ...others] },
    'content-type': { [html]: [...byFramework, 'text', 'OPTIONS'] },
    'content-security-policy': { "none | default-src 'none'": byFramework },
    'x-content-type-options': { 'none | nosniff': byFramework },
    body: bodies,
  },
  false: {
    ...always,
    etag: { 'none | <hash>': others },
    'content-type': { [html]: [...byFramework, ...errors, 'text', 'OPTIONS'] },
    'content-security-policy': { "none | default-src 'none'": [...byFramework, ...errors] },
    'x-content-type-options': { 'none | nosniff': [...byFramework, ...errors] },
    body: {
      ...bodies,
      'CSRF check failed | a page: CsrfError: CSRF check failed': [
        'without the CSRF value',
        'from a foreign page',
      ],
      'Missing token | a page: TokenMissingError: Missing token': [
        'missing',
        'refresh without a token',
        'text, missing',
      ],
      'Token has expired | a page: TokenExpiredError: Token has expired': ['expired'],
      'Token is invalid | a page: TokenInvalidError: Token is invalid': [
        'invalid',
        'optional, an invalid token',
      ],
      'Malformed authorization header | a page: InvalidRequestError: Malformed authorization header': [
        'malformed',
      ],
      'More than one token in the request | a page: InvalidRequestError: More than one token in the request':
        ['two tokens'],
      'Only access tokens are allowed | a page: WrongTokenTypeError: Only access tokens are allowed': [
        'a refresh token',
      ],
      'Permission denied | a page: PermissionDeniedError: Permission denied': ['denied'],
      'Internal Server Error | a page: Error': ['an error of the method'],
      'Internal Server Error | a page: ConfigurationError: Server configuration error': [
        'a mistake of the application',
      ],
    },
  },
};

describe('the responses of all frameworks', () => {
  for (const defaultErrorHandler of [true, false]) {
    describe(`with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
      let responses: Responses;

      before(async () => {
        responses = await responsesWith(defaultErrorHandler);
      });

      it('differ between Koa and Express in these fields, and in nothing else', () => {
        const found = differencesBetween(responses.koa, responses.express);
        expect(sorted(found)).to.deep.equal(sorted(expected[defaultErrorHandler ? 'true' : 'false']));
      });

      it('are the same with createExpressServer and useExpressServer', () => {
        expect(differencesBetween(responses.express, responses.used4)).to.deep.equal({});
      });

      it('differ between Express 4 and 5 for OPTIONS, and for nothing else', () => {
        expect(differencesBetween(responses.used4, responses.used5)).to.deep.equal({
          allow: { 'GET,HEAD,POST | GET, HEAD, POST': ['OPTIONS'] },
          body: { 'GET,HEAD,POST | GET, HEAD, POST': ['OPTIONS'] },
          'content-type': { 'text/html; charset=utf-8 | text/plain': ['OPTIONS'] },
          etag: { '<hash> | none': ['OPTIONS'] },
          'x-content-type-options': { 'none | nosniff': ['OPTIONS'] },
        });
      });
    });
  }

  it('differ in the fields that the guide lists', () => {
    const page = readFileSync('docs/guides/express.md', 'utf8');
    const [, section = ''] = page.split('## Responses, field by field');
    const rows = [...section.matchAll(/^\| (?:the )?`?([\w-]+)`? +\|/gim)].map(([, name = '']) =>
      name.toLowerCase(),
    );
    const fields = Object.values(expected).flatMap((differences) => Object.keys(differences));
    expect(rows.filter((name) => name !== 'field' && !name.startsWith('-'))).to.have.members([
      ...new Set(fields),
    ]);
  });
});

function sorted(differences: Differences): Differences {
  return Object.fromEntries(
    Object.entries(differences).map(([field, pairs]) => [
      field,
      Object.fromEntries(Object.entries(pairs).map(([pair, names]) => [pair, [...names].sort()])),
    ]),
  );
}

describe('the paths of routes on Express 5', () => {
  const jwtManager = testManager();

  async function statusesOf(path: string | RegExp, url: string, create = express5): Promise<number[]> {
    @JsonController()
    class PathRoutes {
      @Get(path as string)
      @JwtRequired()
      route() {
        return {};
      }
    }
    const app = await serve(
      useExpressServer(create().set('env', 'test'), {
        controllers: [PathRoutes],
        authorizationChecker: createAuthorizationChecker(jwtManager),
      }),
    );
    const token = await jwtManager.createAccessToken('ada');
    const answers = [await request(app.url + url), await getWith(app.url + url, token)];
    await app.close();
    return answers.map(({ status }) => status);
  }

  const taken: [path: string | RegExp, url: string][] = [
    ['/express-5/named/:id', '/express-5/named/1'],
    ['/express-5/optional{/:id}', '/express-5/optional'],
    ['/express-5/rest/*path', '/express-5/rest/a/b'],
    [/^\/express-5\/group\/(?<id>[0-9]+)$/, '/express-5/group/1'],
    [/\/express-5\/pattern-\d+$/, '/express-5/pattern-7'],
  ];
  for (const [path, url] of taken) {
    it(`can be ${String(path)}, and are protected`, async () => {
      expect(await statusesOf(path, url)).to.deep.equal([401, 200]);
    });
  }

  for (const path of ['/express-5/:id?', '/express-5/*', '/express-5/:id(\\d+)']) {
    it(`cannot be ${path}, which Express 4 takes: the server does not start`, async () => {
      expect(await statusesOf(path, '/express-5/7', express)).to.deep.equal([401, 200]);
      const error = await statusesOf(path, '/express-5/7').catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(TypeError);
    });
  }
});
