import { expect } from 'chai';
import { isPlainObject, isShallow } from '../../src/util/json';

describe('shallow JSON', () => {
  const nested = (depth: number): unknown => {
    let json: unknown = 1;
    for (let level = 0; level < depth; level++) json = level % 2 === 0 ? [json] : { json };
    return json;
  };

  it('is nested 32 deep at most', () => {
    for (const [depth, isTaken] of [
      [0, true],
      [1, true],
      [31, true],
      [32, true],
      [33, false],
      [34, false],
      [100_000, false],
    ] as const)
      expect(isShallow(nested(depth)), String(depth)).to.equal(isTaken);
  });

  it('is as deep as its deepest member', () => {
    expect(isShallow([1, {}, nested(31), 2])).to.equal(true);
    expect(isShallow([1, {}, nested(32), 2])).to.equal(false);
    expect(isShallow(null)).to.equal(true);
  });
});

describe('an object as JSON has it', () => {
  it('is no list and no null', () => {
    for (const [value, isTaken] of [
      [{}, true],
      [Object.create(null), true],
      [[], false],
      [null, false],
      ['text', false],
      [undefined, false],
    ] as const)
      expect(isPlainObject(value)).to.equal(isTaken);
  });
});
