import { expect } from 'chai';
import { immutable } from '../../src/util/immutable';

class Moment extends Date {
  isPast(): boolean {
    return this.getTime() < 1;
  }
}

const bytes = (): Uint8Array => new Uint8Array([1, 2]);

/** What cannot be frozen: how to make it, how to change it, and what it says. */
const kinds: [string, () => object, (value: never) => unknown, (value: never) => unknown][] = [
  ['Date', () => new Date(0), (date: Date) => date.setTime(1), Number],
  [
    'subclass of Date',
    () => new Moment(0),
    (date: Moment) => date.setTime(1),
    (date: Moment) => date.isPast(),
  ],
  ['invalid Date', () => new Date(NaN), (date: Date) => date.setTime(1), String],
  [
    'Map',
    () => new Map([['a', 1]]),
    (map: Map<string, number>) => map.set('a', 2),
    (map: Map<string, number>) => [...map],
  ],
  ['Set', () => new Set(['a']), (set: Set<string>) => set.add('b'), (set: Set<string>) => [...set]],
  ['Uint8Array', bytes, (view: Uint8Array) => (view[0] = 9), String],
  [
    'Buffer',
    () => Buffer.from([1, 2]),
    (view: Buffer) => view.fill(9),
    (view: Buffer) => view.toString('hex'),
  ],
  [
    'DataView',
    () => new DataView(bytes().buffer),
    (view: DataView) => {
      view.setInt8(0, 9);
    },
    (view: DataView) => view.getInt8(0),
  ],
  [
    'ArrayBuffer',
    () => bytes().buffer,
    (buffer: ArrayBuffer) => new Uint8Array(buffer).fill(9),
    (buffer: ArrayBuffer) => String(new Uint8Array(buffer)),
  ],
  ['URL', () => new URL('http://a.test/'), (url: URL) => (url.host = 'b.test'), String],
  [
    'URLSearchParams',
    () => new URLSearchParams('a=1'),
    (query: URLSearchParams) => {
      query.set('a', '2');
    },
    String,
  ],
];

describe('an immutable value', () => {
  it('is frozen at every depth, lists and instances included', () => {
    const inner = { list: [{ deep: 1 }] };
    const value = immutable({
      inner,
      own: new (class Own {
        member = { a: 1 };
      })(),
      text: 'x',
      none: null,
    });
    for (const part of [value, inner, inner.list, inner.list[0], value.own, value.own.member])
      expect(part).to.be.frozen;
    expect(value).to.deep.equal({ inner: { list: [{ deep: 1 }] }, own: value.own, text: 'x', none: null });
  });

  it('may refer to itself', () => {
    const value: { self?: object } = {};
    value.self = value;
    expect(immutable(value).self).to.equal(value).and.be.frozen;
  });

  it('keeps getters and what was frozen before', () => {
    const frozen = Object.freeze({ inner: { a: 1 } });
    const value = immutable({
      get later() {
        throw new Error('not now');
      },
      frozen,
    });
    expect(value.frozen).to.equal(frozen);
    expect(frozen.inner).to.be.frozen;
  });

  for (const [name, make, change, read] of kinds) {
    const before = read(make() as never);
    for (const [place, wrap, find] of [
      ['as a member', (it: object) => ({ it }), (value: { it: object }) => value.it],
      ['in a list', (it: object) => [it], (value: object[]) => value[0]],
      ['in an object', (it: object) => ({ a: { it } }), (value: { a: { it: object } }) => value.a.it],
      [
        'in a Map',
        (it: object) => ({ a: new Map([['it', it]]) }),
        (value: { a: Map<string, object> }) => value.a.get('it'),
      ],
      ['in a Set', (it: object) => ({ a: new Set([it]) }), (value: { a: Set<object> }) => [...value.a][0]],
    ] as [string, (it: object) => object, (value: never) => object][]) {
      it(`does not change through a ${name} ${place}`, () => {
        const original = make();
        const value = immutable(wrap(original));
        change(original as never);
        change(find(value as never) as never);
        expect(read(find(value as never) as never)).to.deep.equal(before);
        expect(Object.getPrototypeOf(find(value as never))).to.equal(Object.getPrototypeOf(original));
      });
    }
  }

  it('freezes objects in a Map or a Set', () => {
    const member = { a: 1 };
    const value = immutable({ map: new Map([[member, member]]), set: new Set<unknown>([member, 'text']) });
    expect([...value.map.keys()][0]).to.equal(member).and.be.frozen;
    expect(value.set.has(member) && value.set.has('text')).to.equal(true);
  });

  it('is written as JSON and copied like the original', () => {
    const value = immutable({ born: new Date(0), list: [new Date(1)] });
    expect(JSON.stringify(value)).to.equal(
      '{"born":"1970-01-01T00:00:00.000Z","list":["1970-01-01T00:00:00.001Z"]}',
    );
    expect({ ...value }).to.deep.equal({ born: new Date(0), list: [new Date(1)] });
    expect(structuredClone(value)).to.deep.equal({ born: new Date(0), list: [new Date(1)] });
  });
});
