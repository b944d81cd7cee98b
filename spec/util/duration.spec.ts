import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError } from '../../src/errors/errors';
import { durationInSeconds, maximumDuration } from '../../src/util/duration';

const units = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const unit = fc.constantFrom<keyof typeof units>('s', 'm', 'h', 'd');

describe('a duration', () => {
  it('is an amount times its unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), unit, (amount, name) => {
        const seconds = amount * units[name];
        fc.pre(seconds <= maximumDuration);
        expect(durationInSeconds(`${String(amount)}${name}`, 'x')).to.equal(seconds);
        expect(durationInSeconds(seconds, 'x')).to.equal(seconds);
      }),
    );
  });

  it('is taken with leading zeros, up to nine digits', () => {
    expect(durationInSeconds('000000060s', 'x')).to.equal(60);
    expect(() => durationInSeconds('0000000060s', 'x')).to.throw(ConfigurationError);
  });

  it('is nothing else that is text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0159smhd -.+e'.split('')) })),
        (text) => {
          fc.pre(!/^\d{1,9}[smhd]$/.test(text));
          expect(() => durationInSeconds(text, 'x')).to.throw(
            ConfigurationError,
            /^x must be a whole number/,
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is no number that is not whole, and no other value', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.anything()), (value) => {
        fc.pre(typeof value !== 'string' && !(typeof value === 'number' && Number.isInteger(value)));
        expect(() => durationInSeconds(value, 'x')).to.throw(ConfigurationError, /^x must be a whole number/);
      }),
    );
  });

  it('stays within its bounds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (minimum, maximum, seconds) => {
        const attempt = () => durationInSeconds(seconds, 'x', { minimum, maximum });
        if (seconds >= minimum && seconds <= maximum) expect(attempt()).to.equal(seconds);
        else expect(attempt).to.throw(ConfigurationError, /^x must be between/);
      }),
    );
  });

  it('can need its unit if it is long', () => {
    const bounds = { longestNumber: 86_400 };
    expect(durationInSeconds(86_400, 'x', bounds)).to.equal(86_400);
    expect(durationInSeconds('30d', 'x', bounds)).to.equal(30 * 86_400);
    expect(() => durationInSeconds(86_401, 'x', bounds)).to.throw(
      ConfigurationError,
      "x is a number of seconds, at most 86400. Is it in milliseconds? For more, write the unit, such as '30d'",
    );
  });

  it('is between a second and ten years where nothing else is said', () => {
    for (const seconds of [1, maximumDuration]) expect(durationInSeconds(seconds, 'x')).to.equal(seconds);
    for (const seconds of [0, -1, maximumDuration + 1])
      expect(() => durationInSeconds(seconds, 'x')).to.throw(/^x must be between 1 and 315360000 seconds$/);
    expect(() => durationInSeconds('0s', 'x')).to.throw(/^x must be between/);
    expect(durationInSeconds('0s', 'x', { minimum: 0 })).to.equal(0);
  });
});
