import { expect } from 'chai';
import { ConfigurationError } from '../../src/errors/errors';
import { systemClock, unixSeconds, unixTime } from '../../src/util/clock';

describe('the clock', () => {
  it('is the time of the system', () => {
    const { now } = Date;
    Date.now = () => 1_767_225_600_999;
    try {
      expect(systemClock()).to.equal(1_767_225_600_999);
    } finally {
      Date.now = now;
    }
  });

  it('gives seconds, with fractions or whole ones', () => {
    expect(unixTime(() => 1_767_225_600_999)).to.equal(1_767_225_600.999);
    expect(unixSeconds(() => 1_767_225_600_999)).to.equal(1_767_225_600);
    expect(unixSeconds(() => 0)).to.equal(0);
    expect(unixSeconds(() => -1)).to.equal(-1);
  });

  it('is refused when it gives none', () => {
    for (const time of [NaN, Infinity, undefined, null, '0', new Date(0), {}])
      for (const read of [unixTime, unixSeconds])
        expect(() => read(() => time as number)).to.throw(
          ConfigurationError,
          /^clock must return Unix milliseconds/,
        );
  });
});
