import { sign, type KeyObject } from 'node:crypto';

/** Signs with Ed25519 (RFC 8037, section 3.1), which `jsonwebtoken` does not know. */
export function signEd25519(header: object, claims: string, key: KeyObject): string {
  const signed = `${encode(JSON.stringify(header))}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

function encode(json: string): string {
  return Buffer.from(json).toString('base64url');
}
