import { inspect, types } from 'node:util';
import { expect } from 'chai';
import {
  ConfigurationError,
  CsrfError,
  originalOf,
  TokenInvalidError,
  withReason,
  type JwtError,
  isReported,
  markReported,
  reasonFor,
} from '../../src/errors/errors';
import { copyForResponse, copyOf, frozenCopyOf } from '../../src/errors/copies';

describe('a copy of an error', () => {
  const response = { headers: { 'X-Own': 'a' }, body: { own: 'a' } };

  it('is a native error of the same class, without a stack where the error has none', () => {
    const copy = copyForResponse(new TokenInvalidError(), response);
    expect(copy).to.be.instanceOf(TokenInvalidError).and.not.have.property('stack');
    expect(types.isNativeError(copy)).to.equal(true);
    expect(inspect(copy)).to.include('TokenInvalidError: Token is invalid');
    const misuse = new ConfigurationError('do this');
    expect(copyOf(misuse).stack).to.equal(misuse.stack);
  });

  it('has the headers and the body of its response, and the error keeps its own', () => {
    const error = new TokenInvalidError();
    const copy = copyForResponse(error, response);
    expect(copy.headers).to.deep.equal(response.headers);
    expect(copy.headers).not.to.equal(response.headers);
    expect(copy.toJSON()).to.equal(response.body);
    expect(Object.keys(copy)).to.have.members(Object.keys(error));
    expect(error.toJSON()).to.deep.equal({ msg: 'Token is invalid', code: 'ERR_JWT_INVALID' });
  });

  it('hides the headers and the body of its response where those of the error can be seen', () => {
    const error = Object.assign(new CsrfError(), { toJSON: () => ({ own: 'b' }) });
    Object.defineProperty(error, 'headers', { value: { 'X-Own': 'b' }, enumerable: true });
    const copy = copyForResponse(error, response);
    expect(copy.toJSON()).to.equal(response.body);
    expect(copy.headers).to.deep.equal(response.headers);
    expect(Object.keys(copy)).to.have.members(Object.keys(new CsrfError()));
  });

  it('has nothing of the response of another copy', () => {
    const error = new TokenInvalidError();
    const copy = copyOf(copyForResponse(error, response));
    expect(copy.toJSON()).to.deep.equal(error.toJSON());
    expect(copy.headers).to.deep.equal(error.headers);
    expect(originalOf(copy)).to.equal(error);
  });

  const members: [name: string, change: (error: JwtError) => unknown][] = [
    ['frozen', (error) => Object.freeze(error)],
    ['sealed', (error) => Object.seal(error)],
    ['an accessor', (error) => Object.defineProperty(error, 'extra', { get: () => 'own', enumerable: true })],
  ];
  for (const [name, change] of members) {
    it(`can be written to when the error is or has: ${name}`, () => {
      const error = new CsrfError();
      change(error);
      const copy = copyOf(error);
      Object.defineProperty(copy, 'extra', { value: 'new' });
      expect(Object.assign(copy, { status: 409, headerSent: true })).to.include({
        status: 409,
        extra: 'new',
      });
      expect(error.status).to.equal(403);
    });
  }

  for (const [name, derive] of Object.entries({
    'another one': (error: JwtError) => Object.create(error) as JwtError,
    'another one of a frozen one': (error: JwtError) => Object.create(Object.freeze(error)) as JwtError,
    'another one of another one': (error: JwtError) =>
      Object.create(Object.create(error) as object) as JwtError,
  }))
    it(`has its members where the error has ${name} for its prototype`, () => {
      const error = new CsrfError();
      const derived = Object.defineProperty(derive(error), 'message', { value: 'own' });
      const copy = copyOf(derived);
      expect(copy).to.be.instanceOf(CsrfError);
      expect(Object.getPrototypeOf(copy)).to.equal(CsrfError.prototype);
      expect(copy).to.include({ message: 'own', code: 'ERR_JWT_CSRF', status: 403, name: 'CsrfError' });
      // Koa writes to it.
      expect(Object.assign(copy, { status: 500, headerSent: true })).to.include({ status: 500 });
      expect([error.status, error.message]).to.deep.equal([403, 'CSRF check failed']);
    });

  it('for listeners is frozen, with its headers and its challenge', () => {
    for (const error of [new TokenInvalidError(), new CsrfError()]) {
      const copy = frozenCopyOf(error);
      expect(copy).to.be.frozen;
      expect(copy.headers).to.be.frozen.and.deep.equal(error.headers);
      expect(copy.challenge).to.deep.equal(error.challenge);
      expect(Object.isFrozen(copy.challenge)).to.equal(true);
      expect(error).not.to.be.frozen;
      expect(error.challenge === undefined || !Object.isFrozen(error.challenge)).to.equal(true);
    }
  });

  it('of one without notes reads them without writing any', () => {
    const derived = Object.freeze(Object.create(new CsrfError()) as CsrfError);
    expect([originalOf(derived), reasonFor(derived), isReported(derived)]).to.deep.equal([
      derived,
      { reason: 'CSRF check failed' },
      false,
    ]);
    const copy = copyOf(derived);
    expect([originalOf(copy), reasonFor(copy)]).to.deep.equal([derived, reasonFor(derived)]);
  });

  it('of one that is derived has what was noted on it alone', () => {
    const error = new CsrfError();
    const derived = markReported(withReason(Object.create(error) as CsrfError, 'own'));
    const copy = copyOf(derived);
    expect([isReported(copy), reasonFor(copy)]).to.deep.equal([true, { reason: 'own' }]);
    expect([isReported(error), reasonFor(error)]).to.deep.equal([false, { reason: 'CSRF check failed' }]);
  });
});
