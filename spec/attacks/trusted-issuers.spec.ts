import type { KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { JwtManager, KeySet, type TrustedIssuer } from '../../src';
import type { KeyPairAlgorithm } from '../../src/keys/key';
import { isFull } from '../support/full';
import { issuerJwk, startIssuer, type RunningIssuer } from '../support/issuer';
import { jwkOf, keyPairFor, testKeyPair, type TestKeyPair } from '../support/keys';
import { secret, testClock } from '../support/manager';
import { expectInvalid, expectTaken, signToken } from '../support/target';

/** A key of the issuer, and what signs as it. */
interface Member {
  readonly kid: string;
  readonly algorithm: KeyPairAlgorithm;
  readonly pair: TestKeyPair;
}

const member = (kid: string, algorithm: KeyPairAlgorithm, pair = keyPairFor(algorithm)): Member => ({
  kid,
  algorithm,
  pair,
});

const members: readonly Member[] = [
  member('rs256', 'RS256'),
  member('ps256', 'PS256', testKeyPair('rsa', { modulusLength: 2056 })),
  member('es256', 'ES256'),
  member('es256-2', 'ES256', testKeyPair('ec', { namedCurve: 'prime256v1' })),
  member('eddsa', 'EdDSA'),
  ...(isFull ? moreMembers() : []),
];

function moreMembers(): Member[] {
  return [
    member('rs512', 'RS512', testKeyPair('rsa', { modulusLength: 2064 })),
    member('es384', 'ES384'),
    member('es512', 'ES512'),
  ];
}
const algorithms = [...new Set(members.map(({ algorithm }) => algorithm))];
const jwks = { keys: members.map(({ kid, algorithm, pair }) => issuerJwk({ kid }, algorithm, pair)) };

const clock = testClock();
const now = clock() / 1000;

for (const place of ['a KeySet', 'a JWK set that is fetched'] as const) {
  describe(`A token of a trusted issuer whose keys, of four families, are in ${place}`, () => {
    let issuer: RunningIssuer;
    let manager: JwtManager;

    before(async () => {
      issuer = await startIssuer();
      issuer.replies.set('/jwks', jwks);
      const keys: Partial<TrustedIssuer> =
        place === 'a KeySet'
          ? { keys: KeySet.fromJwks(JSON.stringify(jwks)) }
          : { jwksUri: `${issuer.url}/jwks`, algorithms };
      const trusted = { issuer: issuer.url, audience: 'api', ...keys };
      manager = new JwtManager({ secret, issuer: 'https://ours.test', trustedIssuers: [trusted], clock });
      manager.on('rejected', () => undefined);
    });

    after(() => issuer.close());

    const header = (kid: unknown, alg: unknown, more: object = {}) => ({ alg, typ: 'at+jwt', kid, ...more });
    const claims = (changes: object = {}) => ({
      iss: issuer.url,
      sub: 'ada',
      aud: 'api',
      jti: 'token-1',
      iat: now,
      exp: now + 900,
      ...changes,
    });
    const sign = ({ algorithm, pair }: Member, head: object, body: object = claims()) =>
      signToken(algorithm, head, body, pair.privateKey);

    for (const named of members) {
      it(`A4: is accepted with the kid ${named.kid} only from its own key with its own algorithm`, async () => {
        for (const signer of members) {
          for (const alg of algorithms) {
            const text = sign(signer, header(named.kid, alg));
            if (alg !== named.algorithm) await expectInvalid(manager, text, 'alg');
            else if (signer !== named) await expectInvalid(manager, text, 'signature');
            else await expectTaken(manager, text);
          }
        }
      });

      it(`A2: is rejected with HMAC by a public text, with the kid ${named.kid}`, async () => {
        const { publicPem, publicKey } = named.pair;
        const spki = publicKey.export({ format: 'der', type: 'spki' });
        const texts = [
          publicPem,
          publicPem.trim(),
          spki,
          spki.toString('base64'),
          JSON.stringify(jwkOf(publicKey)),
        ];
        for (const text of [...texts, JSON.stringify(jwks), named.kid, '', issuer.url]) {
          for (const alg of ['HS256', 'HS384', 'HS512']) {
            await expectInvalid(manager, signToken(alg, header(named.kid, alg), claims(), text), 'alg');
            await expectInvalid(
              manager,
              signToken(alg, header(named.kid, named.algorithm), claims(), text),
              'signature',
            );
          }
        }
      });

      it(`A5: is rejected with another spelling of the algorithm, with the kid ${named.kid}`, async () => {
        const { algorithm } = named;
        const spellings = [
          algorithm.toLowerCase(),
          `${algorithm} `,
          `${algorithm}\0`,
          [algorithm],
          null,
          undefined,
          'none',
          '',
        ];
        for (const alg of spellings.filter((spelling) => spelling !== algorithm))
          await expectInvalid(manager, sign(named, header(named.kid, alg)), 'alg');
      });

      it(`A9: is rejected with a changed signature or changed claims, with the kid ${named.kid}`, async () => {
        const text = sign(named, header(named.kid, named.algorithm));
        const [head = '', body = '', signature = ''] = text.split('.');
        const bytes = Buffer.from(signature, 'base64url');
        for (let at = 0; at < bytes.length; at += 7) {
          const changed = Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
          await expectInvalid(manager, `${head}.${body}.${changed.toString('base64url')}`, 'signature');
        }
        const others = [
          Buffer.alloc(bytes.length),
          bytes.subarray(1),
          bytes.subarray(0, -1),
          Buffer.alloc(1),
        ];
        for (const other of others)
          await expectInvalid(manager, `${head}.${body}.${other.toString('base64url')}`, 'signature');
        const [, more = ''] = sign(
          named,
          header(named.kid, named.algorithm),
          claims({ roles: ['admin'] }),
        ).split('.');
        await expectInvalid(manager, `${head}.${more}.${signature}`, 'signature');
      });

      it(`B2: is rejected if it brings its own key in the place of ${named.kid}, which nobody fetches`, async () => {
        const key = attackersKey(named.algorithm);
        const jwk = jwkOf(key, { d: undefined, kid: named.kid, alg: named.algorithm, use: 'sig' });
        const address = `${issuer.url}/attacker`;
        const requests = issuer.requests.length;
        for (const more of [
          { jwk },
          { jku: address },
          { x5u: address },
          { x5c: ['MIIB'] },
          { jwk, jku: address, x5t: 'x' },
        ]) {
          const text = signToken(named.algorithm, header(named.kid, named.algorithm, more), claims(), key);
          await expectInvalid(manager, text, 'signature');
        }
        expect(issuer.requests.slice(requests)).to.deep.equal([]);
      });
    }

    it('A4: needs a kid, whichever key has signed', async () => {
      for (const each of members)
        await expectInvalid(manager, sign(each, header(undefined, each.algorithm)), 'kid');
    });

    const kids = [
      '',
      '0',
      ' ',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'size',
      '../../dev/null',
    ];
    kids.push(
      "x' UNION SELECT '1';--",
      '|sleep 10',
      '\0',
      '*',
      'undefined',
      'http://127.0.0.1:1/',
      'x'.repeat(2000),
    );
    for (const kid of [...kids, 7, null, ['rs256'], { kid: 'rs256' }, true]) {
      it(`B1: finds no key by ${JSON.stringify(kid).slice(0, 40)}, whichever key has signed`, async () => {
        for (const each of members)
          await expectInvalid(manager, sign(each, header(kid, each.algorithm)), 'kid');
        expect(issuer.requests.every((path) => path === '/jwks')).to.equal(true);
      });
    }

    const issuers: [name: string, iss: (url: string) => unknown][] = [
      ['none', () => undefined],
      ['ours', () => 'https://ours.test'],
      ['another', () => 'https://evil.test'],
      ['it with a slash', (url) => `${url}/`],
      ['it in upper case', (url) => url.toUpperCase()],
      ['its beginning', (url) => url.slice(0, -1)],
      ['it in a list', (url) => [url]],
      ['it and ours', (url) => [url, 'https://ours.test']],
      ['an object', (url) => ({ toString: url })],
      ['null', () => null],
      ['a name of every object', () => '__proto__'],
    ];
    for (const [name, iss] of issuers) {
      it(`C7: cannot name as its issuer: ${name}`, async () => {
        for (const each of members)
          await expectInvalid(
            manager,
            sign(each, header(each.kid, each.algorithm), claims({ iss: iss(issuer.url) })),
            ['kid', 'iss'],
          );
      });
    }

    it('C9: cannot name two issuers', async () => {
      const [first] = members as [Member];
      const body = JSON.stringify(claims());
      const twice = `{"iss":"https://ours.test",${body.slice(1)}`;
      const text = signToken(
        first.algorithm,
        header(first.kid, first.algorithm),
        twice,
        first.pair.privateKey,
      );
      await expectInvalid(manager, text, 'kid');
    });

    it('is not one of ours, whatever key of ours it names, and ours is not one of theirs', async () => {
      const ours = await new JwtManager({ secret, issuer: 'https://ours.test', clock }).createAccessToken(
        'ada',
      );
      const oursForThem = await new JwtManager({
        secret,
        issuer: issuer.url,
        audience: 'api',
        clock,
      }).createAccessToken('ada');
      await expectTaken(manager, ours);
      await expectInvalid(manager, oursForThem, 'kid');
      const [head = ''] = ours.split('.');
      const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
      for (const each of members) {
        await expectInvalid(manager, sign(each, header(kid, each.algorithm)), 'kid');
        await expectInvalid(
          manager,
          sign(each, header(kid, each.algorithm), claims({ iss: 'https://ours.test' })),
          'alg',
        );
      }
    });

    const headers: [name: string, more: object, reason: string][] = [
      ['B3: crit', { crit: ['exp'] }, 'crit'],
      ['B4: b64', { b64: false }, 'crit'],
      ['B6: zip', { zip: 'DEF' }, 'crit'],
      ['B6: cty', { cty: 'JWT' }, 'crit'],
      ['B5: the type of an ID token', { typ: 'JWT' }, 'typ'],
      ['B5: the type of a refresh token of ours', { typ: 'rt+jwt' }, 'typ'],
      ['B5: the type of a logout token', { typ: 'logout+jwt' }, 'typ'],
      ['B5: no type', { typ: undefined }, 'typ'],
    ];
    for (const [name, more, reason] of headers) {
      it(`${name} is rejected in its header`, async () => {
        for (const each of members)
          await expectInvalid(manager, sign(each, header(each.kid, each.algorithm, more)), reason);
      });
    }
  });
}

describe('A key of ours that a trusted issuer publishes', () => {
  it('is not taken as theirs, and does not keep us from rotating to it', async () => {
    const issuer = await startIssuer();
    const keys = KeySet.fromPem(keyPairFor('ES256').privatePem, { algorithm: 'ES256', kid: 'ours' });
    const jwtManager = new JwtManager({
      keys,
      trustedIssuers: [{ issuer: issuer.url, audience: 'api', jwksUri: `${issuer.url}/jwks` }],
      clock,
    });
    jwtManager.on('rejected', () => undefined);
    const text = signToken(
      'RS256',
      { alg: 'RS256', typ: 'at+jwt', kid: 'theirs' },
      { iss: issuer.url, sub: 'ada', aud: 'api', jti: 'x', iat: now, exp: now + 900 },
      keyPairFor('RS256').privateKey,
    );
    await expectTaken(jwtManager, text);
    keys.rotate(KeySet.fromPem(keyPairFor('RS256').privatePem, { algorithm: 'RS256', kid: 'next' }));
    clock.advance(600);
    const error: unknown = await jwtManager.verify(text).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'ERR_JWT_ISSUER' });
    await issuer.close();
  });
});

function attackersKey(algorithm: KeyPairAlgorithm): KeyObject {
  if (algorithm === 'EdDSA') return testKeyPair('ed25519', { attacker: true }).privateKey;
  if (!algorithm.startsWith('ES')) return testKeyPair('rsa', { modulusLength: 2072 }).privateKey;
  const curve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[algorithm as 'ES256'];
  return testKeyPair('ec', { namedCurve: curve, attacker: true }).privateKey;
}
