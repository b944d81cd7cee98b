import { createHmac, createSecretKey, KeyObject } from 'node:crypto';
import { isGuessable } from '../guessable';
import { checkKid, checkSecretAlgorithm, hashBytes, reject, type Key } from '../key';
import { looksLikeKey } from '../key-text';
import { isReference } from '../reference';
import type { KeySource } from './key-source';

/** A secret for HMAC, as text: whatever no other source recognizes. */
export const secretSource: Omit<KeySource, 'recognizes'> = {
  name: 'a secret',
  options: ['algorithm', 'kid'],
  read(text, { algorithm, kid }) {
    const key = secretKey(text, algorithm, kid);
    // What a script that fetches a secret writes if it fails, such as an error page, is known to others.
    if (/[ \t]/.test(text))
      reject(
        'there are spaces within, as in an error message. Write a random secret without them; one that must have them can be ' +
          'given to KeySet.fromSecret',
      );
    return [key];
  },
};

/**
 * Prepares a secret.
 *
 * @throws {@link ConfigurationError} when it can be guessed or is the text of another kind of key
 */
export function secretKey(secret: unknown, algorithm: unknown = 'HS256', kid?: unknown): Key {
  checkSecretAlgorithm(algorithm);
  const bytes = bytesOf(secret);
  checkSecret(bytes, hashBytes[algorithm]);
  if (!(secret instanceof KeyObject)) checkEdges(bytes);
  if (kid !== undefined) checkKid(kid);
  const key = createSecretKey(bytes);
  return { kid: kid ?? kidOf(bytes), algorithm, verifyingKey: key, signingKey: key };
}

/** A stable name, so that secrets can be rotated without naming them. It reveals no more than any signature does. */
function kidOf(secret: Buffer): string {
  return createHmac('sha256', secret).update('routing-controllers-jwt kid').digest('base64url').slice(0, 11);
}

function bytesOf(secret: unknown): Buffer {
  if (secret === undefined) return Buffer.alloc(0);
  if (typeof secret === 'string') return Buffer.from(secret);
  if (Buffer.isBuffer(secret)) return secret;
  if (secret instanceof KeyObject && secret.type === 'secret') return secret.export();
  return reject(
    'secret must be a string, a Buffer or a secret KeyObject; for key pairs there is KeySet.fromPem',
  );
}

/** With the newline at the end of a file it would be another secret, which nothing but the `kid` shows. */
function checkEdges(secret: Buffer): void {
  const text = secret.toString();
  if (text === text.trim() || !/^[\x20-\x7E\s]*$/.test(text)) return;
  reject(
    'secret starts or ends with white space, such as the newline at the end of a file: trim() it, or give ' +
      'createSecretKey(bytes) of node:crypto where it belongs to the secret',
  );
}

function checkSecret(secret: Buffer, minimum: number): void {
  const command = `npx routing-controllers-jwt secret${minimum === 32 ? '' : ` --alg HS${String(minimum * 8)}`}`;
  if (secret.length === 0)
    reject(`secret is missing. Is the environment variable set? Create a secret: ${command}`);
  if (looksLikeKey(secret))
    reject('secret is the text of another kind of key: pass it to KeySet.fromPem or KeySet.fromJwks');
  if (isReference(secret.toString().trim()))
    reject('secret is a path, a URL or the name of a variable: pass its content, or use KeySet.fromFile');
  if (secret.length < minimum)
    reject(`secret is too short, ${String(minimum)} random bytes are needed. Create one: ${command}`);
  if (isGuessable(secret)) reject(`secret can be guessed. Create a random one: ${command}`);
}
