import { createSecretKey, type JsonWebKey } from 'node:crypto';
import { expect } from 'chai';
import { ConfigurationError, KeySet, TokenInvalidError } from '../../src';
import type { Key } from '../../src/keys/key';
import { HeaderReader } from '../../src/token/header';
import { openSigned } from '../../src/token/open-signed';
import { jwkOf, keyPairFor } from '../support/keys';
import { expectRefused as expectKeyRefused } from '../support/refused-key';
import { asSet, readVectors, type JwkOrSet } from '../support/vectors';

interface Case {
  readonly tcId: number;
  readonly comment: string;
  readonly jws?: unknown;
  readonly result: 'valid' | 'invalid';
}
interface Group {
  readonly comment: string;
  readonly private?: JwkOrSet;
  readonly public?: JwkOrSet;
  readonly tests: readonly Case[];
}

/** Cases out of scope, with what becomes of them here, and why. */
const outOfScope = new Map<number, readonly ['taken' | 'refused', string]>([
  ...numbers(
    [259, 264, 268, 272, 320, 325],
    'refused',
    'a token has claims, and these have an empty payload',
  ),
  ...numbers([346, 350], 'refused', 'the key is for PS256 (RFC 7517, section 4.4), and the token says PS384'),
  ...numbers([372, 373], 'refused', 'said to be valid, and has a character that is no base64url'),
  ...numbers([367, 370], 'taken', 'said to be invalid, and is letter for letter the valid case 357'),
]);

function numbers(ids: readonly number[], outcome: 'taken' | 'refused', why: string) {
  return ids.map((id) => [id, [outcome, why]] as const);
}

/** What a KeySet says when a key of the cases is no good; every other refusal is about the token. */
const refusedKey = /use must be|key_ops must|can be factored|not both/;

/** What a KeySet refuses of some keys, in cases that are about something else: a name, an algorithm, a secret. */
const strangeName = 'bilbo.baggins@hobbiton.example';
const strangeAlgorithm = 'ES521';
const refusedSecrets = [
  Buffer.alloc(32),
  // Of RFC 7520, section 3.5.
  Buffer.from('hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg', 'base64url'),
];

/** Opens a token as the verifier does, up to the signature: these tokens have no type of ours, and no claims. */
function open(keys: JwkOrSet, jws: unknown): void {
  openSigned(jws, new HeaderReader(finderFor(asSet(keys).keys), () => 'any'));
}

function finderFor(keys: readonly JsonWebKey[]): (kid: string | undefined) => Key | undefined {
  const [{ k, kid } = {}] = keys;
  const secret = refusedSecrets.find((each) => each.toString('base64url') === k);
  if (secret) return () => keyOf(secret);
  const set = KeySet.fromJwks({ keys: keys.map(mended) });
  return (name) => set.find(name === kid && kid === strangeName ? undefined : name);
}

function mended(jwk: JsonWebKey): JsonWebKey {
  const { kid, alg } = jwk;
  return {
    ...jwk,
    kid: kid === strangeName ? undefined : kid,
    alg: alg === strangeAlgorithm ? 'ES512' : alg,
  };
}

function keyOf(secret: Buffer): Key {
  return { kid: 'a', algorithm: 'HS256', verifyingKey: createSecretKey(secret), signingKey: undefined };
}

function suite(file: string, counts: { cases: number; inScope: number }): void {
  const vectors = readVectors<{ testGroups: Group[] }>(file);
  if (!vectors) return;
  let cases = 0;
  let inScope = 0;

  for (const { comment, tests, ...halves } of vectors.testGroups) {
    const keys = halves.public ?? halves.private;
    for (const { tcId, comment: what, jws, result } of tests) {
      // Cases with encrypted tokens have no jws.
      if (!keys || jws === undefined) continue;
      const exception = file.includes('signature') ? outOfScope.get(tcId) : undefined;
      const [outcome, why] = exception ?? [result === 'valid' ? 'taken' : 'refused', comment];
      cases++;
      if (!exception) inScope++;

      it(`${String(tcId)}, ${what}: ${outcome} (${why})`, () => {
        if (outcome === 'taken') open(keys, jws);
        else expectRefused(keys, jws);
      });
    }
  }

  it('are all there', () => {
    expect({ cases, inScope }).to.deep.equal(counts);
  });
}

function expectRefused(keys: JwkOrSet, jws: unknown): void {
  try {
    open(keys, jws);
  } catch (error) {
    const isKey = error instanceof ConfigurationError && refusedKey.test(error.message);
    expect(isKey || error instanceof TokenInvalidError, String(error)).to.equal(true);
    return;
  }
  throw new Error('it went through');
}

describe('the published cases for JSON Web Signatures (Wycheproof)', () => {
  suite('wycheproof/json_web_signature_test.json', { cases: 401, inScope: 389 });
});

describe('the published cases for signatures with sets of keys (Wycheproof)', () => {
  suite('wycheproof/json_web_crypto_test.json', { cases: 49, inScope: 49 });
});

describe('keys of the published cases that a KeySet refuses', () => {
  it('are a secret of zeros, one of an RFC, a name with an @ and an algorithm that does not exist', async () => {
    for (const secret of refusedSecrets) {
      const jwk = { kty: 'oct', alg: 'HS256', k: secret.toString('base64url') };
      await expectKeyRefused(() => KeySet.fromJwks({ keys: [jwk] }), /can be guessed/);
    }
    const named = jwkOf(keyPairFor('RS256').publicKey, { alg: 'RS256', kid: strangeName });
    await expectKeyRefused(() => KeySet.fromJwks({ keys: [named] }), /kid must be/);
    const misnamed = jwkOf(keyPairFor('ES512').publicKey, { alg: strangeAlgorithm });
    await expectKeyRefused(() => KeySet.fromJwks({ keys: [misnamed] }), /algorithm must be one of/);
  });
});
