const primes = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

/**
 * Whether an RSA modulus comes from the library of CVE-2017-15361 (ROCA), whose keys can be factored: modulo each of
 * these primes it is a power of 65537. Of other moduli fewer than one in a hundred million is.
 */
export function isRocaModulus(modulus: bigint): boolean {
  return primes.every((prime) => isPowerOfGenerator(Number(modulus % BigInt(prime)), prime));
}

function isPowerOfGenerator(residue: number, prime: number): boolean {
  let power = 1;
  do {
    if (power === residue) return true;
    power = (power * 65_537) % prime;
  } while (power !== 1);
  return false;
}
