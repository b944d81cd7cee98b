import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect } from 'chai';
import { callsDuring, forbidden } from '../support/calls';
import { expectHeaderRefused, headerTargets } from '../support/header-targets';
import { certificatePem } from '../support/key-files';
import { jwkOf, testKeyPair } from '../support/keys';
import { expectInvalid, expectTaken, keysFor, signToken, targetFor } from '../support/target';

describe('the header that the cases of B1 to B7 change', () => {
  it('is taken as it is, and with parameters that mean nothing here', async () => {
    for (const { manager, header, claims, sign } of headerTargets) {
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
      for (const { algorithm, manager, header, claims } of headerTargets) {
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
    for (const { manager, header, claims, sign } of headerTargets)
      await expectInvalid(manager, sign(header({ kid: 'x'.repeat(10_000) }), claims()), 'format');
  });

  it('refuses a name that stands twice, whichever comes first', async () => {
    for (const { algorithm, manager, claims, sign } of headerTargets) {
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
    for (const { manager, header, claims, sign } of headerTargets)
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
    EdDSA: testKeyPair('ed25519', { attacker: true }).privateKey,
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
    for (const target of headerTargets) {
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
    for (const { manager, header, claims, sign } of headerTargets) {
      const token = sign(header({ jku: url, x5u: url, jwk: {}, x5c: [certificate], x5t: 1 }), claims());
      expect(await callsDuring(forbidden, () => expectTaken(manager, token))).to.deep.equal([]);
    }
  });

  it('has asked nobody', () => {
    expect(connections).to.equal(0);
  });
});
