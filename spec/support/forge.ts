import { createHmac, type KeyObject } from 'node:crypto';

/** Encodes what a token part holds: objects as JSON, text and bytes as they are. */
export function encode(part: unknown): string {
  const bytes = typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part);
  return Buffer.from(bytes as string).toString('base64url');
}

/** Makes a token by hand, with whatever header and claims an attacker would like, signed by HMAC. */
export function forge(
  header: unknown,
  claims: unknown,
  secret: string | Buffer | KeyObject,
  hash = 'sha256',
): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** Takes a token apart. */
export function partsOf(token: string): {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  signature: string;
} {
  const [header = '', claims = '', signature = ''] = token.split('.');
  return { header: decoded(header), claims: decoded(claims), signature };
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}
