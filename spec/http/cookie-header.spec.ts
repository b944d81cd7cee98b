import { expect } from 'chai';
import fc from 'fast-check';
import { requestCookies } from '../../src/http/cookie-header';

const cases: [what: string, rawHeaders: string[], cookies: [name: string, value: string][]][] = [
  ['no header', [], []],
  ['other headers', ['Set-Cookie', 'a=1', 'X-Cookie', 'b=2'], []],
  ['a value that is called like the header', ['X', 'cookie', 'Y', 'a=1'], []],
  ['one cookie', ['Cookie', 'a=1'], [['a', '1']]],
  ['the header in any case', ['cOOKIE', 'a=1'], [['a', '1']]],
  [
    'several cookies',
    ['Cookie', 'a=1; b=2;c=3'],
    [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ],
  ],
  [
    'several headers',
    ['Cookie', 'a=1', 'X', 'b=2', 'Cookie', 'c=3'],
    [
      ['a', '1'],
      ['c', '3'],
    ],
  ],
  [
    'one name twice',
    ['Cookie', 'a=1; a=2'],
    [
      ['a', '1'],
      ['a', '2'],
    ],
  ],
  [
    'one name in two headers',
    ['Cookie', 'a=1', 'Cookie', 'a=1'],
    [
      ['a', '1'],
      ['a', '1'],
    ],
  ],
  ['quotes, which stay', ['Cookie', 'a="1"'], [['a', '"1"']]],
  [
    'a semicolon in quotes, which ends the cookie',
    ['Cookie', 'a="1; b=2"'],
    [
      ['a', '"1'],
      ['b', '2"'],
    ],
  ],
  ['equals signs in the value', ['Cookie', 'a=1=2='], [['a', '1=2=']]],
  ['an empty value', ['Cookie', 'a='], [['a', '']]],
  ['an empty name', ['Cookie', '=a=1'], [['', 'a=1']]],
  ['no equals sign', ['Cookie', 'a; b'], []],
  ['nothing', ['Cookie', ''], []],
  ['semicolons only', ['Cookie', ';; ;'], []],
  ['spaces and tabs around name and value', ['Cookie', ' \ta \t=\t 1 \t'], [['a', '1']]],
  ['a space within', ['Cookie', 'a b=1 2'], [['a b', '1 2']]],
  [
    'other white space, which is part of the name',
    ['Cookie', '\xa0a=1; \x0bb=2; \ufeffc=3'],
    [
      ['\xa0a', '1'],
      ['\x0bb', '2'],
      ['\ufeffc', '3'],
    ],
  ],
  ['percent signs, which stay', ['Cookie', 'a%3D=%31'], [['a%3D', '%31']]],
  [
    'case, which matters',
    ['Cookie', 'A=1; a=2'],
    [
      ['A', '1'],
      ['a', '2'],
    ],
  ],
  [
    'names of an object',
    ['Cookie', '__proto__=1; constructor=2'],
    [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  ],
  [
    'the words of an old syntax',
    ['Cookie', '$Version=1; a=1; $Path=/'],
    [
      ['$Version', '1'],
      ['a', '1'],
      ['$Path', '/'],
    ],
  ],
];

describe('the cookies of a request', () => {
  for (const [what, rawHeaders, cookies] of cases) {
    it(`are read with ${what}`, () => {
      expect(requestCookies(rawHeaders).map(({ name, value }) => [name, value])).to.deep.equal(cookies);
    });
  }

  it('are all read, in their order', () => {
    const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
    const value = fc.stringMatching(/^[!#-+\--:<-[\]-~]*$/);
    const cookie = fc.record({ name, value });
    fc.assert(
      fc.property(fc.array(fc.array(cookie, { maxLength: 200 })), (headers) => {
        const raw = headers.flatMap((cookies) => [
          'Cookie',
          cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
        ]);
        expect(requestCookies(raw)).to.deep.equal(headers.flat());
      }),
    );
  });

  it('are read in a time that grows with the header, not faster', () => {
    const hostile = [
      'a='.padEnd(100_000),
      ' '.repeat(100_000) + 'a=1',
      `a=${' '.repeat(100_000)}1`,
      ';'.repeat(100_000),
    ];
    const start = performance.now();
    for (const header of hostile) requestCookies(['Cookie', header]);
    expect(performance.now() - start).to.be.below(1000);
  });
});
