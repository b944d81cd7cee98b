import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { WrongTokenTypeError } from '../../src';
import { callsDuring, forbidden } from '../support/calls';
import { encode } from '../support/forge';
import { certificatePem } from '../support/key-files';
import { jwkOf, testKeyPair } from '../support/keys';
import { refusalOf } from '../support/rejected';
import { expectInvalid, expectTaken, keysFor, signToken, targetFor, type Target } from '../support/target';

const targets = (['HS256', 'ES256', 'RS256', 'PS256'] as const).map((algorithm) => targetFor(algorithm));

/** Refuses a header that the manager's own key has signed, everywhere, without reaching for anything. */
async function expectHeaderRefused(changes: object, reason: string): Promise<void> {
  for (const { manager, header, claims, sign } of targets) {
    const token = sign(header(changes), claims());
    const calls = await callsDuring(forbidden, () => expectInvalid(manager, token, reason));
    expect(calls).to.deep.equal([]);
  }
}

describe('the header that all cases of this file change', () => {
  it('is taken as it is, and with parameters that mean nothing here', async () => {
    for (const { manager, header, claims, sign } of targets) {
      await expectTaken(manager, sign(header(), claims()));
      const more = { iss: 'x', nonce: 1, x: { y: [null] }, 'x-y': true, kid2: '../..', alg2: 'none' };
      await expectTaken(manager, sign(header(more), claims()));
    }
  });

  it('is watched by something that sees', async () => {
    const calls = await callsDuring(forbidden, () => readFile(__filename));
    expect(calls).to.deep.equal(['readFile']);
  });
});

describe('B1: key names that reach for something else', () => {
  const names: [string, unknown][] = [
    '../../../../dev/null',
    '/dev/null',
    '/proc/sys/kernel/randomize_va_space',
    'C:\\Windows\\win.ini',
    'file:///dev/null',
    'http://127.0.0.1:1/key',
    '',
    ' ',
    'key-1 ',
    ' key-1',
    'KEY-1',
    'key-1\0',
    'key-1\n',
    'key',
    'key-11',
    "x' UNION SELECT '1';--",
    "key-1' OR '1'='1",
    '|sleep 10',
    '$(sleep 10)',
    '`sleep 10`',
    '%2e%2e%2f',
    '${7*7}',
    '{{7*7}}',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '0',
    'undefined',
    'null',
    '\0',
    '\r\n',
    '\u212Aey-1',
    'k\u0435y-1',
    'e\u0301',
    'key\u20101',
    'x'.repeat(65),
    'x'.repeat(5_000),
  ].map((name) => [JSON.stringify(name).slice(0, 40), name]);
  names.push(
    ['a number', 1],
    ['zero', 0],
    ['null', null],
    ['false', false],
    ['true', true],
    ['an object', {}],
    ['an object with a toString', { toString: 'key-1' }],
    ['a list', ['key-1']],
    ['an empty list', []],
    ['a list of a list', [['key-1']]],
  );
  const hopedFor = ['', '1', '0', 'null', 'undefined', '[object Object]', String(Object)];

  for (const [name, kid] of names) {
    it(`refuses ${name}, signed by whatever key it hopes for`, async () => {
      await expectHeaderRefused({ kid }, 'kid');
      for (const { algorithm, manager, header, claims } of targets) {
        for (const key of hopedFor) {
          for (const alg of [algorithm, 'HS256']) {
            const token = signToken('HS256', header({ kid, alg }), claims(), key);
            const calls = await callsDuring(forbidden, () => expectInvalid(manager, token, 'kid'));
            expect(calls).to.deep.equal([]);
          }
        }
      }
    });
  }

  it('refuses a name that makes the token too long', async () => {
    for (const { manager, header, claims, sign } of targets)
      await expectInvalid(manager, sign(header({ kid: 'x'.repeat(10_000) }), claims()), 'format');
  });

  it('refuses a name that stands twice, whichever comes first', async () => {
    for (const { algorithm, manager, claims, sign } of targets) {
      for (const pair of [
        '"kid":"key-1","kid":"x"',
        '"kid":"x","kid":"key-1"',
        '"kid":"key-1","kid":"key-1"',
      ])
        await expectInvalid(
          manager,
          sign(`{"alg":"${algorithm}","typ":"at+jwt",${pair}}`, claims()),
          'format',
        );
    }
  });

  it('needs a name as soon as there are two keys', async () => {
    const keys = keysFor('ES256').add(keysFor('RS256', 'key-2'));
    const target = targetFor('ES256', { keys });
    await expectTaken(target.manager, target.sign(target.header(), target.claims()));
    await expectInvalid(
      target.manager,
      target.sign(target.header({ kid: undefined }), target.claims()),
      'kid',
    );
    await expectInvalid(target.manager, target.sign(target.header({ kid: 'key-2' }), target.claims()), 'alg');
  });

  it('needs none while there is one key', async () => {
    for (const { manager, header, claims, sign } of targets)
      await expectTaken(manager, sign(header({ kid: undefined }), claims()));
  });
});

