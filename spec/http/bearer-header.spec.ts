import { expect } from 'chai';
import type { Context } from 'koa';
import { BearerHeader } from '../../src';
import { ConfigurationError, InvalidRequestError } from '../../src/errors';

function read(header: BearerHeader, headers: Record<string, string[]>): string | undefined {
  const rawHeaders = Object.entries(headers).flatMap(([name, values]) =>
    values.flatMap((value) => [name, value]),
  );
  return header.read({ req: { rawHeaders } } as unknown as Context);
}

describe('BearerHeader', () => {
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
