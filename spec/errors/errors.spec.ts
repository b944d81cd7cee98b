import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { HttpError } from 'routing-controllers';
import * as library from '../../src';
import { JwtError } from '../../src/errors/errors';
import { shortList } from '../support/full';

const invalidToken = (text: string) =>
  `Bearer realm="api", error="invalid_token", error_description="${text}"`;

describe('errors', () => {
  const cases: [JwtError, string, number, string, string | undefined][] = [
    [new library.TokenMissingError(), 'ERR_JWT_MISSING', 401, 'Missing token', 'Bearer realm="api"'],
    [
      new library.InvalidRequestError(),
      'ERR_JWT_REQUEST',
      400,
      'Malformed authorization',
      'Bearer realm="api", error="invalid_request", error_description="Malformed authorization"',
    ],
    [
      new library.TokenInvalidError(),
      'ERR_JWT_INVALID',
      401,
      'Token is invalid',
      invalidToken('Token is invalid'),
    ],
    [
      new library.TokenExpiredError(),
      'ERR_JWT_EXPIRED',
      401,
      'Token has expired',
      invalidToken('Token has expired'),
    ],
    [
      new library.WrongTokenTypeError('access'),
      'ERR_JWT_TYPE',
      401,
      'Only access tokens are allowed',
      invalidToken('Only access tokens are allowed'),
    ],
    [
      new library.TokenRevokedError(),
      'ERR_JWT_REVOKED',
      401,
      'Token has been revoked',
      invalidToken('Token has been revoked'),
    ],
    [
      new library.RefreshReusedError(),
      'ERR_JWT_REFRESH_REUSED',
      401,
      'Refresh token has been used before',
      invalidToken('Refresh token has been used before'),
    ],
    [
      new library.FreshTokenRequiredError(300),
      'ERR_JWT_NOT_FRESH',
      401,
      'Fresh token required',
      'Bearer realm="api", error="insufficient_user_authentication", error_description="Fresh token required", max_age="300"',
    ],
    [
      new library.PermissionDeniedError('a b'),
      'ERR_JWT_DENIED',
      403,
      'Permission denied',
      'Bearer realm="api", error="insufficient_scope", error_description="Permission denied", scope="a b"',
    ],
    [new library.CsrfError(), 'ERR_JWT_CSRF', 403, 'CSRF check failed', undefined],
    [new library.StoreUnavailableError(), 'ERR_JWT_STORE', 503, 'Token store is unavailable', undefined],
    [new library.IssuerUnavailableError(), 'ERR_JWT_ISSUER', 503, 'Token issuer is unavailable', undefined],
    [new library.HookFailedError(), 'ERR_JWT_HOOK', 503, 'Authentication is unavailable', undefined],
  ];

  for (const [error, code, status, msg, challenge] of cases) {
    it(`${error.name} is ${String(status)} ${code}`, () => {
      expect(error).to.be.instanceOf(JwtError).and.instanceOf(HttpError).and.instanceOf(Error);
      expect(error).to.include({ code, status, httpCode: status, message: msg, expose: status < 500 });
      expect(error.toJSON()).to.deep.equal({ msg, code });
      expect(error.headers['WWW-Authenticate']).to.equal(challenge);
      expect(error.headers['Cache-Control']).to.equal('no-store');
      expect(error.headers['Retry-After']).to.equal(status === 503 ? '1' : undefined);
      expect(error.name).to.equal(error.constructor.name);
      expect(String(error)).to.equal(`${error.name}: ${msg}`);
    });

    it(`${error.name} has no stack, hides its headers and lets Koa write to it`, () => {
      expect(error.stack).to.equal(undefined);
      expect(Object.keys(error)).to.not.include.members(['headers', 'challenge', 'body', 'stack', 'name']);
      for (const key of ['status', 'expose', 'headers', 'message', 'headerSent']) {
        expect(Reflect.set(error, key, Reflect.get(error, key)), key).to.equal(true);
      }
    });
  }

  it('of a wrong use have a stack, and tell a client nothing', () => {
    const error = new library.ConfigurationError('do this and that');
    expect(error).to.be.instanceOf(JwtError).and.include({ status: 500, expose: false });
    expect(error.stack).to.include('errors.spec');
    expect(error.toJSON()).to.deep.equal({
      msg: 'Server configuration error',
      code: 'ERR_JWT_CONFIGURATION',
    });
  });

  it('leave the depth of other stacks as it was', () => {
    const limit = Error.stackTraceLimit;
    expect(new library.TokenInvalidError().stack).to.equal(undefined);
    expect(Error.stackTraceLimit).to.equal(limit);
  });

  const limits: [name: string, descriptor: PropertyDescriptor][] = [
    ['read-only', { value: 10, writable: false }],
    ['absent', { value: undefined, writable: true }],
    ['an accessor without a setter', { get: () => 10 }],
  ];
  for (const [name, descriptor] of limits) {
    it(`are created where Error.stackTraceLimit is ${name}`, () => {
      const usual = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor;
      Object.defineProperty(Error, 'stackTraceLimit', { ...descriptor, configurable: true });
      try {
        const error = new library.TokenInvalidError();
        expect(error).to.be.instanceOf(JwtError).and.include({ status: 401 }).and.not.have.property('stack');
        expect(new library.ConfigurationError('x').toJSON()).to.include({ code: 'ERR_JWT_CONFIGURATION' });
      } finally {
        Object.defineProperty(Error, 'stackTraceLimit', usual);
      }
    });
  }

  const hardened: [name: string, flags: string[], script: string][] = [
    ['a frozen Error', [], 'Object.freeze(Error); Object.freeze(Error.prototype);'],
    ['a read-only limit', [], "Object.defineProperty(Error, 'stackTraceLimit', { writable: false });"],
    ['--stack-trace-limit=0', ['--stack-trace-limit=0'], ''],
    ['--throw-deprecation', ['--throw-deprecation'], ''],
  ];
  for (const [name, flags, script] of shortList(hardened, 1)) {
    it(`are 401 and 503, not 500, in a process with ${name}`, function () {
      this.timeout(120_000);
      const app = join(__dirname, '../support/hardened-app.js');
      const run = spawnSync(process.execPath, [...flags, app, script], { encoding: 'utf8' });
      expect(run.stderr.replace(/^.*JwtRejectionWarning.*$|^.*--trace-warnings.*$/gm, '').trim()).to.equal(
        '',
      );
      expect(JSON.parse(run.stdout)).to.deep.equal([401, 401, 503, 500]);
    });
  }
});
