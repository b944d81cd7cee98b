import { expect } from 'chai';
import { ConfigurationError } from '../../src/errors';
import { nameList } from '../../src/util/name-list';
import { checkOptions } from '../../src/util/options';

describe('options', () => {
  it('are an object with nothing but what is known', () => {
    for (const options of [{}, { a: 1 }, { a: undefined, b: null }, Object.create(null) as object])
      expect(() => {
        checkOptions('It', options, ['a', 'b']);
      }).not.to.throw();
  });

  it('are refused with the name of what is not known', () => {
    for (const options of [{ c: 1 }, { a: 1, c: undefined }, JSON.parse('{"c":1}') as object])
      expect(() => {
        checkOptions('It', options, ['a', 'b']);
      }).to.throw(ConfigurationError, "It has no option 'c'; there are: a, b");
    expect(() => {
      checkOptions('It', JSON.parse('{"__proto__":{}}'), ['a']);
    }).to.throw(ConfigurationError, "It has no option '__proto__'");
  });

  const noObjects = [
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
  ];
  for (const options of noObjects) {
    it(`are not ${Object.prototype.toString.call(options)}`, () => {
      expect(() => {
        checkOptions('It', options, ['a']);
      }).to.throw(ConfigurationError, 'It: the options must be an object');
    });
  }
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
