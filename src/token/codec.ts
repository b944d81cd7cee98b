import { sign, verify, type Algorithm as LibraryAlgorithm, type VerifyOptions } from 'jsonwebtoken';
import type { Key } from '../keys/key';
import { hasEd25519Signature, signEd25519 } from './ed25519';

type SigningKey = Key & { readonly signingKey: NonNullable<Key['signingKey']> };

/** `jsonwebtoken` checks the signature only: it checks too little of the rest. */
const optionsByAlgorithm = new Map<LibraryAlgorithm, VerifyOptions>();

/** The library copies its options to an ordinary object, so a polluted prototype would set missing options. */
const unusedOptions: VerifyOptions = {
  allowInvalidAsymmetricKeyTypes: undefined,
  audience: undefined,
  clockTimestamp: undefined,
  complete: undefined,
  issuer: undefined,
  jwtid: undefined,
  maxAge: undefined,
  nonce: undefined,
  subject: undefined,
};

/**
 * Signs claims. Nothing in the header comes from the caller. The claims are passed as text, because with an object
 * the library fails if a claim is called `toString`.
 */
export function signClaims(claims: object, typ: string, { algorithm, kid, signingKey }: SigningKey): string {
  const header = withoutPrototype({ alg: algorithm, typ, kid });
  if (algorithm === 'EdDSA') return signEd25519(header, JSON.stringify(claims), signingKey);
  return sign(JSON.stringify(claims), signingKey, withoutPrototype({ algorithm, header }));
}

/** Whether the key created the signature of the token. This is the only cryptographic step of verification. */
export function hasSignatureOf(text: string, { algorithm, verifyingKey }: Key): boolean {
  if (!isOfWholeLength(text, verifyingKey.asymmetricKeyDetails?.modulusLength)) return false;
  if (algorithm === 'EdDSA') return hasEd25519Signature(text, verifyingKey);
  try {
    verify(text, verifyingKey, optionsFor(algorithm));
    return true;
  } catch {
    // Whatever the library throws, raw TypeErrors included, means that the signature does not hold.
    return false;
  }
}

/**
 * An RSA signature has as many bytes as the modulus (RFC 8017, section 8.1.2). Without its leading zeros it is the same
 * number, and OpenSSL takes it with PSS: a second spelling of the token.
 */
function isOfWholeLength(text: string, modulusLength: number | undefined): boolean {
  if (modulusLength === undefined) return true;
  const characters = text.length - text.lastIndexOf('.') - 1;
  return Math.floor((characters * 6) / 8) === Math.ceil(modulusLength / 8);
}

function optionsFor(algorithm: LibraryAlgorithm): VerifyOptions {
  let options = optionsByAlgorithm.get(algorithm);
  if (!options) {
    options = {
      ...unusedOptions,
      algorithms: [algorithm],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    };
    optionsByAlgorithm.set(algorithm, options);
  }
  return options;
}

function withoutPrototype<T extends object>(options: T): T {
  return Object.assign(Object.create(null) as T, options);
}
