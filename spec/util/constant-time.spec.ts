import { expect } from 'chai';
import fc from 'fast-check';
import { equalInConstantTime } from '../../src/util/constant-time';

describe('the comparison in constant time', () => {
  it('says what === says, and never throws', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('x'.repeat(100_000)));
    fc.assert(fc.property(text, text, (one, other) => equalInConstantTime(one, other) === (one === other)));
    fc.assert(fc.property(text, (one) => equalInConstantTime(one, one)));
  });

  for (const [one, other] of [
    ['', ''],
    ['a', 'a'],
    ['', 'a'],
    ['a', 'ab'],
    ['ab', 'a'],
    ['a', 'A'],
    ['a\0', 'a'],
    ['é', 'e\u0301'],
  ] as const) {
    it(`tells ${JSON.stringify(one)} from ${JSON.stringify(other)} as far as they differ`, () => {
      expect(equalInConstantTime(one, other)).to.equal(one === other);
    });
  }
});
