import { deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { WrongTokenTypeError } from '../../src';
import { callsDuring, forbidden } from '../support/calls';
import { encode } from '../support/forge';
import { expectHeaderRefused, headerTargets } from '../support/header-targets';
import { refusalOf } from '../support/rejected';
import { expectInvalid, type Target } from '../support/target';

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
    for (const target of headerTargets) {
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
    for (const target of headerTargets)
      for (const [, text] of shapes(target)) await expectNoToken(target, text);
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
      for (const { manager, header, claims, sign } of headerTargets) {
        const token = sign(header({ typ }), claims());
        expect((await manager.verify(token)).type).to.equal('access');
        await refusalOf(manager.verify(token, { type: 'refresh' }), WrongTokenTypeError);
      }
    });
  }

  for (const typ of ['rt+jwt', 'RT+JWT', 'application/rt+jwt']) {
    it(`takes ${typ} for a refresh token only`, async () => {
      for (const { manager, header, claims, sign } of headerTargets) {
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
      for (const { manager, header, claims, sign } of headerTargets)
        await expectInvalid(manager, sign(header({ typ }), claims()), 'typ');
    });
  }
});
