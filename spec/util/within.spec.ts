import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { expect } from 'chai';
import { TimeoutError, within } from '../../src/util/within';
import { refusalOf } from '../support/rejected';

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

  it('gives what came in time while the process was too busy to read it', async () => {
    const { port1, port2 } = new MessageChannel();
    const message = new Promise((resolve) => port2.once('message', resolve));
    // Behind this, timers come before messages.
    await nextTurn();
    const received = within(5, message);
    port1.postMessage('x');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    expect(await received).to.equal('x');
    port1.close();
  });

  it('never gives up early, not by a part of a millisecond', async () => {
    // A clock that only timers of these lengths move: what other specs have left running has timers of its own.
    const shows = new Map([
      [1.9, 6.8],
      [0.1, 6.9],
    ]);
    let time = 5;
    const waited: number[] = [];
    const { setTimeout: timer } = globalThis;
    const real = performance.now.bind(performance);
    performance.now = () => time;
    globalThis.setTimeout = Object.assign((run: () => void, delay = 0) => {
      const length = Math.round(delay * 10) / 10;
      const end = shows.get(length);
      if (end === undefined) return timer(run, delay);
      waited.push(length);
      return timer(() => {
        time = end;
        run();
      }, delay);
    }, timer);
    try {
      await refusalOf(within(1.9, new Promise(() => undefined)), TimeoutError);
    } finally {
      globalThis.setTimeout = timer;
      performance.now = real;
    }
    expect(waited).to.deep.equal([1.9, 0.1]);
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
