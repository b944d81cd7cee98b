import { expect } from 'chai';
import { TokenCookies, type TokenCookiesOptions } from '../../../src';
import { ConfigurationError } from '../../../src/errors/errors';

const origin = /^TokenCookies: origins must be as browsers write them/;
const domain = /^TokenCookies: domain must be one such as 'example.com'/;
const path = /^TokenCookies: refreshPath must be a path/;
const header = /^TokenCookies: csrfHeader must be a header's name, and not Cookie/;
const methods = /^TokenCookies: csrfMethods must be/;
const field = /^TokenCookies: csrfField must be the name of a field/;

const wrong: [option: string, values: unknown[], message: RegExp][] = [
  ['secure', [0, 'true', null, 'auto'], /^TokenCookies: secure must be true or false/],
  ['csrf', [0, 'true', null], /^TokenCookies: csrf must be true or false/],
  ['sameSite', ['Lax', 'LAX', true, '', null], /^TokenCookies: sameSite must be 'lax', 'strict' or 'none'/],
  ['domain', ['', '.example.com', 'localhost', '127.0.0.1', '[::1]', 'https://example.com', 1, null], domain],
  [
    'domain',
    ['example.com; Path=/', 'example.com:80', 'a..b', '-a.b', 'a_b.c', 'example.com.', 'a b.c'],
    domain,
  ],
  ['domain', [`${'a'.repeat(64)}.com`, `${'a.'.repeat(126)}com`], domain],
  ['refreshPath', ['', 'token', '/a;b', '/a b', '/a?b', '/a#b', '/a\r\nb', '/ä', 'http://a/', 1, null], path],
  ['csrfHeader', ['', 'X CSRF', 'X:', 'Cookie', 'COOKIE', 'ä', 1, null], header],
  ['csrfMethods', [[], '', [''], [1], null, {}], /^TokenCookies: csrfMethods must be a non-empty/],
  ['csrfMethods', [['post'], ['POST', 'Get'], ['P OST'], ['POST,GET'], ['*']], methods],
  ['csrfField', ['', 1, null, ['a']], field],
  ['origins', [[], '', [''], [1], null, {}], /^TokenCookies: origins must be a non-empty/],
  [
    'origins',
    [['tauri://*'], ['*://localhost'], ['TAURI://localhost'], ['a b://c'], ['data:,x'], ['blob:null']],
    origin,
  ],
  [
    'origins',
    [['app://u@localhost'], ['app://localhost?x'], ['app://a,b'], ['app://a b'], ['app://:80']],
    origin,
  ],
  ['origins', [['*'], ['null'], ['app.example'], ['https://*.example'], ['https://*']], origin],
  ['origins', [['https://app.example/'], ['https://app.example/path'], ['https://app.example?']], origin],
  ['origins', [['https://APP.example'], ['https://app.example:443'], ['http://app.example:80']], origin],
  [
    'origins',
    [
      ['https://app.example', 'https://'],
      ['capacitor://'],
      ['file:///'],
      ['file://'],
      ['tauri://localhost/'],
      ['https://ä.example'],
    ],
    origin,
  ],
  [
    'origins',
    [['https://u@app.example'], [' https://app.example'], ['https://app.example,https://b']],
    origin,
  ],
  [
    'name',
    ['', ' ', 'a b', '__Host-x', 'a=b', 'a;b', 'ä', '-a', 'x'.repeat(65), 1, null],
    /^TokenCookies: name must/,
  ],
  ['autoRefresh', [0, 'true', null, '5m'], /^TokenCookies: autoRefresh must be true or false/],
  ['persistent', [0, 'true', null, '30d'], /^TokenCookies: persistent must be true or false/],
  ['partitioned', [0, 'true', null], /^TokenCookies: partitioned must be true or false/],
];

const right: TokenCookiesOptions[] = [
  {},
  { secure: undefined, domain: undefined, origins: undefined, name: undefined },
  { secure: false, sameSite: 'strict' },
  { sameSite: 'none' },
  { domain: 'example.com' },
  { domain: 'a-b.Example.co.uk' },
  { domain: 'xn--bcher-kva.example' },
  { refreshPath: '/token/refresh' },
  { refreshPath: '/to-ken/%C3%A4/(a)<b>=:@!"$~/' },
  { csrfHeader: 'x-xsrf-token', csrfField: 'csrf_token' },
  { csrfMethods: ['POST', 'M-SEARCH', 'GET'] },
  { origins: ['https://app.example', 'http://localhost:8080', 'http://127.0.0.1', 'https://[::1]:8443'] },
  { name: 'shop' },
  { autoRefresh: true, refreshPath: '/', domain: 'example.com' },
  { name: 'a-b.c_1' },
  { persistent: false, partitioned: true, sameSite: 'none' },
  { origins: ['capacitor://localhost', 'ionic://localhost', 'tauri://localhost', 'https://tauri.localhost'] },
  {
    origins: [
      'chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai',
      'moz-extension://2c127fa4-62c7-7e4f-90e5',
    ],
  },
  { origins: ['app://Obsidian.md', 'ftp://app.example', 'custom://[::1]:80', 'x+y://a_b'] },
];

describe('the options of token cookies', () => {
  for (const [option, values, message] of wrong) {
    for (const value of values) {
      it(`are refused with ${option}: ${JSON.stringify(value)}`, () => {
        const options = { [option]: value } as TokenCookiesOptions;
        expect(() => new TokenCookies(options)).to.throw(ConfigurationError, message);
      });
    }
  }

  it("are refused with sameSite: 'none' and no TLS, or browsers would drop the cookies", () => {
    const message = "sameSite: 'none' needs secure: true";
    expect(() => new TokenCookies({ sameSite: 'none', secure: false })).to.throw(ConfigurationError, message);
  });

  it('are refused with partitioned: true and no TLS, or browsers would drop the cookies', () => {
    const message = 'partitioned: true needs secure: true';
    expect(() => new TokenCookies({ partitioned: true, secure: false })).to.throw(
      ConfigurationError,
      message,
    );
  });

  it('are refused when there is no such option, and when they are no object', () => {
    expect(() => new TokenCookies({ sameSites: 'lax' } as object)).to.throw(
      ConfigurationError,
      "no option 'sameSites'",
    );
    expect(() => new TokenCookies(null as never)).to.throw(ConfigurationError, 'must be an object');
  });

  it('are checked with csrf: false as well', () => {
    const options = { csrf: false, origins: ['https://app.example/'] };
    expect(() => new TokenCookies(options)).to.throw(ConfigurationError, origin);
  });

  for (const options of right) {
    it(`are taken: ${JSON.stringify(options)}`, () => {
      expect(new TokenCookies(options)).to.include({ name: 'Cookie', vary: 'Cookie' });
    });
  }
});
