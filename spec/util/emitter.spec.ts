import { expect } from 'chai';
import { ConfigurationError } from '../../src/errors/errors';
import { Emitter } from '../../src/util/emitter';

interface Events {
  a: number;
  b: string;
}

describe('an emitter', () => {
  it('tells each listener of an event, in order, and nobody else', () => {
    const emitter = new Emitter<Events>('spec', ['a', 'b']);
    const heard: unknown[] = [];
    emitter.on('a', (event) => heard.push(['first', event]));
    emitter.on('a', (event) => heard.push(['second', event]));
    emitter.on('b', (event) => heard.push(event));
    emitter.emit('a', 1);
    expect(heard).to.deep.equal([
      ['first', 1],
      ['second', 1],
    ]);
  });

  it('tells a listener from the next event on that was added by a listener', () => {
    const emitter = new Emitter<Events>('spec', ['a', 'b']);
    let heard = 0;
    emitter.on('a', () => {
      emitter.on('a', () => heard++);
    });
    emitter.emit('a', 1);
    expect(heard).to.equal(0);
    emitter.emit('a', 1);
    expect(heard).to.equal(1);
  });

  it('goes on when a listener fails, warns of it, and says nothing of what it threw', async () => {
    const emitter = new Emitter<Events>('spec', ['a', 'b']);
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    const heard: number[] = [];
    const secret = new Error('a token');
    emitter.on('a', () => {
      throw secret;
    });
    emitter.on('a', async () => Promise.reject(secret));
    emitter.on('a', () => ({
      then: () => {
        throw secret;
      },
    }));
    emitter.on('a', (event) => heard.push(event));
    process.on('warning', note);
    emitter.emit('a', 1);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(heard).to.deep.equal([1]);
    expect(warnings).to.have.length(3);
    for (const { name, message } of warnings) {
      expect(name).to.equal('JwtListenerWarning');
      expect(message).not.to.include('a token');
    }
  });

  it('calls a listener no more that was taken back, once for each time that it was added', () => {
    const emitter = new Emitter<Events>('spec', ['a', 'b']);
    const heard: unknown[] = [];
    const listener = (event: unknown) => heard.push(event);
    emitter.off('a', listener);
    for (let time = 0; time < 2; time++) emitter.on('a', listener);
    emitter.off('b', listener);
    emitter.off('a', () => undefined);
    for (const event of [1, 2, 3]) {
      emitter.emit('a', event);
      emitter.off('a', listener);
    }
    expect(heard).to.deep.equal([1, 1, 2]);
    const off = () => {
      emitter.off('c' as 'a', listener);
    };
    expect(off).to.throw(ConfigurationError, "there is no event 'c'; there are: a, b");
  });

  it('has no events but its own, and takes nothing but functions', () => {
    const emitter = new Emitter<Events>('spec', ['a', 'b']);
    const on = (name: unknown, listener: unknown) => () => {
      emitter.on(name as 'a', listener as () => void);
    };
    for (const name of ['c', '', 'toString', undefined, Symbol('a')])
      expect(on(name, () => 1)).to.throw(
        ConfigurationError,
        `there is no event '${String(name)}'; there are: a, b`,
      );
    for (const listener of [undefined, null, 1, {}, 'a'])
      expect(on('a', listener)).to.throw(ConfigurationError, "the listener of 'a' must be a function");
  });
});
