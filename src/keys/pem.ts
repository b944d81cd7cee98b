import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { checkKeyPairAlgorithm, refuse, type Key } from './key';
import { keyPair } from './key-pair';
import { normalizePem } from './key-text';

/**
 * Prepares the key in a PEM text: private or public, or of a certificate.
 *
 * @throws {@link ConfigurationError} when it cannot be read, is weak, or is not for the algorithm
 */
export function keyFromPem(pem: unknown, algorithm: unknown, kid?: unknown): Key {
  checkKeyPairAlgorithm(algorithm);
  return keyPair(parse(textOf(pem)), algorithm, kid);
}

function textOf(pem: unknown): string {
  if (pem === undefined || pem === '') refuse('pem is missing: is the environment variable set?');
  if (typeof pem !== 'string' && !Buffer.isBuffer(pem)) refuse('pem must be a string or a Buffer');
  return normalizePem(pem.toString());
}

function parse(text: string): KeyObject {
  const label = labelOf(text);
  if (label.includes('ENCRYPTED') || text.includes('Proc-Type: 4,ENCRYPTED')) {
    refuse('pem is encrypted: decrypt it first, for example with openssl pkey');
  }
  try {
    return label.endsWith('PRIVATE KEY') ? createPrivateKey(text) : createPublicKey(text);
  } catch {
    return refuse(
      `pem cannot be read: is it whole, with its lines? PKCS#8, PKCS#1, SEC1, SPKI and certificates can be`,
    );
  }
}

/** What kind of key the text says it has. Parameters of a curve stand before some EC keys and are no key. */
function labelOf(text: string): string {
  const labels = [...text.matchAll(/-----BEGIN (?!EC PARAMETERS)([A-Z0-9 ]+)-----/g)];
  const [label, another] = labels.map(([, name = '']) => name);
  if (label === undefined)
    refuse('pem has no key: it starts with a line such as -----BEGIN PRIVATE KEY-----');
  if (another !== undefined) refuse('pem has more than one key: give one, and add others with keys.add()');
  return label;
}
