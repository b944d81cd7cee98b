import { expect } from 'chai';
import fc from 'fast-check';
import { requestCookies } from '../../../src/http/cookies/cookie-header';

const cases: [
  what: string,
  header: string | string[] | undefined,
  cookies: [name: string, value: string][],
][] = [
  ['no header', undefined, []],
  ['one cookie', 'a=1', [['a', '1']]],
  [
    'several cookies',
    'a=1; b=2;c=3',
    [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ],
  ],
  [
    'several headers',
    ['a=1', 'c=3'],
    [
      ['a', '1'],
      ['c', '3'],
    ],
  ],
  [
    'one name twice',
    'a=1; a=2',
    [
      ['a', '1'],
      ['a', '2'],
    ],
  ],
  [
    'one name in two headers',
    ['a=1', 'a=1'],
    [
      ['a', '1'],
      ['a', '1'],
    ],
  ],
  ['quotes, which stay', 'a="1"', [['a', '"1"']]],
  [
    'a semicolon in quotes, which ends the cookie',
    'a="1; b=2"',
    [
      ['a', '"1'],
      ['b', '2"'],
    ],
  ],
  ['equals signs in the value', 'a=1=2=', [['a', '1=2=']]],
  ['an empty value', 'a=', [['a', '']]],
  ['an empty name', '=a=1', [['', 'a=1']]],
  ['no equals sign', 'a; b', []],
  ['nothing', '', []],
  ['semicolons only', ';; ;', []],
  ['spaces and tabs around name and value', ' \ta \t=\t 1 \t', [['a', '1']]],
  ['a space within', 'a b=1 2', [['a b', '1 2']]],
  [
    'other white space, which is part of the name',
    '\xa0a=1; \x0bb=2; \ufeffc=3',
    [
      ['\xa0a', '1'],
      ['\x0bb', '2'],
      ['\ufeffc', '3'],
    ],
  ],
  ['percent signs, which stay', 'a%3D=%31', [['a%3D', '%31']]],
  [
    'case, which matters',
    'A=1; a=2',
    [
      ['A', '1'],
      ['a', '2'],
    ],
  ],
  [
    'names of an object',
    '__proto__=1; constructor=2',
    [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  ],
  [
    'the words of an old syntax',
    '$Version=1; a=1; $Path=/',
    [
      ['$Version', '1'],
      ['a', '1'],
      ['$Path', '/'],
    ],
  ],
];

describe('the cookies of a request', () => {
  for (const [what, header, cookies] of cases) {
    it(`are read with ${what}`, () => {
      expect(requestCookies(header).map(({ name, value }) => [name, value])).to.deep.equal(cookies);
    });
  }

  it('are all read, in their order', () => {
    const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
    const value = fc.stringMatching(/^[!#-+\--:<-[\]-~]*$/);
    const cookie = fc.record({ name, value });
    fc.assert(
      fc.property(fc.array(fc.array(cookie, { maxLength: 200 })), (headers) => {
        const texts = headers.map((cookies) =>
          cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
        );
        for (const header of [texts, texts.join('; ')])
          expect(requestCookies(header)).to.deep.equal(headers.flat());
      }),
    );
  });

  it('are read from 100 kilobytes of padding as well, within the time limit of a spec', () => {
    const hostile = [
      'a='.padEnd(100_000),
      ' '.repeat(100_000) + 'a=1',
      `a=${' '.repeat(100_000)}1`,
      ';'.repeat(100_000),
    ];
    for (const header of hostile) expect(requestCookies(header).length).to.be.below(2);
  });
});
