import { expect } from 'chai';
import { TimeoutError, within } from '../../src/util/within';
import { refusalOf } from '../support/rejected';
import { delaysDuring } from '../support/timers';

describe('waiting within a time', () => {
  it('gives what is there, and what comes in time', async () => {
    expect(await within(1_000, 'x')).to.equal('x');
    expect(await within(1_000, Promise.resolve('x'))).to.equal('x');
    const thenable = { then: (resolve: (value: string) => void) => setImmediate(resolve, 'x') };
    expect(await within(1_000, thenable as unknown as Promise<string>)).to.equal('x');
  });

  it('throws what was thrown in time', async () => {
    const thrown = new Error('x');
    const caught = await within(1_000, Promise.reject(thrown)).catch((error: unknown) => error);
    expect(caught).to.equal(thrown);
  });

  it('throws when nothing comes, and lets what comes later go', async () => {
    let reject: (reason: unknown) => void = () => undefined;
    const late = new Promise((_, no) => {
      reject = no;
    });
    const caught = await within(1, late).catch((error: unknown) => error);
    expect(caught).to.be.instanceOf(TimeoutError);
    expect(String(caught)).to.equal('TimeoutError: no result within 1 ms');
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    reject(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).to.deep.equal([]);
  });

  it('never gives up early, not by a part of a millisecond', async () => {
    // A clock that stands still for as long as the timer takes.
    const real = performance.now.bind(performance);
    const times = [5, 6.8, 6.9];
    performance.now = () => times.shift() ?? real();
    const delays = await delaysDuring(() =>
      refusalOf(within(1.9, new Promise(() => undefined)), TimeoutError),
    ).finally(() => (performance.now = real));
    expect(delays.map((delay) => Math.round(delay * 10) / 10)).to.deep.equal([1.9, 0.1]);
    expect(times).to.deep.equal([]);
  });

  it('leaves no timer behind', async () => {
    // Mocha starts its own timer once it has this promise.
    await new Promise((resolve) => setImmediate(resolve));
    const before = timers();
    await within(60_000, 'x');
    await within(60_000, Promise.reject(new Error('x'))).catch(() => undefined);
    expect(timers()).to.equal(before);
  });

  function timers(): number {
    return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  }
});
