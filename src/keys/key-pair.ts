import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { checkKid, curves, hashOf, isEcAlgorithm, isEdAlgorithm, keyPairAlgorithms, reject } from './key';
import type { EcAlgorithm, Key, KeyPairAlgorithm } from './key';
import { publicJwk, thumbprint } from './public-jwk';
import { isRocaModulus } from './roca';
import { isSmallOrderPoint } from './small-order';

/**
 * Prepares a private or public key. A private key also verifies, with its public half.
 *
 * @throws {@link ConfigurationError} if it is weak, is not for the algorithm, or its halves do not match
 */
export function keyPair(key: KeyObject, algorithm: KeyPairAlgorithm, kid?: unknown): Key {
  const signingKey = key.type === 'private' ? key : undefined;
  const verifyingKey = signingKey ? createPublicKey(signingKey) : key;
  if (isEdAlgorithm(algorithm)) checkEd25519Key(verifyingKey, algorithm);
  else if (isEcAlgorithm(algorithm)) checkEcKey(verifyingKey, algorithm);
  else checkRsaKey(verifyingKey, algorithm);
  if (signingKey && !areHalves(signingKey, verifyingKey, algorithm))
    reject('the private key does not fit its public half: is it damaged?');
  if (kid !== undefined) checkKid(kid);
  return { kid: kid ?? thumbprint(verifyingKey), algorithm, verifyingKey, signingKey };
}

/** RFC 8037, section 2. */
function checkEd25519Key(key: KeyObject, algorithm: KeyPairAlgorithm): void {
  checkType(key, ['ed25519'], algorithm);
  if (isSmallOrderPoint(String(publicJwk(key).x)))
    reject('the Ed25519 key is a point of small order, for which anyone can sign. Create a new key');
}

/** RFC 7518, section 3.4. */
function checkEcKey(key: KeyObject, algorithm: EcAlgorithm): void {
  checkType(key, ['ec'], algorithm);
  const { asymmetricKeyDetails: { namedCurve } = {} } = key;
  const curve = curves[algorithm];
  if (namedCurve !== curve) reject(`the key is on another curve: ${algorithm} needs ${curve}`);
}

/** RFC 7518, sections 3.3 and 3.5. */
function checkRsaKey(key: KeyObject, algorithm: KeyPairAlgorithm): void {
  checkType(key, algorithm.startsWith('PS') ? ['rsa', 'rsa-pss'] : ['rsa'], algorithm);
  const { asymmetricKeyDetails: { modulusLength = 0, publicExponent = 0n } = {} } = key;
  if (modulusLength < 2048) reject('the RSA key is too short: 2048 bits at least');
  if (publicExponent < 65_537n || publicExponent % 2n === 0n)
    reject('the RSA key has a weak public exponent: create a key with 65537');
  if (key.asymmetricKeyType === 'rsa-pss') checkPssParameters(key, algorithm);
  if (isRocaModulus(modulusOf(key)))
    reject('the RSA key can be factored (CVE-2017-15361): create a key with another program');
}

function checkType({ asymmetricKeyType: type }: KeyObject, types: string[], algorithm: string): void {
  if (types.includes(String(type))) return;
  const known = keyPairAlgorithms.join(', ');
  reject(
    `the key is of the type ${String(type)}: ${algorithm} needs ${types.join(' or ')}; there are ${known}`,
  );
}

/** A key of this type names the one hash and the shortest salt that it is for. */
function checkPssParameters({ asymmetricKeyDetails: details = {} }: KeyObject, algorithm: string): void {
  const bits = algorithm.slice(2);
  const { hashAlgorithm, mgf1HashAlgorithm, saltLength = 0 } = details;
  const isForHash = hashAlgorithm === `sha${bits}` && mgf1HashAlgorithm === hashAlgorithm;
  if (!isForHash || saltLength > Number(bits) / 8) {
    reject(
      `the RSA-PSS key is not bound to what ${algorithm} needs: SHA-${bits}, MGF1 with it, its length as salt`,
    );
  }
}

function modulusOf(key: KeyObject): bigint {
  const { n = '' } = publicJwk(key);
  return BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
}

/** Node takes a JWK whose private and public members are of two keys. */
function areHalves(signingKey: KeyObject, verifyingKey: KeyObject, algorithm: KeyPairAlgorithm): boolean {
  const hash = hashOf(algorithm);
  const sample = Buffer.from('sample');
  try {
    return verify(hash, sample, verifyingKey, sign(hash, sample, signingKey));
  } catch {
    return false;
  }
}
