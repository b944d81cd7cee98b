import { createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import type { Key } from '../../src/keys/key';
import { HeaderReader, tokenTypeOf } from '../../src/token/header';
import { encode } from '../support/forge';

const secret = createSecretKey(Buffer.alloc(32, 1));
const key: Key = { kid: 'a', algorithm: 'HS256', verifyingKey: secret, signingKey: secret };

function read(header: object): unknown {
  const find = (kid: string | undefined) => (kid === 'a' || kid === undefined ? key : undefined);
  return new HeaderReader(find, tokenTypeOf).read(encode(header));
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
    const reader = new HeaderReader(() => key, isJwt);
    expect(reader.read(encode({ ...good, typ: 'JWT' }))).to.deep.equal({ key, kid: 'a', type: 0 });
    expect(reader.read(encode(good))).to.equal('typ');
  });
});

describe('a header text that is known', () => {
  const header = encode({ alg: 'HS256', typ: 'at+jwt', kid: 'a' });

  function reading(find: () => Key | undefined) {
    let times = 0;
    const reader = new HeaderReader(find, (typ) => (times++, tokenTypeOf(typ)));
    const remembered = (text: string) => {
      const read = reader.read(text);
      if (typeof read === 'object') reader.remember(text, read);
      return read;
    };
    return { reader, remembered, times: () => times };
  }

  it('is read once', () => {
    const { remembered, times } = reading(() => key);
    const first = remembered(header);
    expect(first).to.deep.equal({ key, kid: 'a', type: 'access' });
    expect(remembered(header)).to.equal(first);
    expect(remembered(header)).to.equal(first);
    expect(times()).to.equal(1);
  });

  it('is not known before the signature of its token was valid', () => {
    const { reader, times } = reading(() => key);
    reader.read(header);
    reader.read(header);
    expect(times()).to.equal(2);
  });

  it('is rejected once its key is retired, and read again with another key of that name', () => {
    let found: Key | undefined = key;
    const { remembered } = reading(() => found);
    remembered(header);
    found = undefined;
    expect(remembered(header)).to.equal('kid');
    found = { ...key, algorithm: 'HS512' };
    expect(remembered(header)).to.equal('alg');
    const next: Key = { ...key };
    found = next;
    expect(remembered(header)).to.have.property('key', next);
    expect(remembered(header)).to.have.property('key', next);
  });

  it('is forgotten when there are too many, which takes a header for each token', () => {
    const { remembered, times } = reading(() => key);
    remembered(header);
    for (let n = 0; n < 63; n++) remembered(encode({ alg: 'HS256', typ: 'at+jwt', kid: 'a', n }));
    remembered(header);
    expect(times()).to.equal(64);
    remembered(encode({ alg: 'HS256', typ: 'at+jwt', kid: 'a', n: 63 }));
    remembered(header);
    expect(times()).to.equal(66);
  });
});
