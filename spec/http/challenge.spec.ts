import { expect } from 'chai';
import express from 'express';
import Koa from 'koa';
import { Get, JsonController } from 'routing-controllers';
import {
  createAuthorizationChecker,
  JwtPublic,
  JwtRequired,
  TokenCookies,
  TokenExpiredError,
  type AuthorizationCheckerOptions,
  type HttpRequest,
  type JwtError,
} from '../../src';
import {
  describeOnDrivers,
  errorHandlersOn,
  request,
  startApp,
  type Answer,
  type Driver,
} from '../support/app';
import { testManager } from '../support/manager';

@JsonController()
class Things {
  @Get('/thing')
  @JwtRequired()
  thing() {
    return {};
  }

  @Get('/admin')
  @JwtRequired({ scopes: 'things:write' })
  admin() {
    return {};
  }

  @Get('/thrown')
  @JwtPublic()
  thrown() {
    throw new TokenExpiredError();
  }

  @Get('/broken')
  @JwtRequired({ check: false, locations: [{ name: 'nowhere', read: () => Number as never }] })
  broken() {
    return {};
  }
}

const metadata = 'https://api.example.com/.well-known/oauth-protected-resource';
const missing = 'Bearer realm="api"';

interface Setup extends AuthorizationCheckerOptions {
  readonly headers?: Record<string, string>;
  readonly app?: Koa | express.Express;
}

/** An app in front of whose routes another challenge is set. */
function withBasic(driver: Driver) {
  if (driver === 'express')
    return express()
      .set('env', 'test')
      .use((_request, response, next) => {
        response.set('WWW-Authenticate', 'Basic realm="other"');
        next();
      });
  return new Koa().use((context, next) => {
    context.set('WWW-Authenticate', 'Basic realm="other"');
    return next();
  });
}

