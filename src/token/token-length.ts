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
};

/** How many characters a token will have once it is signed. */
export function lengthOfToken(claims: object, typ: string, { algorithm, kid, verifyingKey }: Key): number {
  const modulusBytes = Math.ceil((verifyingKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  const parts = [
    Buffer.byteLength(JSON.stringify({ alg: algorithm, typ, kid })),
    Buffer.byteLength(JSON.stringify(claims)),
    signatureBytes[algorithm] ?? modulusBytes,
  ];
  return parts.reduce((sum, bytes) => sum + Math.ceil((bytes * 4) / 3), 2);
}
