import { expect } from 'chai';
import fc from 'fast-check';
import { parseStrictObject } from '../../src/token/strict-json';
import { encode } from '../support/forge';
import { isFull } from '../support/full';
import { styles, textOf, withNameTwice, writtenObject, type Written } from '../support/json-text';

const runs = isFull ? 2_000 : 200;
const stringify = (value: unknown) => JSON.stringify(value);

describe('JSON of a token', () => {
  it('is read as JSON.parse reads it, while no name stands twice', () => {
    fc.assert(
      fc.property(writtenObject, styles, (written, style) => {
        const text = textOf(written, style);
        expect(stringify(parseStrictObject(encode(text)))).to.equal(stringify(JSON.parse(text)));
      }),
      { numRuns: runs },
    );
  });

  it('is refused as soon as a name stands twice, at any depth, however it is written', () => {
    const values: Written[] = [
      { kind: 'value', text: 'null' },
      { kind: 'list', items: [] },
      { kind: 'object', members: [['x', { kind: 'value', text: '1' }]] },
    ];
    let refused = 0;
    fc.assert(
      fc.property(
        writtenObject,
        styles,
        fc.nat(),
        fc.constantFrom(...values),
        (written, style, at, value) => {
          const twice = withNameTwice(written, at, value);
          fc.pre(twice !== undefined);
          const text = textOf(twice, style);
          JSON.parse(text);
          expect(parseStrictObject(encode(text))).to.equal(undefined);
          refused++;
        },
      ),
      { numRuns: runs },
    );
    expect(refused).to.be.at.least(runs);
  });

  it('is refused where JSON.parse refuses it, and where it is no object', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const parsed = parsedOrUndefined(text);
        const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
        const strict = parseStrictObject(encode(Buffer.from(text)));
        if (!isObject) expect(strict).to.equal(undefined);
      }),
      { numRuns: runs },
    );
  });

  it('is never read from bytes that are no UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 8 }), (bytes) => {
        fc.pre(!Buffer.from(Buffer.from(bytes).toString()).equals(bytes));
        const text = Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')]);
        expect(parseStrictObject(encode(text))).to.equal(undefined);
      }),
      { numRuns: runs },
    );
  });

  it('inherits nothing, and keeps what is called __proto__ as a member', () => {
    const parsed = parseStrictObject(encode('{"__proto__":{"admin":true},"a":1}'));
    expect(Object.getPrototypeOf(parsed)).to.equal(null);
    expect(Object.keys(parsed ?? {})).to.deep.equal(['__proto__', 'a']);
    expect((parsed as { admin?: unknown }).admin).to.equal(undefined);
  });
});

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
