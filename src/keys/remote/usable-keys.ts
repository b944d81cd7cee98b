import type { JsonWebKey } from 'node:crypto';
import { isEcAlgorithm, isEdAlgorithm, reject } from '../key';
import type { EcAlgorithm, Key, KeyPairAlgorithm } from '../key';
import { checkSet } from '../key-ring';
import { keysFromJwks } from '../sources/jwks';

/** More keys than any issuer has at a time. */
const maximumKeys = 100;

/** The curve of each ECDSA algorithm, as a JWK calls it (RFC 7518, section 3.4). */
const curveNames: Readonly<Record<EcAlgorithm, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** The members that only a private key or a secret has (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * The keys of another issuer's JWK set that may verify its tokens. Sets also have keys for encryption, for algorithms that
 * are not accepted, and kinds that do not exist yet: these are left out, and so are weak ones.
 *
 * @param algorithms those of the issuer. A key that names none is for the first of these that it fits
 * @throws {@link ConfigurationError} if the set cannot be trusted at all: it shows a private key or a secret, or two keys
 * have one name
 */
export function usableKeys(jwks: readonly JsonWebKey[], algorithms: readonly KeyPairAlgorithm[]): Key[] {
  if (jwks.length > maximumKeys) reject(`the JWK set has more than ${String(maximumKeys)} keys`);
  if (jwks.some((jwk) => privateMembers.some((name) => Object.hasOwn(jwk, name))))
    reject('the JWK set shows a private key or a secret, so anyone can sign');
  const keys = jwks.flatMap((jwk) => usableKey(jwk, algorithms));
  checkSet(keys);
  return keys;
}

function usableKey(jwk: JsonWebKey, algorithms: readonly KeyPairAlgorithm[]): Key[] {
  const { kid, alg = algorithms.find((algorithm) => fits(jwk, algorithm)) } = jwk;
  if (!algorithms.includes(alg as KeyPairAlgorithm) || !isName(kid)) return [];
  try {
    // Without its kid, which need not be one that we would choose.
    const [key] = keysFromJwks({ keys: [{ ...jwk, alg, kid: undefined }] }, undefined);
    return [{ ...(key as Key), ...(kid !== undefined && { kid }) }];
  } catch {
    return [];
  }
}

function isName(kid: unknown): kid is string | undefined {
  return kid === undefined || (typeof kid === 'string' && kid.length <= 256);
}

/** Whether the kind of a key is the one that an algorithm needs. */
function fits({ kty, crv }: JsonWebKey, algorithm: KeyPairAlgorithm): boolean {
  if (isEdAlgorithm(algorithm)) return kty === 'OKP' && crv === 'Ed25519';
  return isEcAlgorithm(algorithm) ? kty === 'EC' && crv === curveNames[algorithm] : kty === 'RSA';
}
