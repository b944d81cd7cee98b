import { constants, createHash, createPublicKey, privateEncrypt, sign, type KeyObject } from 'node:crypto';
import { encode } from '../support/forge';
import { shortList } from '../support/full';
import { jwkOf } from '../support/keys';
import {
  expectInvalid,
  expectTaken,
  signatureOf,
  targetAmongOthers,
  targetFor as targetAlone,
  targetOfIssuer,
  type Target,
} from '../support/target';

const signedAs = shortList(
  ['HS256', 'RS256', 'ES256', 'EdDSA', 'HS384', 'HS512', 'PS256', 'ES512'] as const,
  4,
);

/** Where the key that is attacked may be. */
const places = [
  ['a key', targetAlone],
  ['one of several keys', targetAmongOthers],
  ['one of several keys of a trusted issuer', targetOfIssuer],
] as const;

/** What a target's token would say, and the same with another signature. */
function unsigned({ header, claims }: Target): string {
  return `${encode(header())}.${encode(claims())}`;
}

function withSignature(target: Target, signature: Buffer): string {
  return `${unsigned(target)}.${signature.toString('base64url')}`;
}

function goodSignature(target: Target): Buffer {
  return signatureOf(target.algorithm, unsigned(target), target.key);
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function bytesOf(number: bigint, size: number): Buffer {
  return Buffer.from(number.toString(16).padStart(size * 2, '0'), 'hex');
}

for (const [place, targetFor] of shortList(places, 1)) {
  describe(`A7: ECDSA signatures of ${place} at the edges`, () => {
    const orders = {
      ES256: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
      ES384:
        'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
      ES512:
        '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
    };

    for (const [algorithm, order] of Object.entries(orders)) {
      const target = targetFor(algorithm as 'ES256');
      const n = BigInt(`0x${order}`);
      const size = order.length / 2;
      const pair = (r: bigint, s: bigint, bytes = size) =>
        Buffer.concat([bytesOf(r, bytes), bytesOf(s, bytes)]);

      it(`refuses every pair of numbers at the edges for ${algorithm}`, async () => {
        const edges = [0n, 1n, 2n, n / 2n, n - 1n, n, n + 1n, (1n << BigInt(size * 8)) - 1n];
        for (const r of edges) {
          for (const s of edges)
            await expectInvalid(target.manager, withSignature(target, pair(r, s)), 'signature');
        }
      });

      it(`refuses a good signature of ${algorithm} in another form`, async () => {
        const good = goodSignature(target);
        await expectTaken(target.manager, withSignature(target, good));
        const [r, s] = [numberOf(good.subarray(0, size)), numberOf(good.subarray(size))];
        const der = sign(`sha${algorithm.slice(2)}`, Buffer.from(unsigned(target)), target.key);
        const forms: Record<string, Buffer> = {
          'r and s swapped': pair(s, r),
          'r negated': pair(n - r, s),
          'leading zeros in both': pair(r, s, size + 1),
          'many leading zeros': pair(r, s, 257),
          'a leading zero in r': Buffer.concat([Buffer.alloc(1), good]),
          'leading zeros dropped from s': Buffer.concat([good.subarray(0, size), good.subarray(size + 1)]),
          'a zero at the end': Buffer.concat([good, Buffer.alloc(1)]),
          'zeros at the end': Buffer.concat([good, Buffer.alloc(size * 2)]),
          'twice the same': Buffer.concat([good, good]),
          'only r': good.subarray(0, size),
          'one byte less': good.subarray(0, -1),
          'one byte': good.subarray(0, 1),
          DER: der,
          'DER with something after it': Buffer.concat([der, Buffer.alloc(4)]),
          'DER filled up': Buffer.concat([der, Buffer.alloc(2 * size)]).subarray(0, 2 * size),
          'the text in hex': Buffer.from(good.toString('hex')),
          '66 bytes': Buffer.alloc(66, 1),
          '514 bytes': Buffer.alloc(514, 1),
        };
        for (const [name, form] of Object.entries(forms)) {
          if (!form.equals(good))
            await expectInvalid(target.manager, withSignature(target, form), 'signature');
          else throw new Error(`${name} is the good one`);
        }
      });
    }

    it('refuses numbers that are right modulo the order', async () => {
      const target = targetFor('ES512');
      const good = goodSignature(target);
      const n = BigInt(`0x${orders.ES512}`);
      const [r, s] = [numberOf(good.subarray(0, 66)), numberOf(good.subarray(66))];
      for (const [left, right] of [
        [r + n, s],
        [r, s + n],
        [r + n, s + n],
      ] as const) {
        const same = Buffer.concat([bytesOf(left, 66), bytesOf(right, 66)]);
        await expectInvalid(target.manager, withSignature(target, same), 'signature');
      }
    });
  });

  describe(`A8: RSA signatures of ${place} with a padding that is not quite right`, () => {
    const target = targetFor('RS256');
    const modulus = numberOf(Buffer.from(jwkOf(createPublicKey(target.key)).n ?? '', 'base64url'));
    const digest = createHash('sha256').update(unsigned(target)).digest();
    const digestInfo = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), digest]);
    const other = (prefix: string, hash = 'sha256') =>
      Buffer.concat([Buffer.from(prefix, 'hex'), createHash(hash).update(unsigned(target)).digest()]);

    const padded = (content: Buffer, start = '0001', filler = 0xff, after = Buffer.alloc(0)) =>
      Buffer.concat([
        Buffer.from(start, 'hex'),
        Buffer.alloc(256 - 3 - content.length - after.length, filler),
        Buffer.alloc(1),
        content,
        after,
      ]);
    const raw = (encoded: Buffer) =>
      privateEncrypt({ key: target.key, padding: constants.RSA_NO_PADDING }, encoded);

    it('takes the padding that is right', async () => {
      await expectTaken(target.manager, withSignature(target, raw(padded(digestInfo))));
    });

    const encodings: [string, Buffer][] = [
      ['the bare digest', padded(digest)],
      ['the digest as an octet string', padded(other('0420'))],
      ['no parameters', padded(other('302f300b06096086480165030402010420'))],
      ['a length in its long form', padded(other('308131300d060960864801650304020105000420'))],
      ['a length without end', padded(other('3080300d060960864801650304020105000420'))],
      ['the name of SHA-1', padded(other('3021300906052b0e03021a05000414'))],
      ['SHA-1', padded(other('3021300906052b0e03021a05000414', 'sha1'))],
      ['SHA-384', padded(other('3041300d060960864801650304020205000430', 'sha384'))],
      ['SHA-512', padded(other('3051300d060960864801650304020305000440', 'sha512'))],
      ['a digest that is too short', padded(digestInfo.subarray(0, -1))],
      ['nothing', padded(Buffer.alloc(0))],
      ['a byte behind it', padded(digestInfo, '0001', 0xff, Buffer.alloc(1))],
      ['garbage behind it', padded(digestInfo, '0001', 0xff, Buffer.alloc(190, 0xaa))],
      ['the shortest padding, and garbage', padded(digestInfo, '0001', 0xff, Buffer.alloc(194, 0xaa))],
      ['block type 0', padded(digestInfo, '0000')],
      ['block type 2', padded(digestInfo, '0002')],
      ['a first byte that is not zero', padded(digestInfo, '0101')],
      ['zeros for a filler', padded(digestInfo, '0001', 0)],
      ['another filler', padded(digestInfo, '0001', 0xfe)],
      ['no separator', Buffer.from(padded(digestInfo).map((byte, at) => (at === 204 ? 0xff : byte)))],
      ['a separator too many', Buffer.from(padded(digestInfo).map((byte, at) => (at === 100 ? 0 : byte)))],
      [
        'the digest of another token',
        padded(Buffer.concat([digestInfo.subarray(0, 19), Buffer.alloc(32, 1)])),
      ],
    ];
    for (const [name, encoded] of encodings) {
      it(`refuses ${name}`, async () => {
        if (numberOf(encoded) >= modulus) throw new Error('the number is too large for the key');
        await expectInvalid(target.manager, withSignature(target, raw(encoded)), 'signature');
      });
    }

    const numbers: [string, Buffer][] = [
      ['0', bytesOf(0n, 256)],
      ['1', bytesOf(1n, 256)],
      ['n - 1', bytesOf(modulus - 1n, 256)],
      ['n', bytesOf(modulus, 256)],
      ['n + 1', bytesOf(modulus + 1n, 256)],
      ['all ones', Buffer.alloc(256, 0xff)],
      ['the right number plus n', bytesOf(numberOf(goodSignature(target)) + modulus, 257)],
      ['n minus the right number', bytesOf(modulus - numberOf(goodSignature(target)), 256)],
      ['a leading zero', bytesOf(numberOf(goodSignature(target)), 257)],
      ['a zero at the end', Buffer.concat([goodSignature(target), Buffer.alloc(1)])],
      ['a byte less', goodSignature(target).subarray(1)],
      ['the padding itself, not encrypted', padded(digestInfo)],
      ['the digest itself', digest],
    ];
    for (const [name, signature] of numbers) {
      it(`refuses ${name} as a signature, of PKCS#1 and of PSS`, async () => {
        await expectInvalid(target.manager, withSignature(target, signature), 'signature');
        const pss = targetFor('PS256');
        await expectInvalid(pss.manager, withSignature(pss, signature), 'signature');
      });
    }

    const all = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
    for (const pinned of all) {
      for (const used of all.filter((name) => name !== pinned)) {
        it(`refuses a signature of ${used} in a token that says ${pinned}`, async () => {
          const victim = targetFor(pinned);
          const signature = signatureOf(used, unsigned(victim), victim.key);
          await expectInvalid(victim.manager, withSignature(victim, signature), 'signature');
        });
      }
    }

    for (const saltLength of [0, 1, 20, 31, 33, 48, 64, 222]) {
      it(`refuses PS256 with a salt of ${String(saltLength)} bytes`, async () => {
        const pss = targetFor('PS256');
        const signature = pssSignature(pss.key, unsigned(pss), saltLength);
        await expectInvalid(pss.manager, withSignature(pss, signature), 'signature');
      });
    }

    it('takes PS256 with a salt of 32 bytes', async () => {
      const pss = targetFor('PS256');
      await expectTaken(pss.manager, withSignature(pss, pssSignature(pss.key, unsigned(pss), 32)));
    });

    for (const algorithm of ['PS256', 'RS256'] as const) {
      it(`refuses ${algorithm} without its leading zero, which is the same number (RFC 8017, section 8.1.2)`, async () => {
        const target = targetFor(algorithm);
        for (let attempt = 0; attempt < 10_000; attempt++) {
          const unsignedText = `${encode(target.header())}.${encode(target.claims({ jti: `token-${String(attempt)}` }))}`;
          const signature = signatureOf(algorithm, unsignedText, target.key);
          if (signature[0] !== 0) continue;
          await expectTaken(target.manager, `${unsignedText}.${signature.toString('base64url')}`);
          const shorter = signature.subarray(1).toString('base64url');
          return expectInvalid(target.manager, `${unsignedText}.${shorter}`, 'signature');
        }
        throw new Error('no signature began with a zero');
      });
    }

    function pssSignature(key: KeyObject, text: string, saltLength: number): Buffer {
      return sign('sha256', Buffer.from(text), { key, saltLength, padding: constants.RSA_PKCS1_PSS_PADDING });
    }
  });

  describe(`A9: signatures of ${place} that are broken`, () => {
    for (const algorithm of signedAs) {
      // Issuers have no secrets in common with us.
      if (targetFor === targetOfIssuer && algorithm.startsWith('HS')) continue;
      const target = targetFor(algorithm);
      const { manager } = target;
      const good = goodSignature(target);
      const text = withSignature(target, good);

      it(`refuses one bit flipped, at every byte of ${algorithm}`, async () => {
        for (let at = 0; at < good.length; at++) {
          const broken = Buffer.from(good);
          broken[at] = (good[at] ?? 0) ^ (1 << (at % 8));
          await expectInvalid(manager, withSignature(target, broken), 'signature');
        }
        await expectTaken(manager, text);
      });

      it(`refuses every length that is too short for ${algorithm}`, async () => {
        for (let length = 1; length < good.length; length++) {
          await expectInvalid(manager, withSignature(target, good.subarray(0, length)), 'signature');
          await expectInvalid(manager, withSignature(target, good.subarray(length)), 'signature');
        }
        for (let cut = 1; cut <= good.toString('base64url').length; cut++)
          await expectInvalid(manager, text.slice(0, -cut), ['signature', 'format']);
      });

      it(`refuses characters added to ${algorithm}, before and behind`, async () => {
        const signature = good.toString('base64url');
        for (const added of ['A', 'AA', 'AAA', 'AAAA', '_', '=', '.', ' ', '\n']) {
          for (const broken of [signature + added, added + signature])
            await expectInvalid(manager, `${unsigned(target)}.${broken}`, ['signature', 'format']);
        }
      });

      it(`refuses the parts of other good tokens of ${algorithm}`, async () => {
        const other = target.sign(target.header({ extra: 1 }), target.claims({ sub: 'bob' }));
        await manager.verify(other);
        const [ours, theirs] = [text.split('.'), other.split('.')];
        for (let choice = 1; choice < 7; choice++) {
          const mixed = ours.map((part, at) => (choice & (1 << at) ? theirs[at] : part)).join('.');
          await expectInvalid(manager, mixed, 'signature');
        }
      });

      it(`refuses a good token of ${algorithm} whose parts change places`, async () => {
        const [a = '', b = '', c = ''] = text.split('.');
        for (const parts of [
          [a, c, b],
          [b, a, c],
          [b, c, a],
          [c, a, b],
          [c, b, a],
          [a, a, c],
          [a, b, b],
          [b, b, c],
        ])
          await expectInvalid(manager, parts.join('.'), ['signature', 'format', 'kid', 'alg']);
      });
    }
  });
}
