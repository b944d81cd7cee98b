import { expect } from 'chai';
import type { Algorithm } from '../../src';
import { hasSignatureOf, signClaims } from '../../src/token/codec';
import { partsOf } from '../support/forge';
import { keysFor } from '../support/target';

describe('signatures', () => {
  const algorithms: Algorithm[] = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'];
  algorithms.push('PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519');

  for (const algorithm of algorithms) {
    it(`of ${algorithm} hold for what they were made for, and with their own key`, () => {
      const key = keysFor(algorithm).signer();
      const text = signClaims({ sub: 'ada' }, 'at+jwt', key);
      expect(partsOf(text)).to.deep.include({
        header: { alg: algorithm, typ: 'at+jwt', kid: 'key-1' },
        claims: { sub: 'ada' },
      });
      expect(hasSignatureOf(text, key)).to.equal(true);
      expect(hasSignatureOf(text.replace('.', '.e30'), key)).to.equal(false);
      const other = keysFor(algorithm === 'ES256' ? 'RS256' : 'ES256').signer();
      expect(hasSignatureOf(text, other)).to.equal(false);
    });
  }

  it('do not hold for a key that is for another algorithm, though it could do this one', () => {
    const text = signClaims({}, 'at+jwt', keysFor('RS256').signer());
    const pinned = keysFor('RS512').signer();
    expect(hasSignatureOf(text, { ...pinned, algorithm: 'RS256' })).to.equal(true);
    expect(hasSignatureOf(text, pinned)).to.equal(false);
  });

  it('do not hold where there is none, or one of another length', () => {
    for (const algorithm of ['HS256', 'ES256', 'RS256', 'EdDSA'] as const) {
      const key = keysFor(algorithm).signer();
      const text = signClaims({}, 'at+jwt', key);
      const [header, claims, signature] = text.split('.');
      const unsigned = `${String(header)}.${String(claims)}.`;
      for (const changed of ['', 'x', '..', unsigned, `${unsigned}AAAA`, `${text}AAAA`, String(signature)])
        expect(hasSignatureOf(changed, key), changed).to.equal(false);
    }
  });

  it('do not hold where Node.js throws, as for a key of another kind', () => {
    const { verifyingKey } = keysFor('HS256').signer();
    const key = keysFor('ES256').signer();
    expect(hasSignatureOf(signClaims({}, 'at+jwt', key), { ...key, verifyingKey })).to.equal(false);
  });

  it('add nothing to the claims, and take every name', () => {
    const key = keysFor('HS256').signer();
    const claims = { toString: 'x', hasOwnProperty: 1, exp: 'no number', iat: null, nested: { a: [1] } };
    expect(partsOf(signClaims(claims, 'rt+jwt', key)).claims).to.deep.equal(claims);
  });
});