describe('B2: headers that bring a key, or say where one is', () => {
  let listener: Server;
  let url: string;
  let connections = 0;

  before(async () => {
    listener = createServer((socket) => {
      connections++;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    url = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}/jwks.json`;
  });

  after(async () => {
    listener.close();
    await once(listener, 'close');
  });

  const certificate = certificatePem.replace(/-----.*-----|\n/g, '');
  const attackers = {
    HS256: 'a secret of the attacker that is long enough',
    ES256: testKeyPair('ec', { namedCurve: 'prime256v1' }).privateKey,
    RS256: testKeyPair('rsa', { modulusLength: 2049 }).privateKey,
    PS256: testKeyPair('rsa', { modulusLength: 2049 }).privateKey,
  };
  const parameters: [string, (jwk: object) => object][] = [
    ['jku', () => ({ jku: url })],
    ['x5u', () => ({ x5u: url })],
    ['jku and x5u of a file', () => ({ jku: 'file:///dev/null', x5u: 'file:///dev/null' })],
    ['jwk', (jwk) => ({ jwk })],
    ['x5c', () => ({ x5c: [certificate] })],
    ['x5t', () => ({ x5t: 'dGh1bWJwcmludA', 'x5t#S256': 'dGh1bWJwcmludA' })],
    ['all at once', (jwk) => ({ jku: url, x5u: url, jwk, x5c: [certificate], x5t: 'dGh1bWJwcmludA' })],
  ];

  for (const [name, parameter] of parameters) {
    for (const target of targets) {
      it(`refuses ${name} in a token that the attacker's ${target.algorithm} key has signed`, async () => {
        const { algorithm, manager, header, claims } = target;
        const key = attackers[algorithm as keyof typeof attackers];
        const jwk =
          typeof key === 'string'
            ? { kty: 'oct', k: Buffer.from(key).toString('base64url') }
            : jwkOf(key, { d: undefined, kid: 'key-1', use: 'sig', alg: algorithm });
        for (const [kid, reason] of [
          ['key-1', 'signature'],
          [undefined, 'signature'],
          ['attacker', 'kid'],
        ] as const) {
          const token = signToken(algorithm, header({ kid, ...parameter(jwk) }), claims(), key);
          const calls = await callsDuring(forbidden, () => expectInvalid(manager, token, reason));
          expect(calls).to.deep.equal([]);
        }
      });
    }
  }

  it('looks at none of them in a good token, either', async () => {
    for (const { manager, header, claims, sign } of targets) {
      const token = sign(header({ jku: url, x5u: url, jwk: {}, x5c: [certificate], x5t: 1 }), claims());
      expect(await callsDuring(forbidden, () => expectTaken(manager, token))).to.deep.equal([]);
    }
  });

  it('has asked nobody', () => {
    expect(connections).to.equal(0);
  });
});

