import { constants, createHmac, timingSafeEqual, verify } from 'node:crypto';
import type { KeyObject, SigningOptions, VerifyKeyObjectInput } from 'node:crypto';
import { sign } from 'jsonwebtoken';
import type { Algorithm, Key } from '../keys/key';
import { signEd25519 } from './ed25519';
import { signatureBytesOf } from './token-length';

type SigningKey = Key & { readonly signingKey: NonNullable<Key['signingKey']> };

/** What jsonwebtoken asks of each object before it takes it for a plain one: without it, an exception costs more than HMAC. */
const members = { toString: { __proto__: null, value: String } as PropertyDescriptor };

/** Whether a key created a signature. The signature has the length that it must have. */
type Check = (key: KeyObject, signed: Buffer, signature: Buffer) => boolean;

/** One for each algorithm (RFC 7518, section 3; RFC 8037, section 3.1; RFC 9864, section 2.2). The key names the algorithm, never the token. */
const checks: Readonly<Record<Algorithm, Check>> = {
  HS256: hmac('sha256'),
  HS384: hmac('sha384'),
  HS512: hmac('sha512'),
  RS256: rsa('sha256'),
  RS384: rsa('sha384'),
  RS512: rsa('sha512'),
  PS256: rsaPss('sha256'),
  PS384: rsaPss('sha384'),
  PS512: rsaPss('sha512'),
  ES256: ecdsa('sha256'),
  ES384: ecdsa('sha384'),
  ES512: ecdsa('sha512'),
  EdDSA: ed25519,
  Ed25519: ed25519,
};

/**
 * Signs claims. Nothing in the header comes from the caller. The claims are passed as text, because with an object
 * the library fails if a claim is called `toString`.
 */
export function signClaims(claims: object, typ: string, { algorithm, kid, signingKey }: SigningKey): string {
  const header = withoutPrototype({ alg: algorithm, typ, kid });
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519')
    return signEd25519(header, JSON.stringify(claims), signingKey);
  return sign(JSON.stringify(claims), signingKey, withoutPrototype({ algorithm, header }));
}

/**
 * Whether the key created the signature of the token. This is the only cryptographic step of verification.
 *
 * A signature that is shorter or longer than those of its algorithm never counts: without its leading zeros, an RSA
 * signature is the same number (RFC 8017, section 8.1.2), which would be a second spelling of the token.
 */
export function hasSignatureOf(text: string, key: Key): boolean {
  const end = text.lastIndexOf('.');
  const signature = Buffer.from(text.slice(end + 1), 'base64url');
  if (signature.length !== signatureBytesOf(key)) return false;
  try {
    return checks[key.algorithm](key.verifyingKey, Buffer.from(text.slice(0, end), 'latin1'), signature);
  } catch {
    // Whatever Node.js throws means that the signature does not hold.
    return false;
  }
}

function hmac(hash: string): Check {
  return (key, signed, signature) =>
    timingSafeEqual(createHmac(hash, key).update(signed).digest(), signature);
}

function rsa(hash: string): Check {
  return withOptions(hash, { padding: constants.RSA_PKCS1_PADDING });
}

function rsaPss(hash: string): Check {
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return withOptions(hash, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
}

function ecdsa(hash: string): Check {
  return withOptions(hash, { dsaEncoding: 'ieee-p1363' });
}

function ed25519(key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  return verify(null, signed, key, signature);
}

/** Without a prototype, because a polluted one would set missing options. */
function withOptions(hash: string, options: SigningOptions): Check {
  return (key, signed, signature) =>
    verify(hash, signed, { __proto__: null, key, ...options } as VerifyKeyObjectInput, signature);
}

function withoutPrototype<T extends object>(options: T): T {
  return Object.assign(Object.create(null, members) as T, options);
}
