import { expect } from 'chai';
import { ConfigurationError, JwtManager, type JwtManagerOptions } from '../../src';
import { secret } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { expectInvalid, expectTaken, targetFor } from '../support/target';

const target = targetFor('HS256');
const sessionless = targetFor('HS256', { store: false });
const named = targetFor('HS256', { issuer: 'https://good.test', audience: ['api', 'admin'] });

/** What is no name of anybody, in every claim that names somebody. */
const noNames: [string, unknown][] = [
  ['absent', undefined],
  ['null', null],
  ['empty', ''],
  ['a number', 1],
  ['zero', 0],
  ['true', true],
  ['an object', {}],
  ['a query operator', { $ne: null }],
  ['another query operator', { $gt: '' }],
  ['an object that turns into text', { toString: 'ada' }],
  ['an empty list', []],
  ['a list', ['ada']],
  ['a list of lists', [['ada']]],
  ['256 characters', 'x'.repeat(256)],
  ['2,000 characters', 'x'.repeat(2_000)],
  ['128 characters of two units each', '\u{1F600}'.repeat(128)],
  ['a zero byte', 'ada\0'],
  ['a line break', 'ada\nbob'],
  ['a carriage return', 'ada\r'],
  ['a tab', 'a\tb'],
  ['an escape', '\u001b[31mada'],
  ['a delete', 'ada\u007f'],
  ['a control of Latin-1', 'ada\u0085'],
  ['the last control of Latin-1', '\u009fada'],
];

describe('C6: whom the token speaks for, and its own name', () => {
  for (const claim of ['sub', 'jti']) {
    for (const [name, value] of noNames) {
      it(`refuses ${claim} when it is ${name}`, () =>
        expectInvalid(
          target.manager,
          target.sign(target.header(), target.claims({ [claim]: value })),
          claim,
        ));
    }
  }

  const identities = [
    'a',
    ' ',
    '0',
    'null',
    'undefined',
    'x'.repeat(255),
    '\u{1F600}'.repeat(127),
    'auth0|123',
    'https://idp.test/users/1',
    "' OR 1=1 --",
    '{"$ne":null}',
    '__proto__',
    'constructor',
    'ада@пример.test',
    'a\u00A0b',
    'a\u2028b',
    '%00',
    '\\u0000',
  ];
  for (const sub of identities) {
    it(`takes ${JSON.stringify(sub).slice(0, 30)} as it is, as text`, async () => {
      const token = await target.manager.verify(target.sign(target.header(), target.claims({ sub })));
      expect(token.identity).to.equal(sub);
    });
  }
});

describe('the other claims that the library reads', () => {
  const sessions: [string, unknown][] = noNames.filter(([name]) => name !== 'absent');
  for (const [name, value] of sessions) {
    it(`refuses sid when it is ${name}`, () =>
      expectInvalid(target.manager, target.sign(target.header(), target.claims({ sid: value })), 'sid'));
  }

  const wrong: [string, unknown[]][] = [
    [
      'roles',
      [null, 'admin', 1, true, {}, [1], [null], [''], [['admin']], ['a', {}], { 0: 'admin', length: 1 }],
    ],
    ['roles', [['a\n'], ['x'.repeat(256)], ['admin', undefined]]],
    [
      'scope',
      [null, 1, true, {}, [], ['read'], '', ' ', 'a  b', ' a', 'a ', 'a\tb', 'a\nb', 'a"b', 'a\\b', 'é'],
    ],
    ['auth_time', [null, '1', true, {}, [], [1]]],
    ['gen', [null, '0', true, {}, [], 0, 1, -1, 0.5]],
  ];
  for (const [claim, values] of wrong) {
    for (const value of values) {
      it(`refuses an access token whose ${claim} is ${JSON.stringify(value).slice(0, 30)}`, () =>
        expectInvalid(
          target.manager,
          target.sign(target.header(), target.claims({ sid: 'session-1', [claim]: value })),
          claim,
        ));
    }
  }

  const refresh = target.header({ typ: 'rt+jwt' });
  for (const gen of [null, '0', true, {}, [], -1, 0.5, 1e400, 2 ** 53, '1']) {
    it(`refuses a refresh token whose gen is ${JSON.stringify(gen)}`, () =>
      expectInvalid(target.manager, target.sign(refresh, target.claims({ sid: 'session-1', gen })), 'gen'));
  }

  it('refuses a gen without a session', () =>
    expectInvalid(target.manager, target.sign(refresh, target.claims({ gen: 0 })), 'gen'));

  it('takes what a refresh token of a session has', async () => {
    for (const gen of [0, 1, 2 ** 53 - 1]) {
      const claims = { sid: 'session-1', gen, sxp: target.claims()['exp'], roles: [], scope: 'a b:c' };
      const token = target.sign(refresh, target.claims(claims));
      expect(await expectTaken(sessionless.manager, token)).to.deep.include({
        sessionId: 'session-1',
        roles: [],
        scopes: ['a', 'b:c'],
      });
    }
  });
});

