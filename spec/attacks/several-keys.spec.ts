import { createSecretKey, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { JwtManager, KeySet, type Algorithm } from '../../src';
import type { KeyPairAlgorithm } from '../../src/keys/key';
import { callsDuring, forbidden } from '../support/calls';
import { isFull } from '../support/full';
import { jwkOf, keyPairFor, testKeyPair } from '../support/keys';
import { otherSecret, secret, testClock } from '../support/manager';
import { expectInvalid, expectTaken, signToken } from '../support/target';

/** A key of a set, and what signs as it. */
interface Member {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
  readonly keys: KeySet;
}

function pairMember(
  kid: string,
  algorithm: KeyPairAlgorithm,
  { privateKey, privatePem } = keyPairFor(algorithm),
): Member {
  return { kid, algorithm, key: privateKey, keys: KeySet.fromPem(privatePem, { algorithm, kid }) };
}

function secretMember(kid: string, algorithm: 'HS256' | 'HS384' | 'HS512', text: string): Member {
  const key = createSecretKey(Buffer.from(text));
  return { kid, algorithm, key, keys: KeySet.fromSecret(text, { algorithm, kid }) };
}

const pairs: readonly Member[] = [
  pairMember('rs256', 'RS256'),
  pairMember('ps256', 'PS256', testKeyPair('rsa', { modulusLength: 2056 })),
  pairMember('es256', 'ES256'),
  pairMember('es256-2', 'ES256', testKeyPair('ec', { namedCurve: 'prime256v1' })),
  pairMember('eddsa', 'EdDSA'),
  ...(isFull ? morePairs() : []),
];

function morePairs(): Member[] {
  return [
    pairMember('rs512', 'RS512', testKeyPair('rsa', { modulusLength: 2064 })),
    pairMember('es384', 'ES384'),
    pairMember('es512', 'ES512'),
  ];
}

const secrets: readonly Member[] = [
  secretMember('hs256', 'HS256', secret),
  secretMember('hs256-2', 'HS256', otherSecret),
  secretMember('hs384', 'HS384', `${otherSecret}${secret}`),
  secretMember('hs512', 'HS512', `${secret}${otherSecret}`),
];

const clock = testClock();
const now = clock() / 1000;
const claims = { sub: 'ada', jti: 'token-1', iat: now, nbf: now, exp: now + 900 };

function managerOf([first, ...others]: readonly Member[]): JwtManager {
  const keys = KeySet.fromJwks(jwksOf(first as Member));
  for (const other of others) keys.add(other.keys);
  return new JwtManager({ keys, clock });
}

/** A set of its own, so that adding to it changes no other spec's. */
function jwksOf({ kid, algorithm, key }: Member): { keys: ReturnType<typeof jwkOf>[] } {
  return { keys: [jwkOf(key, { kid, alg: algorithm })] };
}

function header(kid: unknown, alg: unknown, more: object = {}): object {
  return { alg, typ: 'at+jwt', kid, ...more };
}

const families: [string, readonly Member[]][] = [
  ['key pairs of four families', pairs],
  ['secrets for three hashes', secrets],
];

for (const [family, members] of families) {
  const algorithms = [...new Set(members.map(({ algorithm }) => algorithm))];

  describe(`A4: a set with ${family}`, () => {
    const manager = managerOf(members);

    for (const named of members) {
      it(`accepts by the kid ${named.kid} what its own key has signed with its own algorithm, and nothing else`, async () => {
        for (const signer of members) {
          for (const alg of algorithms) {
            const token = signToken(signer.algorithm, header(named.kid, alg), claims, signer.key);
            if (alg !== named.algorithm) await expectInvalid(manager, token, 'alg');
            else if (signer !== named) await expectInvalid(manager, token, 'signature');
            else await expectTaken(manager, token);
          }
        }
      });
    }

    it('needs a kid, whichever key has signed', async () => {
      for (const { algorithm, key } of members)
        await expectInvalid(manager, signToken(algorithm, header(undefined, algorithm), claims, key), 'kid');
    });

    it('has no algorithm of another family', async () => {
      const strange = ['none', 'HS256', 'HS512', 'RS384', 'PS512', 'ES256K', 'Ed25519'];
      for (const { kid, algorithm, key } of members) {
        for (const alg of strange.filter((name) => name !== algorithm))
          await expectInvalid(manager, signToken(algorithm, header(kid, alg), claims, key), 'alg');
      }
    });
  });

  describe(`B1: the names of keys in a set with ${family}`, () => {
    const manager = managerOf(members);
    const kids: unknown[] = [
      '',
      '0',
      ' ',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'keys',
      'size',
    ];
    kids.push('../../../../dev/null', "x' UNION SELECT '1';--", '|sleep 10', '\0', '*', 'undefined', 'null');

    for (const kid of kids) {
      it(`finds no key by ${JSON.stringify(kid)}, whichever key has signed`, async () => {
        for (const { algorithm, key } of members) {
          const token = signToken(algorithm, header(kid, algorithm), claims, key);
          const calls = await callsDuring(forbidden, () => expectInvalid(manager, token, 'kid'));
          expect(calls).to.deep.equal([]);
        }
      });
    }

    const spellings: [string, (kid: string) => unknown][] = [
      ['in upper case', (kid) => kid.toUpperCase()],
      ['after a space', (kid) => ` ${kid}`],
      ['before a zero byte', (kid) => `${kid}\0`],
      ['without its last letter', (kid) => kid.slice(0, -1)],
      ['with a look-alike letter', (kid) => kid.replace(/[aes]/, '\u0435')],
      ['in a list', (kid) => [kid]],
      ['in an object', (kid) => ({ kid })],
      ['all in one', () => members.map(({ kid }) => kid).join(' ')],
    ];
    for (const [name, spell] of spellings) {
      it(`finds no key by its name ${name}`, async () => {
        for (const { kid, algorithm, key } of members)
          await expectInvalid(
            manager,
            signToken(algorithm, header(spell(kid), algorithm), claims, key),
            'kid',
          );
      });
    }
  });

  describe(`B2: keys of an attacker beside a set with ${family}`, () => {
    const manager = managerOf(members);

    for (const { kid, algorithm } of members) {
      it(`are not taken in the place of ${kid}`, async () => {
        const key = attackersKey(algorithm);
        const jwk = jwkOf(key, { d: undefined, kid, alg: algorithm, use: 'sig' });
        const jku = 'http://127.0.0.1:9/jwks.json';
        for (const more of [{ jwk }, { jku }, { x5u: jku }, { x5c: ['MIIB'] }, { jwk, jku, x5t: 'x' }]) {
          for (const [name, reason] of [
            [kid, 'signature'],
            ['attacker', 'kid'],
            [undefined, 'kid'],
          ]) {
            const token = signToken(algorithm, header(name, algorithm, more), claims, key);
            const calls = await callsDuring(forbidden, () => expectInvalid(manager, token, String(reason)));
            expect(calls).to.deep.equal([]);
          }
        }
      });
    }
  });

  describe(`A9: a set with ${family} that rotates`, () => {
    for (const [index, old] of members.entries()) {
      it(`accepts nothing that ${old.kid} has signed once it is retired, by no name`, async () => {
        const next = members[(index + 1) % members.length] as Member;
        const keys = KeySet.fromJwks(jwksOf(old)).rotate(next.keys);
        const manager = new JwtManager({ keys, clock });
        const token = signToken(old.algorithm, header(old.kid, old.algorithm), claims, old.key);
        await expectTaken(manager, token);
        keys.retire(old.kid);
        await expectInvalid(manager, token, 'kid');
        const renamed = signToken(old.algorithm, header(next.kid, old.algorithm), claims, old.key);
        await expectInvalid(manager, renamed, next.algorithm === old.algorithm ? 'signature' : 'alg');
        const unnamed = signToken(old.algorithm, header(undefined, old.algorithm), claims, old.key);
        await expectInvalid(manager, unnamed, next.algorithm === old.algorithm ? 'signature' : 'alg');
        await expectTaken(
          manager,
          signToken(next.algorithm, header(next.kid, next.algorithm), claims, next.key),
        );
      });
    }
  });
}

describe('A2: HMAC with the public text of a key in a set with several', () => {
  const manager = managerOf(pairs);
  const published = JSON.stringify(publishedSet());
  const texts: [string, (member: Member) => string][] = [
    ['its PEM', ({ keys }) => String(keys.signer().verifyingKey.export({ format: 'pem', type: 'spki' }))],
    ['its JWK', ({ keys }) => JSON.stringify(keys.toJwks().keys[0])],
    ['the published set', () => published],
    ['its kid', ({ kid }) => kid],
    ['nothing', () => ''],
  ];
  for (const [name, textOf] of texts) {
    it(`is rejected: ${name}, by the name of every key`, async () => {
      for (const owner of pairs) {
        for (const { kid, algorithm } of pairs) {
          for (const alg of ['HS256', 'HS512']) {
            await expectInvalid(manager, signToken(alg, header(kid, alg), claims, textOf(owner)), 'alg');
            await expectInvalid(
              manager,
              signToken(alg, header(kid, algorithm), claims, textOf(owner)),
              'signature',
            );
          }
        }
      }
    });
  }

  it('publishes no private member and no secret', () => {
    for (const { key } of pairs) {
      const { d, p, q, dp, dq, qi } = jwkOf(key);
      for (const part of [d, p, q, dp, dq, qi])
        if (part !== undefined) expect(published).not.to.include(part);
    }
  });

  function publishedSet(): object {
    const [first, ...others] = pairs;
    const keys = KeySet.fromJwks(jwksOf(first as Member));
    for (const other of others) keys.rotate(other.keys);
    return keys.toJwks();
  }
});

function attackersKey(algorithm: Algorithm): KeyObject {
  if (algorithm.startsWith('HS'))
    return createSecretKey(Buffer.from('the attacker has a secret of 64 bytes or more, too'.repeat(2)));
  if (algorithm === 'EdDSA') return testKeyPair('ed25519', { attacker: true }).privateKey;
  if (!algorithm.startsWith('ES')) return testKeyPair('rsa', { modulusLength: 2072 }).privateKey;
  const curve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[algorithm as 'ES256'];
  return testKeyPair('ec', { namedCurve: curve, attacker: true }).privateKey;
}
