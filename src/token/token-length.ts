import type { Key } from '../keys/key';

/** Bytes of the signatures whose length follows from the algorithm (RFC 7518, sections 3.2 and 3.4; RFC 8032, section 5.1.6). */
const signatureBytes: Readonly<Partial<Record<Key['algorithm'], number>>> = {
  HS256: 32,
  HS384: 48,
  HS512: 64,
  ES256: 64,
  ES384: 96,
  ES512: 132,
  EdDSA: 64,
  Ed25519: 64,
};

/** How many bytes each signature of a key has. An RSA signature is as long as the modulus (RFC 8017, section 8.1.1). */
export function signatureBytesOf({ algorithm, verifyingKey }: Key): number {
  return signatureBytes[algorithm] ?? Math.ceil(Number(verifyingKey.asymmetricKeyDetails?.modulusLength) / 8);
}

/** How many characters a token will have once it is signed. */
export function lengthOfToken(claims: object, typ: string, key: Key): number {
  const parts = [
    Buffer.byteLength(JSON.stringify({ alg: key.algorithm, typ, kid: key.kid })),
    Buffer.byteLength(JSON.stringify(claims)),
    signatureBytesOf(key),
  ];
  return parts.reduce((sum, bytes) => sum + Math.ceil((bytes * 4) / 3), 2);
}
