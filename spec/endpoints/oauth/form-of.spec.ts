import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import type { HttpRequest } from '../../../src';
import { formOf } from '../../../src/endpoints/oauth/form-of';

const form = 'application/x-www-form-urlencoded';

function requestWith(members: object): HttpRequest {
  return { headers: { 'content-type': form }, ...members } as HttpRequest;
}

describe('The form of a request', () => {
  it('is what a parser has made of it, if that is a form', async () => {
    const req = { readableEnded: true };
    expect(await formOf(requestWith({ req, body: { token: 'a' } }))).to.deep.equal(new Map([['token', 'a']]));
    for (const body of ['token=a', undefined, { token: ['a', 'b'] }, { token: { a: 'b' } }])
      expect(await formOf(requestWith({ req, body }))).to.equal(undefined);
  });

  it('is read where all of it has arrived and nobody has read it, whatever a parser of other types left', async () => {
    const req = new PassThrough();
    req.end('token=a%20b&token_type_hint=x');
    Object.assign(req, { complete: true });
    const expected = new Map([
      ['token', 'a b'],
      ['token_type_hint', 'x'],
    ]);
    expect(await formOf(requestWith({ req, body: {} }))).to.deep.equal(expected);
  });

  it('is none without its type', async () => {
    expect(await formOf(requestWith({ headers: {}, req: { readableEnded: true }, body: {} }))).to.equal(
      undefined,
    );
  });
});
