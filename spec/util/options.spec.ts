import { expect } from 'chai';
import { ConfigurationError } from '../../src/errors/errors';
import { nameList } from '../../src/util/name-list';
import { frozenCopy, readOptions } from '../../src/util/options';
import { withPolluted } from '../support/polluted';

interface Sample {
  readonly a?: unknown;
  readonly b?: unknown;
}

describe('reading options', () => {
  it('returns what an object has', () => {
    for (const options of [{}, { a: 1 }, { a: undefined, b: null }, Object.create(null) as object])
      expect({ ...readOptions('It', options, ['a', 'b']) }).to.deep.equal({ ...options });
  });

  it('returns a frozen copy that inherits nothing', () => {
    const options: { a: number } = { a: 1 };
    const own = readOptions('It', options, ['a']);
    options.a = 2;
    expect(own.a).to.equal(1);
    expect(own).to.be.frozen;
    expect(Object.getPrototypeOf(own)).to.equal(null);
  });

  it('copies and freezes lists, and keeps their members', () => {
    const member = {};
    const list = [member];
    const own = readOptions('It', { a: list }, ['a']);
    list.push({});
    expect(own.a).to.deep.equal([member]).and.be.frozen;
    expect(own.a[0]).to.equal(member).and.not.be.frozen;
  });

  it('reads a getter once', () => {
    let reads = 0;
    const options = {
      get a() {
        return ++reads;
      },
    };
    const own = readOptions('It', options, ['a']);
    expect([own.a, own.a, reads]).to.deep.equal([1, 1, 1]);
  });

  it('reads members that cannot be enumerated, and rejects symbols', () => {
    const hidden = Object.defineProperty<Sample>({}, 'a', { value: 1 });
    expect(readOptions('It', hidden, ['a'])).to.have.property('a', 1);
    expect(() => readOptions('It', { [Symbol('a')]: 1 }, ['a'])).to.throw(
      ConfigurationError,
      "It has no option 'Symbol(a)'; there are: a",
    );
  });

  it('ignores what a polluted prototype holds, known or not', () => {
    withPolluted({ a: 1, unknown: 2 }, () => {
      const own = readOptions<Sample>('It', { b: 3 }, ['a', 'b']);
      expect([own.a, own.b]).to.deep.equal([undefined, 3]);
    });
  });

  it('rejects an unknown option and names it', () => {
    for (const options of [{ c: 1 }, { a: 1, c: undefined }, JSON.parse('{"c":1}') as object])
      expect(() => readOptions('It', options, ['a', 'b'])).to.throw(
        ConfigurationError,
        "It has no option 'c'; there are: a, b",
      );
    expect(() => readOptions('It', JSON.parse('{"__proto__":{}}') as object, ['a'])).to.throw(
      ConfigurationError,
      "It has no option '__proto__'",
    );
  });

  const misspelt: [given: string, known: string[], meant: string][] = [
    ['accessTokenTTL', ['secret', 'accessTokenTtl'], 'accessTokenTtl'],
    ['access_token_ttl', ['accessTokenTtl'], 'accessTokenTtl'],
    ['role', ['type', 'roles'], 'roles'],
    ['scopes', ['scope'], 'scope'],
  ];
  for (const [given, known, meant] of misspelt) {
    it(`suggests ${meant} for ${given}`, () => {
      expect(() => readOptions('It', { [given]: 1 }, known)).to.throw(
        ConfigurationError,
        new RegExp(`there are: ${known.join(', ')}\\. Did you mean '${meant}'\\?$`),
      );
    });
  }

  it('suggests nothing for an option that resembles none', () => {
    for (const given of ['c', '', '__', 'ab', 'leeway'])
      expect(() => readOptions('It', { [given]: 1 }, ['a', 'abc'])).to.throw(/there are: a, abc$/);
  });

  const notOptions: unknown[] = [
    undefined,
    null,
    1,
    'a',
    true,
    [],
    () => ({}),
    new Map(),
    new Date(),
    new (class Own {})(),
    Object.create({ a: 1 }),
  ];
  for (const options of notOptions) {
    it(`rejects ${Object.prototype.toString.call(options)}`, () => {
      expect(() => readOptions('It', options as object, ['a'])).to.throw(
        ConfigurationError,
        'It: the options must be an object',
      );
    });
  }
});

describe('a frozen copy of options', () => {
  it('copies lists and nested options, and nothing else', () => {
    const location = { name: 'mine' };
    const check = () => true;
    const options = { roles: { deny: ['guest'] }, locations: [location], check };
    const copy = frozenCopy(options);
    options.roles.deny.push('other');
    options.locations.pop();
    expect(copy).to.deep.equal({ roles: { deny: ['guest'] }, locations: [location], check });
    for (const part of [copy, copy.roles, copy.roles.deny, copy.locations]) expect(part).to.be.frozen;
    expect(copy.locations[0]).to.equal(location).and.not.be.frozen;
  });
});

describe('a list of names', () => {
  const isList = (names: unknown): names is string[] =>
    Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '');

  it('is one name or several, each once, and frozen', () => {
    expect(nameList('a', 'x', isList)).to.deep.equal(['a']).and.be.frozen;
    expect(nameList(['b', 'a', 'b'], 'x', isList)).to.deep.equal(['b', 'a']).and.be.frozen;
  });

  it('is a copy', () => {
    const names = ['a'];
    const list = nameList(names, 'x', isList);
    names.push('b');
    expect(list).to.deep.equal(['a']);
  });

  it('is refused when it is empty or is none', () => {
    for (const names of ['', [], [''], ['a', ''], [1], undefined, null, 1, {}, new Set(['a'])])
      expect(() => nameList(names, 'x', isList)).to.throw(
        ConfigurationError,
        'x must be a non-empty string or a non-empty list of them',
      );
  });
});
