import { expect } from 'chai';
import { KeySet } from '../../src/keys/key-set';
import { isRocaModulus } from '../../src/keys/roca';
import { jwkOf, keyPairFor } from '../support/keys';
import { expectRefused } from '../support/refused-key';

/** As that library makes a prime: a power of 65537 modulo the product of the small primes. */
const product = [
  2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
]
  .concat([101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167])
  .reduce((all, prime) => all * BigInt(prime), 1n);

function powerOfGenerator(exponent: number): bigint {
  let power = 1n;
  for (let round = 0; round < exponent; round++) power = (power * 65_537n) % product;
  return power;
}

function factorable(): bigint {
  const [p, q] = [powerOfGenerator(1234), powerOfGenerator(987)];
  return (p + product * (1n << 820n)) * (q + product * ((1n << 823n) + 1n));
}

describe('RSA moduli that can be factored (CVE-2017-15361)', () => {
  it('are known by their residues', () => {
    expect(isRocaModulus(factorable())).to.equal(true);
    expect(isRocaModulus(powerOfGenerator(5))).to.equal(true);
  });

  it('are not what Node makes', () => {
    const n = Buffer.from(String(jwkOf(keyPairFor('RS256').publicKey).n), 'base64url');
    expect(isRocaModulus(BigInt(`0x${n.toString('hex')}`))).to.equal(false);
  });

  for (const prime of [11n, 13n, 37n, 53n, 97n, 157n]) {
    it(`are not those that are no such power modulo ${String(prime)} alone`, () => {
      let modulus = factorable();
      while (modulus % prime !== 0n) modulus += product / prime;
      expect(isRocaModulus(modulus)).to.equal(false);
    });
  }

  it('are refused', async () => {
    const hex = factorable().toString(16);
    const n = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
    const jwk = { kty: 'RSA', alg: 'RS256', e: 'AQAB', n };
    await expectRefused(() => KeySet.fromJwks({ keys: [jwk] }), /can be factored \(CVE-2017-15361\)/, n);
  });
});