describeOnDrivers('the option challenge', (driver) => {
  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    describe(`with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
      const jwtManager = testManager();

      async function answerTo(
        path: string,
        challenge: unknown,
        { headers = {}, app, ...options }: Setup = {},
      ): Promise<Answer> {
        const authorizationChecker = createAuthorizationChecker(jwtManager, {
          challenge,
          ...options,
        } as AuthorizationCheckerOptions);
        const running = await startApp(
          { controllers: [Things], authorizationChecker, defaultErrorHandler },
          app,
        );
        try {
          return await request(running.url + path, { headers });
        } finally {
          await running.close();
        }
      }

      it('adds parameters to the challenge, after those that are there', async () => {
        const challenge = () => ({ resource_metadata: metadata });
        const bad = { headers: { Authorization: 'Bearer nonsense' } };
        const answers = [
          await answerTo('/thing', challenge),
          await answerTo('/thing', challenge, bad),
          await answerTo('/thing', challenge, { headers: { Authorization: 'Bearer' } }),
          await answerTo('/thrown', challenge),
        ];
        expect(answers.map((answer) => [answer.status, answer.challenge])).to.deep.equal([
          [401, `${missing}, resource_metadata="${metadata}"`],
          [
            401,
            `${missing}, error="invalid_token", error_description="Token is invalid", resource_metadata="${metadata}"`,
          ],
          [
            400,
            `${missing}, error="invalid_request", error_description="Malformed authorization header", resource_metadata="${metadata}"`,
          ],
          [
            401,
            `${missing}, error="invalid_token", error_description="Token has expired", resource_metadata="${metadata}"`,
          ],
        ]);
      });

      it('gets the error and the request, and can tell them apart', async () => {
        const seen: unknown[] = [];
        const challenge = (error: JwtError, { method, path }: HttpRequest) => {
          seen.push([error.code, method, path]);
          error.status = 200;
          return error.code === 'ERR_JWT_DENIED'
            ? { error_uri: 'https://docs.example.com/scopes' }
            : undefined;
        };
        const headers = { Authorization: `Bearer ${await jwtManager.createAccessToken('ada')}` };
        const denied = await answerTo('/admin', challenge, { headers });
        expect(denied).to.include({
          status: 403,
          challenge: `${missing}, error="insufficient_scope", error_description="Permission denied", scope="things:write", error_uri="https://docs.example.com/scopes"`,
        });
        expect(await answerTo('/thing', challenge)).to.include({ status: 401, challenge: missing });
        expect(seen).to.deep.equal([
          ['ERR_JWT_DENIED', 'GET', '/admin'],
          ['ERR_JWT_MISSING', 'GET', '/thing'],
        ]);
      });

      it('is not called for an error without a challenge', async () => {
        let calls = 0;
        const challenge = () => ({ calls: String(++calls) });
        expect(await answerTo('/broken', challenge)).to.include({ status: 503, challenge: null });
        expect(calls).to.equal(0);
      });

      it('leaves the challenge of other middleware where it is', async () => {
        const app = withBasic(driver);
        const answer = await answerTo('/thing', () => ({ resource_metadata: metadata }), { app });
        expect(answer.challenge).to.equal(
          `Basic realm="other", Bearer realm="api", resource_metadata="${metadata}"`,
        );
      });

      const quoted: [name: string, given: object, added: string][] = [
        ['quotes and backslashes', { a: 'x", realm="y\\' }, ', a="x\\", realm=\\"y\\\\"'],
        ['an empty value', { a: '' }, ', a=""'],
        ['a line break in a value', { a: 'x\r\nSet-Cookie: a=b', b: 'y' }, ', b="y"'],
        ['a control character', { a: '\u0000' }, ''],
        ['letters beyond ASCII', { a: 'Zürich', b: 'ok' }, ', b="ok"'],
        ['a name that is none', { 'a b': 'x', 'a="x", b': 'x', '': 'x', 'a\r\nb': 'x' }, ''],
        ['the name of a parameter of ours', { realm: 'x', Realm: 'x', a: 'y' }, ', a="y"'],
        ['one name twice', { a: 'x', A: 'y' }, ', a="x"'],
        ['values that are no text', { a: 1, b: null, c: undefined, d: ['x'], e: () => 'x' }, ''],
        ['a list', ['x'], ''],
      ];
      for (const [name, given, added] of quoted) {
        it(`quotes safely: ${name}`, async () => {
          const answer = await answerTo('/thing', () => given);
          expect(answer).to.include({ status: 401, challenge: missing + added });
          expect(answer.headers.get('Set-Cookie')).to.equal(null);
        });
      }

      const faults: [name: string, challenge: () => unknown][] = [
        [
          'throws',
          () => {
            throw new Error('secret of the server');
          },
        ],
        [
          'throws when it is read',
          () => ({
            get a() {
              throw new Error('secret of the server');
            },
          }),
        ],
        ['returns a promise', () => Promise.resolve({ a: 'x' })],
        ['returns a promise that rejects', () => Promise.reject(new Error('secret of the server'))],
        ['returns text', () => 'a="x"'],
        ['returns null', () => null],
        ['returns true', () => true],
      ];
      for (const [name, challenge] of faults) {
        it(`G6: responds as usual when it ${name}`, async () => {
          const answer = await answerTo('/thing', challenge);
          expect(answer).to.include({ status: 401, challenge: missing });
          expect(answer.body).to.deep.equal(
            defaultErrorHandler
              ? { msg: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' }
              : 'Missing Authorization Header',
          );
        });
      }

      it('works together with cookies, a realm and words of your own', async () => {
        const answer = await answerTo('/thing', () => ({ resource_metadata: metadata }), {
          locations: [new TokenCookies()],
          realm: 'shop',
          errorMessageKey: 'message',
        });
        expect(answer.challenge).to.equal(`Bearer realm="shop", resource_metadata="${metadata}"`);
        if (defaultErrorHandler)
          expect(answer.body).to.deep.equal({ message: 'Missing Cookie', code: 'ERR_JWT_MISSING' });
      });
    });
  }

  it('must be a function', () => {
    const challenge = { resource_metadata: metadata } as never;
    expect(() => createAuthorizationChecker(testManager(), { challenge })).to.throw(
      'createAuthorizationChecker: challenge must be a function',
    );
  });
});