describe('B3, B4, B6: headers that change how the rest is to be read', () => {
  const changes: [string, object][] = [
    ['crit of a claim', { crit: ['exp'] }],
    ['crit of something unknown', { crit: ['x'] }],
    ['crit of something unknown that is there', { crit: ['x'], x: 1 }],
    ['an empty crit', { crit: [] }],
    ['a crit that is text', { crit: 'b64' }],
    ['a crit that is empty text', { crit: '' }],
    ['a crit of a number', { crit: [1] }],
    ['a crit of null', { crit: [null] }],
    ['a crit of b64', { crit: ['b64'], b64: false }],
    ['a crit of b64 that says true', { crit: ['b64'], b64: true }],
    ['a crit of alg', { crit: ['alg'] }],
    ['a crit of typ and kid', { crit: ['typ', 'kid'] }],
    ['a crit of crit', { crit: ['crit'] }],
    ['a crit with a name twice', { crit: ['x', 'x'], x: 1 }],
    ['a crit of null itself', { crit: null }],
    ['a crit of false', { crit: false }],
    ['a crit of 0', { crit: 0 }],
    ['a crit that is an object', { crit: {} }],
    ['b64 without crit', { b64: false }],
    ['b64 that says true', { b64: true }],
    ['b64 of null', { b64: null }],
    ['b64 as text', { b64: 'false' }],
    ['zip', { zip: 'DEF' }],
    ['zip of something else', { zip: 'GZIP' }],
    ['zip of null', { zip: null }],
    ['cty of a nested token', { cty: 'JWT' }],
    ['cty in another case', { cty: 'jwt' }],
    ['any cty', { cty: 'application/json' }],
    ['cty of null', { cty: null }],
    ['enc', { enc: 'A256GCM' }],
  ];
  for (const [name, change] of changes) {
    it(`refuses ${name}`, () => expectHeaderRefused(change, 'crit'));
  }

  it('refuses claims that are not encoded, or compressed', async () => {
    for (const target of targets) {
      const { manager, header, claims, sign } = target;
      const packed = deflateRawSync(JSON.stringify(claims()));
      const bomb = deflateRawSync(Buffer.alloc(1_000_000, 0x20));
      for (const body of [packed, bomb]) {
        for (const [changed, reason] of [
          [header({ zip: 'DEF' }), 'crit'],
          [header(), 'json'],
        ] as const) {
          const token = sign(changed, body);
          const calls = await callsDuring(forbidden, () => expectInvalid(manager, token, reason));
          expect(calls).to.deep.equal([]);
        }
      }
      await expectInvalid(manager, sign(header(), JSON.stringify(sign(header(), claims()))), 'json');
      await expectInvalid(manager, sign(header(), sign(header(), claims())), 'json');
    }
  });

  it('refuses everything that is no compact signed token', async () => {
    for (const target of targets) for (const [, text] of shapes(target)) await expectNoToken(target, text);
  });

  async function expectNoToken({ manager }: Target, text: unknown): Promise<void> {
    expect(await callsDuring(forbidden, () => expectInvalid(manager, text, 'format'))).to.deep.equal([]);
  }

  function shapes({ header, claims, sign }: Target): [string, unknown][] {
    const token = sign(header(), claims());
    const [protectedHeader = '', payload = '', signature = ''] = token.split('.');
    const jwe = encode({ alg: 'dir', enc: 'A256GCM' });
    const flat = { protected: protectedHeader, payload, signature };
    const general = { payload, signatures: [{ protected: protectedHeader, signature }] };
    return [
      ['an encrypted token', `${jwe}..${payload}.${payload}.${signature}`],
      ['an encrypted token with a key', `${jwe}.${payload}.${payload}.${payload}.${signature}`],
      ['a flattened token as JSON', JSON.stringify(flat)],
      ['a general token as JSON', JSON.stringify(general)],
      ['a flattened token as an object', flat],
      ['a general token as an object', general],
      ['a polyglot of both', `{"a":"${token}","payload":"${payload}"}`],
      ['a polyglot that starts like a token', `${token}{"payload":"${payload}"}`],
      ['a list of tokens', `${token},${token}`],
      ['a list', [token]],
      ['a String object', Object(token)],
      ['bytes', Buffer.from(token)],
      ['an object that turns into text', { toString: () => token }],
      ['a detached payload', `${protectedHeader}..${signature}`],
      ['text with its disclosures (SD-JWT)', `${token}~${payload}~`],
      ['quotes', `"${token}"`],
    ];
  }
});

