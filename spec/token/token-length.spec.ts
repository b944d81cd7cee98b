import { expect } from 'chai';
import type { Algorithm } from '../../src';
import { signClaims } from '../../src/token/codec';
import { lengthOfToken } from '../../src/token/token-length';
import { keysFor } from '../support/target';

const algorithms: Algorithm[] = [
  ...(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'] as const),
  ...(['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
];

describe('the length of a token', () => {
  for (const algorithm of algorithms) {
    it(`is known before it is signed with ${algorithm}`, () => {
      const key = keysFor(algorithm).signer();
      for (let length = 0; length < 8; length++) {
        for (const filler of ['x', 'ü', '☃', '😀', '"', '\n']) {
          const claims = { sub: 'ada', text: filler.repeat(length) };
          const text = signClaims(claims, 'rt+jwt', key);
          expect(lengthOfToken(claims, 'rt+jwt', key)).to.equal(text.length);
        }
      }
    });
  }
});
