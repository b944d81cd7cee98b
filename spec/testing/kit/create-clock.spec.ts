import { expect } from 'chai';
import { ConfigurationError } from '../../../src';
import { bearerFor, createClock } from '../../../src/testing';
import { testManager } from '../../support/manager';

describe('createClock', () => {
  it('stands still until it is advanced', () => {
    const { clock, advance } = createClock(new Date('2030-01-01T00:00:00Z'));
    expect(clock()).to.equal(Date.UTC(2030, 0, 1));
    advance('1d');
    advance(1);
    expect(new Date(clock()).toISOString()).to.equal('2030-01-02T00:00:01.000Z');
  });

  it('starts now', () => {
    const before = Date.now();
    const { clock } = createClock();
    expect(clock()).to.be.within(before, Date.now());
    expect(clock()).to.equal(clock());
  });

  it('is the time of a manager', async () => {
    const { clock, advance } = createClock();
    const jwtManager = testManager({ clock });
    const text = (await bearerFor(jwtManager)).slice(7);
    advance('14m');
    expect((await jwtManager.verify(text)).identity).to.equal('test');
    advance('1m');
    const error: unknown = await jwtManager.verify(text).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'ERR_JWT_EXPIRED');
  });

  const wrongStarts: unknown[] = [null, 0, '2030-01-01', new Date('never'), {}];
  for (const start of wrongStarts) {
    it(`does not start at ${String(start)}`, () => {
      expect(() => createClock(start as Date)).to.throw(
        ConfigurationError,
        /^createClock: start must be a Date/,
      );
    });
  }

  const wrongDurations: unknown[] = [undefined, 0, -1, 1.5, '15', '15 minutes', NaN, null];
  for (const duration of wrongDurations) {
    it(`is not advanced by ${String(duration)}`, () => {
      const { clock, advance } = createClock(new Date(0));
      expect(() => {
        advance(duration as string);
      }).to.throw(ConfigurationError, /^advance: the duration must be/);
      expect(clock()).to.equal(0);
    });
  }
});
