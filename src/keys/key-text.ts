import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';

/** A member that every JWK or JWK set has, in JSON that may be escaped or cut off. */
const jwkMember = /["'](kty|keys|crv)\\*["']\s*:/;

/** Undoes what environment variables and editors do to a PEM text: byte order mark, white space, literal `\n`. */
export function normalizePem(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\\r|\r/g, '')
    .replaceAll('\\n', '\n')
    .trim();
}

/**
 * Whether this is the text or the bytes of a key that is not a secret: PEM, DER, JWK, SSH, whole or in disguise.
 * Taken as a secret, a public key would let everyone sign who has read it (RFC 8725, section 2.1).
 */
export function looksLikeKey(secret: Buffer): boolean {
  return disguisesOf(secret).some((bytes) => isKeyText(bytes) || isSshKey(bytes) || isDer(bytes));
}

/** The text itself, and decoded as base64, as hex and as in a URL. */
function disguisesOf(secret: Buffer): Buffer[] {
  const compact = normalizePem(secret.toString()).replace(/[\s:"']/g, '');
  return [
    secret,
    Buffer.from(compact, 'base64'),
    Buffer.from(compact, 'hex'),
    Buffer.from(fromUrl(secret.toString())),
  ];
}

/** Undoes the escapes of a URL; others stay. */
function fromUrl(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function isKeyText(bytes: Buffer): boolean {
  // Zero bytes are every other byte of a text in UTF-16.
  const text = normalizePem(bytes.toString().replaceAll('\0', ''));
  return (
    /-----(BEGIN|END)|---- (BEGIN|END)|PuTTY-User-Key-File/.test(text) ||
    /(^|\s)(sk-)?(ssh|ecdsa)-\S+\s+AAAA/.test(text) ||
    jwkMember.test(text)
  );
}

/** What the base64 part of OpenSSH's public and private keys starts with. */
function isSshKey(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 32);
  return start.startsWith('openssh-key-v1') || /^\0\0\0.(sk-)?(ssh|ecdsa)-/s.test(start);
}

/** DER of a key or a certificate is one SEQUENCE. It is parsed only if it starts like one. */
function isDer(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30) return false;
  const readers: (() => KeyObject)[] = [
    () => createPublicKey({ key: bytes, format: 'der', type: 'spki' }),
    () => createPublicKey({ key: bytes, format: 'der', type: 'pkcs1' }),
    () => createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' }),
    () => createPrivateKey({ key: bytes, format: 'der', type: 'pkcs1' }),
    () => createPrivateKey({ key: bytes, format: 'der', type: 'sec1' }),
    () => new X509Certificate(bytes).publicKey,
  ];
  return readers.some((read) => {
    try {
      read();
      return true;
    } catch {
      return false;
    }
  });
}
