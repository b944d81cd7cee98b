import { createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import type { Key } from '../../src/keys/key';
import { readHeader, tokenTypeOf } from '../../src/token/header';
import { encode } from '../support/forge';

const secret = createSecretKey(Buffer.alloc(32, 1));
const key: Key = { kid: 'a', algorithm: 'HS256', verifyingKey: secret, signingKey: secret };

function read(header: object): unknown {
  return readHeader(
    encode(header),
    (kid) => (kid === 'a' || kid === undefined ? key : undefined),
    tokenTypeOf,
  );
}

describe('the header of a token', () => {
  const good = { alg: 'HS256', typ: 'at+jwt', kid: 'a' };

  it('names the key and the type', () => {
    expect(read(good)).to.deep.equal({ key, kid: 'a', type: 'access' });
    expect(read({ ...good, typ: 'application/RT+jwt', kid: undefined })).to.deep.equal({
      key,
      kid: undefined,
      type: 'refresh',
    });
  });

  it('is refused for the first thing that is wrong: form, criticality, key, algorithm, type', () => {
    const wrong = { crit: [], kid: 'b', alg: 'none', typ: 'JWT' };
    expect(read({ ...wrong, x: '\ud800' })).to.equal('format');
    expect(read(wrong)).to.equal('crit');
    expect(read({ ...wrong, crit: undefined })).to.equal('kid');
    expect(read({ ...wrong, crit: undefined, kid: 1 })).to.equal('kid');
    expect(read({ ...wrong, crit: undefined, kid: 'a' })).to.equal('alg');
    expect(read({ ...good, typ: 'JWT' })).to.equal('typ');
  });

  it('is read by whoever asks for another type', () => {
    const isJwt = (typ: unknown) => (typ === 'JWT' ? 0 : undefined);
    expect(readHeader(encode({ ...good, typ: 'JWT' }), () => key, isJwt)).to.deep.equal({
      key,
      kid: 'a',
      type: 0,
    });
    expect(readHeader(encode(good), () => key, isJwt)).to.equal('typ');
  });
});
