import { createHmac, createSecretKey, KeyObject } from 'node:crypto';
import { checkKid, checkSecretAlgorithm, hashBytes, refuse, type Key } from './key';
import { looksLikeKey } from './key-text';

/** Long enough, and printed on pages where everybody learns about tokens. */
const publishedSecrets = new Set([
  'a-string-secret-at-least-256-bits-long',
  'a-string-secret-at-least-384-bits-long-is-what-you-need-here',
  'a-string-secret-at-least-512-bits-long-which-is-very-long-indeed',
  'a-valid-string-secret-that-is-at-least-384-bits-long',
  'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
  'this-is-a-very-long-secret-key-for-jwt',
  'your-super-secret-jwt-token-with-at-least-32-characters-long',
  '404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970',
]);

/** Up to this many bytes, written again and again, are a pattern and no secret. */
const longestUnit = 16;

/**
 * Prepares a secret.
 *
 * @throws {@link ConfigurationError} when it can be guessed or is the text of another kind of key
 */
export function secretKey(secret: unknown, algorithm: unknown = 'HS256', kid?: unknown): Key {
  checkSecretAlgorithm(algorithm);
  const bytes = bytesOf(secret);
  checkSecret(bytes, hashBytes[algorithm]);
  if (kid !== undefined) checkKid(kid);
  const key = createSecretKey(bytes);
  return { kid: kid ?? kidOf(bytes), algorithm, verifyingKey: key, signingKey: key };
}

/** A stable name, so that secrets can be rotated without naming them. It tells no more than any signature does. */
function kidOf(secret: Buffer): string {
  return createHmac('sha256', secret).update('routing-controllers-jwt kid').digest('base64url').slice(0, 11);
}

function bytesOf(secret: unknown): Buffer {
  if (secret === undefined) return Buffer.alloc(0);
  if (typeof secret === 'string') return Buffer.from(secret);
  if (Buffer.isBuffer(secret)) return secret;
  if (secret instanceof KeyObject && secret.type === 'secret') return secret.export();
  return refuse(
    'secret must be a string, a Buffer or a secret KeyObject; for key pairs there is KeySet.fromPem',
  );
}

function checkSecret(secret: Buffer, minimum: number): void {
  const command = `node -p "require('node:crypto').randomBytes(${String(minimum)}).toString('base64url')"`;
  if (secret.length === 0)
    refuse(`secret is missing: is the environment variable set? ${command} makes a secret`);
  if (looksLikeKey(secret))
    refuse('secret is the text of another kind of key: give it to KeySet.fromPem or KeySet.fromJwks');
  if (secret.length < minimum)
    refuse(`secret is too short, ${String(minimum)} random bytes are needed: ${command} makes one`);
  if (isGuessable(secret)) refuse(`secret can be guessed: ${command} makes a random one`);
}

function isGuessable(secret: Buffer): boolean {
  const text = secret.toString().trim().toLowerCase();
  return new Set(secret).size < 5 || isRepetition(secret) || publishedSecrets.has(text);
}

/** Whether it is a short unit again and again: moved by the unit's length, it is the same. */
function isRepetition(secret: Buffer): boolean {
  for (let unit = 1; unit <= longestUnit; unit++) {
    if (secret.subarray(unit).equals(secret.subarray(0, -unit))) return true;
  }
  return false;
}
