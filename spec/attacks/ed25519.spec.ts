import { expect } from 'chai';
import { KeySet } from '../../src';
import { encode } from '../support/forge';
import { jwkOf, keyPairFor, testKeyPair } from '../support/keys';
import { expectRefused, untypedKeySet } from '../support/refused-key';
import { expectInvalid, expectTaken, signatureOf, targetFor, type Target } from '../support/target';

/** The order of the group (RFC 8032, section 5.1). */
const order = (1n << 252n) + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

const own = keyPairFor('EdDSA');
const other = testKeyPair('ed25519', { other: true });

function unsigned({ header, claims }: Target): string {
  return `${encode(header())}.${encode(claims())}`;
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function bytesOf(number: bigint): Buffer {
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();
}

describe('A7: Ed25519 signatures at the edges', () => {
  const target = targetFor('EdDSA');
  const good = signatureOf('EdDSA', unsigned(target), target.key);
  const [r, s] = [good.subarray(0, 32), numberOf(good.subarray(32))];
  const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);

  it('accepts the good signature', async () => {
    await expectTaken(target.manager, `${unsigned(target)}.${good.toString('base64url')}`);
  });

  const signatures: [string, Buffer][] = [
    [
      'S plus the order of the group, which is the same modulo the order',
      Buffer.concat([r, bytesOf(s + order)]),
    ],
    ['S plus eight times the order', Buffer.concat([r, bytesOf(s + 8n * order)])],
    ['S negated', Buffer.concat([r, bytesOf(order - s)])],
    ['S of zero', Buffer.concat([r, Buffer.alloc(32)])],
    ['S that is the order', Buffer.concat([r, bytesOf(order)])],
    [
      'R with its sign flipped',
      Buffer.concat([r.subarray(0, 31), Buffer.from([(r[31] ?? 0) ^ 0x80]), bytesOf(s)]),
    ],
    ['R that is the identity, S of zero', Buffer.concat([identity, Buffer.alloc(32)])],
    ['zeros', Buffer.alloc(64)],
    ['ones', Buffer.alloc(64, 0xff)],
    ['R and S swapped', Buffer.concat([bytesOf(s), r])],
    ['a byte less', good.subarray(0, 63)],
    ['a byte more', Buffer.concat([good, Buffer.alloc(1)])],
    ['the length of Ed448', Buffer.concat([good, Buffer.alloc(50)])],
    ['the signature twice', Buffer.concat([good, good])],
    ['the text in hex', Buffer.from(good.toString('hex'))],
    ['the signature of another key', signatureOf('EdDSA', unsigned(target), other.privateKey)],
    [
      'the signature of a prehashed text',
      signatureOf('ES256', unsigned(target), keyPairFor('ES256').privateKey),
    ],
  ];
  for (const [name, signature] of signatures) {
    it(`rejects ${name}`, () =>
      expectInvalid(target.manager, `${unsigned(target)}.${signature.toString('base64url')}`, 'signature'));
  }
});

describe('A11: Ed25519 keys that are weak, or whose halves belong to two keys', () => {
  const smallOrder = [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    `ec${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
    `ee${'ff'.repeat(30)}7f`,
  ];
  for (const hex of smallOrder) {
    it(`refuses the point ${hex.slice(0, 12)}…, with either sign`, async () => {
      for (const sign of [0, 0x80]) {
        const point = Buffer.from(hex, 'hex');
        point[31] = (point[31] ?? 0) | sign;
        const jwk = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', x: point.toString('base64url') };
        await expectRefused(() => KeySet.fromJwks({ keys: [jwk] }), /small order|cannot be read/);
      }
    });
  }

  const jwk = jwkOf(own.privateKey, { alg: 'EdDSA' });
  const publicJwk = jwkOf(own.publicKey, { alg: 'EdDSA' });
  const x = String(jwk.x);
  const keys: [string, object, RegExp][] = [
    ['the x of another key', { ...jwk, x: jwkOf(other.publicKey).x }, /x does not fit its d/],
    ['the d of another key', { ...jwk, d: jwkOf(other.privateKey).d }, /x does not fit its d/],
    ['no x', { ...jwk, x: undefined }, /cannot be read|x does not fit/],
    ['an empty x', { ...jwk, x: '' }, /cannot be read|x does not fit/],
    ['an x that is null', { ...jwk, x: null }, /cannot be read|x does not fit/],
    ['an x with padding', { ...jwk, x: `${x}=` }, /x does not fit its d, or is not base64url/],
    ['a public x with padding', { ...publicJwk, x: `${x}=` }, /x does not fit its d, or is not base64url/],
    ['a public x of 31 bytes', { ...publicJwk, x: x.slice(0, 42) }, /cannot be read/],
    ['a public x of 33 bytes', { ...publicJwk, x: `${x}A` }, /cannot be read|x does not fit/],
    ['a d of 31 bytes', { ...jwk, d: String(jwk.d).slice(0, 42) }, /cannot be read/],
    ['another curve', { ...jwk, crv: 'Ed448' }, /cannot be read/],
    ['the curve of a key exchange', { ...jwk, crv: 'X25519' }, /x does not fit its d|x25519/],
    ['the type of an EC key', { ...jwk, kty: 'EC' }, /cannot be read/],
    ['the algorithm of an EC key', { ...jwk, alg: 'ES256' }, /of the type ed25519: ES256 needs ec/],
    ['use: enc', { ...jwk, use: 'enc' }, /use must be sig/],
    ['key_ops to derive', { ...jwk, key_ops: ['deriveBits'] }, /key_ops/],
  ];
  for (const [name, bad, says] of keys) {
    it(`refuses a JWK with ${name}`, () =>
      expectRefused(() => untypedKeySet.fromJwks({ keys: [bad] }), says, String(jwk.d)));
  }

  it('accepts the key itself, private and public', () => {
    for (const good of [jwk, publicJwk]) expect(KeySet.fromJwks({ keys: [good] }).kids).to.have.length(1);
  });
});
