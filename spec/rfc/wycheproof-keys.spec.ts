import { expect } from 'chai';
import { hasSignatureOf } from '../../src/token/codec';
import { KeySet } from '../../src/keys/key-set';
import { refusalOf } from '../support/rejected';
import { asSet, readVectors, type JwkOrSet } from '../support/vectors';
import { ConfigurationError } from '../../src/errors/errors';

interface Group {
  readonly comment: string;
  readonly private: JwkOrSet;
  readonly public?: JwkOrSet;
  readonly tests: readonly { tcId: number; comment: string; jws: string; result: 'valid' | 'invalid' }[];
}

/** The cases with good keys whose token is bad; every other bad case is refused when the set is made. */
const badTokens = new Set([3]);

function accepts(keys: KeySet, jws: string): boolean {
  const header = JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()) as { kid?: string };
  const key = keys.find(header.kid);
  return key !== undefined && hasSignatureOf(jws, key);
}

describe('the published cases for JSON Web Keys (Wycheproof)', () => {
  const vectors = readVectors<{ testGroups: Group[] }>('wycheproof/json_web_key_test.json');
  if (!vectors) return;
  const { testGroups } = vectors;

  for (const { comment, tests, ...halves } of testGroups) {
    const sets = Object.entries({ private: halves.private, public: halves.public }).flatMap(([half, keys]) =>
      keys ? [{ half, jwks: asSet(keys) }] : [],
    );
    for (const { tcId, comment: what, jws, result } of tests) {
      for (const { half, jwks } of sets) {
        if (result === 'valid' || badTokens.has(tcId)) {
          it(`${String(tcId)}: ${result} by the ${half} key: ${comment}, ${what}`, () => {
            expect(accepts(KeySet.fromJwks(jwks), jws)).to.equal(result === 'valid');
          });
        } else {
          it(`${String(tcId)}: the ${half} key is refused: ${comment}, ${what}`, () =>
            refusalOf(() => KeySet.fromJwks(jwks), ConfigurationError));
        }
      }
    }
  }

  it('are all there', () => {
    const cases = testGroups.flatMap(({ tests }) => tests);
    expect(cases.map(({ tcId }) => tcId)).to.deep.equal(Array.from({ length: 26 }, (_, index) => index + 1));
  });
});
