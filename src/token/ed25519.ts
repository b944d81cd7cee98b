import { sign, verify, type KeyObject } from 'node:crypto';

/** Signs with Ed25519 (RFC 8037, section 3.1), which `jsonwebtoken` does not know. */
export function signEd25519(header: object, claims: string, key: KeyObject): string {
  const signed = `${encode(JSON.stringify(header))}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

/** Whether a token's signature was created with the private half of an Ed25519 key. */
export function hasEd25519Signature(text: string, key: KeyObject): boolean {
  const end = text.lastIndexOf('.');
  const signature = Buffer.from(text.slice(end + 1), 'base64url');
  return verify(null, Buffer.from(text.slice(0, end)), key, signature);
}

function encode(json: string): string {
  return Buffer.from(json).toString('base64url');
}
