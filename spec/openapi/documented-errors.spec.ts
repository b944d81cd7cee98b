import { Ajv } from 'ajv';
import { expect } from 'chai';
import { Get, JsonController, Post } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  JwtRefreshRequired,
  JwtRequired,
  TokenCookies,
  type AuthorizationCheckerOptions,
} from '../../src';
import { bearerFor, cookiesFor, expiredToken, forgedToken, revokedToken } from '../../src/testing';
import { describeOnDrivers, request, startApp } from '../support/app';
import { testManager } from '../support/manager';
import { describeControllers } from '../support/openapi';

@JsonController('/documented-errors')
class DocumentedErrors {
  @Get('/user')
  @JwtRequired()
  user() {
    return {};
  }

  @Post('/admin')
  @JwtRequired({ roles: 'admin', fresh: true })
  admin() {
    return {};
  }

  @Post('/refresh')
  @JwtRefreshRequired()
  refresh() {
    return {};
  }
}

const variants: [name: string, options: AuthorizationCheckerOptions][] = [
  ['by default', {}],
  ['with another member for the message', { errorMessageKey: 'message' }],
  ['with errors of the application', { formatError: ({ code }) => ({ errors: [code] }) }],
];

for (const [name, options] of variants) {
  describeOnDrivers(`The documented errors ${name}`, () => {
    it('are those that requests are rejected with', async () => {
      const jwtManager = testManager();
      const tokenCookies = new TokenCookies();
      const locations = [new BearerHeader(), tokenCookies];
      const authorizationChecker = createAuthorizationChecker(jwtManager, { locations, ...options });
      const { paths, components } = describeControllers([DocumentedErrors], authorizationChecker);
      const app = await startApp({ controllers: [DocumentedErrors], authorizationChecker });
      const bearer = async (token: Promise<string>) => ({ Authorization: `Bearer ${await token}` });
      const { Cookie } = await cookiesFor(jwtManager, tokenCookies, 'ada', { roles: ['admin'] });
      const requests: [method: string, path: string, headers: Record<string, string>, status: number][] = [
        ['GET', '/documented-errors/user', {}, 401],
        ['GET', '/documented-errors/user', await bearer(expiredToken(jwtManager)), 401],
        ['GET', '/documented-errors/user', await bearer(forgedToken(jwtManager)), 401],
        ['GET', '/documented-errors/user', await bearer(revokedToken(jwtManager)), 401],
        ['POST', '/documented-errors/refresh', { Authorization: await bearerFor(jwtManager) }, 401],
        [
          'POST',
          '/documented-errors/admin',
          { Authorization: await bearerFor(jwtManager, 'ada', { roles: 'admin', stale: true }) },
          401,
        ],
        ['POST', '/documented-errors/admin', { Authorization: await bearerFor(jwtManager) }, 403],
        ['POST', '/documented-errors/admin', { Cookie }, 403],
      ];
      const validate = new Ajv().compile(components.schemas['JwtError'] ?? false);
      for (const [method, path, headers, status] of requests) {
        const answer = await request(app.url + path, { method, headers });
        const documented = paths[path]?.[method.toLowerCase()]?.responses[String(status)];
        expect(answer.status, path).to.equal(status);
        expect(documented?.content, path).to.deep.equal({
          'application/json': { schema: { $ref: '#/components/schemas/JwtError' } },
        });
        expect(validate(answer.body), JSON.stringify(answer.body)).to.equal(true);
        expect(answer.headers.get('Content-Type')).to.match(/^application\/json/);
      }
      await app.close();
      const isOwn = options.formatError !== undefined;
      expect(validate({ msg: 'x' })).to.equal(isOwn);
      expect(validate({ msg: 'x', message: 'x', code: 'ERR_OTHER' })).to.equal(isOwn);
    });
  });
}
