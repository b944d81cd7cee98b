import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { reject, type Key } from './key';

/** The required members of a public key's JWK in the order of RFC 7638, section 3.3, and no others. */
export function publicJwk(key: KeyObject): JsonWebKey {
  const { crv, e, kty, n, x, y } = withoutPssParameters(key).export({ format: 'jwk' });
  if (kty === 'RSA') return { e, kty, n } as JsonWebKey;
  return (kty === 'OKP' ? { crv, kty, x } : { crv, kty, x, y }) as JsonWebKey;
}

/** The name of a public key by its own content (RFC 7638). */
export function thumbprint(key: KeyObject): string {
  return createHash('sha256')
    .update(JSON.stringify(publicJwk(key)))
    .digest('base64url');
}

/**
 * The public halves of keys as a JWK set (RFC 7517, section 5).
 *
 * @throws {@link ConfigurationError} when a key is a secret
 */
export function publicJwks(keys: readonly Key[]): { keys: JsonWebKey[] } {
  return { keys: keys.map((key) => describedJwk(key)) };
}

function describedJwk({ kid, algorithm, verifyingKey }: Key): JsonWebKey {
  if (verifyingKey.type !== 'public')
    reject("KeySet.toJwks: secrets have no public half. Use a key pair, such as KeySet.generate('ES256')");
  return { ...publicJwk(verifyingKey), kid, alg: algorithm, use: 'sig' };
}

/** A key of the type RSA-PSS as the RSA key that it is: Node exports no JWK of the former. */
function withoutPssParameters(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa-pss') return key;
  const spki = readElement(key.export({ format: 'der', type: 'spki' }), 0).content;
  const bitString = readElement(spki, readElement(spki, 0).end).content;
  return createPublicKey({ key: bitString.subarray(1), format: 'der', type: 'pkcs1' });
}

/** What a DER element holds, and where it ends. */
function readElement(der: Buffer, start: number): { content: Buffer; end: number } {
  const first = der.readUInt8(start + 1);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const length = lengthBytes === 0 ? first : der.readUIntBE(start + 2, lengthBytes);
  const contentStart = start + 2 + lengthBytes;
  const end = contentStart + length;
  return { content: der.subarray(contentStart, end), end };
}