describe('C7: who issued the token', () => {
  const issuers: [string, unknown][] = [
    ['absent', undefined],
    ['null', null],
    ['empty', ''],
    ['another one', 'https://evil.test'],
    ['a list with the right one', ['https://good.test']],
    ['a list with the right one and another', ['https://good.test', 'https://evil.test']],
    ['an object', { iss: 'https://good.test' }],
    ['a number', 1],
    ['true', true],
    ['a prefix', 'https://good.tes'],
    ['the right one and more', 'https://good.test.evil.test'],
    ['a slash more', 'https://good.test/'],
    ['a path more', 'https://good.test/x'],
    ['another case', 'https://GOOD.test'],
    ['another scheme', 'http://good.test'],
    ['a port', 'https://good.test:443'],
    ['a user', 'https://x@good.test'],
    ['a space behind it', 'https://good.test '],
    ['a space before it', ' https://good.test'],
    ['a zero byte behind it', 'https://good.test\0'],
    ['a line break behind it', 'https://good.test\n'],
    ['a look-alike', 'https://g\u043E\u043Ed.test'],
    ['a percent escape', 'https://good%2Etest'],
    ['undefined as text', 'undefined'],
  ];
  for (const [name, iss] of issuers) {
    it(`is refused when it is ${name}`, () =>
      expectInvalid(named.manager, named.sign(named.header(), named.claims({ iss, aud: 'api' })), 'iss'));
  }

  it('is taken when it is the right one', () =>
    expectTaken(
      named.manager,
      named.sign(named.header(), named.claims({ iss: 'https://good.test', aud: 'api' })),
    ));
});

describe('C8: for whom the token is', () => {
  const audiences: [string, unknown][] = [
    ['absent', undefined],
    ['null', null],
    ['empty', ''],
    ['an empty list', []],
    ['another one', 'other'],
    ['a list of others', ['other', 'another']],
    ['a list in a list', [['api']]],
    ['the right one beside a list', ['api', ['other']]],
    ['the right one beside null', ['api', null]],
    ['the right one beside a number', ['api', 1]],
    ['a list of an object', [{ toString: 'api' }]],
    ['a number', 1],
    ['true', true],
    ['an object', {}],
    ['an object with the right one', { api: true }],
    ['an object like a list', { 0: 'api', length: 1 }],
    ['a prefix', 'ap'],
    ['the right one and more', 'api2'],
    ['another case', 'API'],
    ['a space behind it', 'api '],
    ['two in one text', 'api admin'],
    ['two with a comma', 'api,admin'],
    ['a pattern', 'a.i'],
    ['a star', '*'],
    ['a pattern as text', '/.*/'],
    ['undefined as text', 'undefined'],
    ['null as text', 'null'],
  ];
  const iss = 'https://good.test';
  for (const [name, aud] of audiences) {
    it(`is refused when it is ${name}`, () =>
      expectInvalid(named.manager, named.sign(named.header(), named.claims({ iss, aud })), 'aud'));
  }

  for (const aud of ['api', 'admin', ['api'], ['admin', 'api'], ['other', 'api'], ['api', 'other', 'api']]) {
    it(`is taken when it is ${JSON.stringify(aud)}`, () =>
      expectTaken(named.manager, named.sign(named.header(), named.claims({ iss, aud }))));
  }

  it('is refused whoever it is when no audience is configured', async () => {
    for (const [name, aud] of audiences) {
      if (name === 'absent') continue;
      await expectInvalid(target.manager, target.sign(target.header(), target.claims({ aud })), 'aud');
    }
    await expectTaken(target.manager, target.sign(target.header(), target.claims()));
  });
});

describe('C7, C8: an issuer or audience that checks nothing', () => {
  const wrong: unknown[] = [
    '',
    null,
    0,
    1,
    true,
    false,
    NaN,
    {},
    /good/,
    /undefined/,
    () => 'good',
    Symbol('x'),
  ];
  const options: [string, unknown][] = [
    ...wrong.map((value): [string, unknown] => ['issuer', value]),
    ...wrong.map((value): [string, unknown] => ['audience', value]),
    ...wrong.map((value): [string, unknown] => ['audience', ['api', value]]),
    ['issuer', []],
    ['issuer', ['https://good.test']],
    ['audience', []],
    ['audience', [['api']]],
    ['audience', [undefined]],
    ['audience', new Set(['api'])],
    ['issuer', Object('https://good.test')],
  ];
  for (const [name, value] of options) {
    const shown = Array.isArray(value) ? `[${value.map(String).join()}]` : String(value);
    it(`is refused at construction: ${name} ${shown} (${typeof value})`, async () => {
      const wrongOptions = { secret, [name]: value } as JwtManagerOptions;
      const error = await refusalOf(() => new JwtManager(wrongOptions), ConfigurationError);
      expect(error.message).to.match(new RegExp(`^JwtManager: ${name} must be `));
    });
  }
});