describe('B5: types of tokens', () => {
  const taken = ['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'APPLICATION/AT+JWT'];
  for (const typ of taken) {
    it(`takes ${typ} for an access token`, async () => {
      for (const { manager, header, claims, sign } of targets) {
        const token = sign(header({ typ }), claims());
        expect((await manager.verify(token)).type).to.equal('access');
        await refusalOf(manager.verify(token, { type: 'refresh' }), WrongTokenTypeError);
      }
    });
  }

  for (const typ of ['rt+jwt', 'RT+JWT', 'application/rt+jwt']) {
    it(`takes ${typ} for a refresh token only`, async () => {
      for (const { manager, header, claims, sign } of targets) {
        const token = sign(header({ typ }), claims());
        expect((await manager.verify(token, { type: 'refresh' })).type).to.equal('refresh');
        await refusalOf(manager.verify(token), WrongTokenTypeError);
      }
    });
  }

  const refused: unknown[] = [
    undefined,
    null,
    1,
    true,
    {},
    [],
    ['at+jwt'],
    { toString: 'at+jwt' },
    '',
  ].concat([
    'JWT',
    'jwt',
    'JOSE',
    'id+jwt',
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'access',
    'refresh',
    'at+jwt ',
    ' at+jwt',
    'at+jwt\0',
    'at+jwt\n',
    'at jwt',
    'at%2Bjwt',
    'at+jwt;charset=utf-8',
    'at+jwt,rt+jwt',
    'application/jwt',
    'text/at+jwt',
    'application/application/at+jwt',
    'application//at+jwt',
    'at+application/jwt',
    '/at+jwt',
    'xat+jwt',
    'at+jwts',
    'a\u0442+jwt',
  ] as never[]);
  for (const typ of refused) {
    it(`refuses ${typ === undefined ? 'none' : JSON.stringify(typ)}`, async () => {
      for (const { manager, header, claims, sign } of targets)
        await expectInvalid(manager, sign(header({ typ }), claims()), 'typ');
    });
  }
});

describe('B7: headers that are written strangely', () => {
  const good = (alg: string) => `"alg":"${alg}","typ":"at+jwt","kid":"key-1"`;
  const texts: [string, (alg: string) => string | Buffer, string?][] = [
    ['alg twice, the good one last', (alg) => `{"alg":"none",${good(alg)}}`],
    ['alg twice, the good one first', (alg) => `{${good(alg)},"alg":"none"}`],
    ['alg twice, the same', (alg) => `{${good(alg)},"alg":"${alg}"}`],
    ['alg twice, once with an escape', (alg) => `{${good(alg)},"\\u0061lg":"none"}`],
    ['typ twice', (alg) => `{${good(alg)},"typ":"rt+jwt"}`],
    ['an unknown parameter twice', (alg) => `{${good(alg)},"x":1,"x":2}`],
    ['a parameter twice further down', (alg) => `{${good(alg)},"x":{"y":[{"z":1,"z":1}]}}`],
    ['crit twice, so that it is gone', (alg) => `{"crit":["x"],${good(alg)},"crit":null}`],
    ['null', () => 'null'],
    ['a list', () => '[]'],
    ['a list with a header in it', (alg) => `[{${good(alg)}}]`],
    ['text', () => '"x"'],
    ['a header in text', (alg) => JSON.stringify(`{${good(alg)}}`)],
    ['a number', () => '1'],
    ['true', () => 'true'],
    ['no JSON', (alg) => `alg=${alg}`],
    ['half of it', (alg) => `{${good(alg)}`],
    ['a bracket too many', (alg) => `{${good(alg)}}}`],
    ['a comma at the end', (alg) => `{${good(alg)},}`],
    ['a comma at the start', (alg) => `{,${good(alg)}}`],
    ['single quotes', (alg) => `{${good(alg)}}`.replaceAll('"', "'")],
    ['names without quotes', (alg) => `{alg:"${alg}","typ":"at+jwt","kid":"key-1"}`],
    ['a comment', (alg) => `{${good(alg)}/* x */}`],
    ['a line comment', (alg) => `{${good(alg)}// x\n}`],
    ['two headers', (alg) => `{${good(alg)}}{${good(alg)}}`],
    ['something behind it', (alg) => `{${good(alg)}}x`],
    ['a zero byte behind it', (alg) => `{${good(alg)}}\0`],
    ['a byte order mark', (alg) => `\uFEFF{${good(alg)}}`],
    ['a no-break space', (alg) => `\u00A0{${good(alg)}}`],
    ['a form feed', (alg) => `\f{${good(alg)}}`],
    ['a vertical tab', (alg) => `{\v${good(alg)}}`],
    ['a line separator', (alg) => `{\u2028${good(alg)}}`],
    ['a line break in a string', (alg) => `{${good(alg)},"x":"a\nb"}`],
    ['NaN', (alg) => `{${good(alg)},"x":NaN}`],
    ['a number in hex', (alg) => `{${good(alg)},"x":0x1}`],
    ['UTF-16', (alg) => Buffer.from(`{${good(alg)}}`, 'utf16le')],
    ['UTF-16 with a byte order mark', (alg) => Buffer.from(`\uFEFF{${good(alg)}}`, 'utf16le')],
    ['a byte that is no UTF-8', (alg) => Buffer.from(`{${good(alg)},"x":"\xff"}`, 'latin1')],
    ['a name that is no UTF-8', (alg) => Buffer.from(`{${good(alg)},"\xc0\x80":1}`, 'latin1')],
    ['an encoded surrogate', (alg) => Buffer.from(`{${good(alg)},"x":"\xed\xa0\x80"}`, 'latin1')],
    ['a lone surrogate', (alg) => `{${good(alg)},"x":"\\ud800"}`],
    ['a lone low surrogate', (alg) => `{${good(alg)},"x":"a\\udc00b"}`],
    ['surrogates in the wrong order', (alg) => `{${good(alg)},"x":"\\udc00\\ud800"}`],
    ['a lone surrogate in a name', (alg) => `{${good(alg)},"\\ud800":1}`],
    ['__proto__', (alg) => `{${good(alg)},"__proto__":{"alg":"none"}}`],
    ['__proto__ with an escape', (alg) => `{${good(alg)},"\\u005f_proto__":{}}`],
    ['all of it in __proto__', (alg) => `{"__proto__":{${good(alg)}}}`],
    ['33 levels', (alg) => `{${good(alg)},"x":${'['.repeat(33)}${']'.repeat(33)}}`],
    ['1,000 levels', (alg) => `{${good(alg)},"x":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
    ['700 levels of objects', (alg) => `{${good(alg)},"x":${'{"":'.repeat(700)}1${'}'.repeat(700)}}`],
    ['levels without end', () => '['.repeat(5_000)],
    ['an empty object', () => '{}', 'alg'],
    ['parameters in the wrong case', (alg) => `{"ALG":"${alg}","Typ":"at+jwt","KID":"key-1"}`, 'alg'],
  ];
  for (const [name, text, reason = 'format'] of texts) {
    it(`refuses ${name}`, async () => {
      for (const { algorithm, manager, claims, sign } of targets)
        await expectInvalid(manager, sign(text(algorithm), claims()), reason);
    });
  }

  const fine: [string, (alg: string) => string][] = [
    ['nothing strange', (alg) => `{${good(alg)}}`],
    ['CRLF (RFC 7519, section 3.1)', (alg) => `{"typ":"at+jwt",\r\n "alg":"${alg}"}`],
    ['white space all over', (alg) => ` \t\r\n{\n "alg" : "${alg}" ,\t"typ":"at+jwt"\r}\n `],
    ['escapes', (alg) => `{${good(alg)}}`.replace('at+jwt', '\\u0061t\\u002bjwt')],
    ['a pair of surrogates', (alg) => `{${good(alg)},"x":"\\ud83d\\ude00 \u{1F600}"}`],
    ['another order', (alg) => `{"kid":"key-1","typ":"at+jwt","alg":"${alg}"}`],
    ['brackets, colons and quotes in a string', (alg) => `{${good(alg)},"x":"{\\":[\\\\"}`],
    ['an empty name', (alg) => `{${good(alg)},"":""}`],
    ['a name of an inherited member', (alg) => `{${good(alg)},"hasOwnProperty":1,"toString":2}`],
    ['31 levels', (alg) => `{${good(alg)},"x":${'['.repeat(31)}${']'.repeat(31)}}`],
  ];
  for (const [name, text] of fine) {
    it(`takes ${name}`, async () => {
      for (const { algorithm, manager, claims, sign } of targets)
        await expectTaken(manager, sign(text(algorithm), claims()));
    });
  }
});
