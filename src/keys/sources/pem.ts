import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { checkKeyPairAlgorithm, curves, reject, type Key, type KeyPairAlgorithm } from '../key';
import { keyPair } from '../key-pair';
import { normalizePem } from '../key-text';
import type { KeySource } from './key-source';

/** What the untyped options of {@link keyFromPem} may be. */
interface PemOptions {
  readonly algorithm?: unknown;
  readonly kid?: unknown;
  readonly passphrase?: unknown;
}

/** A private or public key or a certificate as PEM. */
export const pemSource: KeySource = {
  name: 'a PEM',
  options: ['algorithm', 'kid', 'passphrase'],
  recognizes: (text) => text.includes('-----BEGIN'),
  read: (text, options) => [keyFromPem(text, options)],
};

/**
 * Prepares the key in a PEM text: private or public, or of a certificate.
 *
 * @throws {@link ConfigurationError} when it cannot be read, is weak, or is not for the algorithm
 */
export function keyFromPem(pem: unknown, { algorithm, kid, passphrase }: PemOptions): Key {
  if (algorithm !== undefined) checkKeyPairAlgorithm(algorithm);
  const key = parse(textOf(pem), passphrase);
  return keyPair(key, algorithm ?? impliedAlgorithm(key), kid);
}

/** Keys on a curve are for one algorithm only. */
function impliedAlgorithm({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): KeyPairAlgorithm {
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  for (const algorithm of ['ES256', 'ES384', 'ES512'] as const)
    if (curves[algorithm] === asymmetricKeyDetails?.namedCurve) return algorithm;
  return reject("algorithm must be given for this type of key, such as { algorithm: 'RS256' }");
}

function textOf(pem: unknown): string {
  if (pem === undefined || pem === '') reject('pem is missing. Is the environment variable set?');
  if (typeof pem !== 'string' && !Buffer.isBuffer(pem)) reject('pem must be a string or a Buffer');
  return normalizePem(pem.toString());
}

function parse(text: string, passphrase: unknown): KeyObject {
  const label = labelOf(text);
  const isEncrypted = label.includes('ENCRYPTED') || text.includes('Proc-Type: 4,ENCRYPTED');
  if (passphrase !== undefined || isEncrypted) return decrypt(text, passphrase, isEncrypted);
  try {
    return label.endsWith('PRIVATE KEY') ? createPrivateKey(text) : createPublicKey(text);
  } catch {
    return reject(
      `pem cannot be read: is it whole, with its lines? PKCS#8, PKCS#1, SEC1, SPKI and certificates can be`,
    );
  }
}

function decrypt(text: string, passphrase: unknown, isEncrypted: boolean): KeyObject {
  if (!isEncrypted) reject('pem is not encrypted: leave passphrase out, or encrypt the key');
  if (passphrase === undefined)
    reject('pem is encrypted: pass its passphrase, such as { passphrase: process.env.JWT_KEY_PASSPHRASE }');
  if (typeof passphrase !== 'string' || passphrase === '') reject('passphrase must be a non-empty string');
  try {
    return createPrivateKey({ key: text, passphrase });
  } catch {
    return reject('pem cannot be decrypted: check the passphrase, and encrypt the key with AES, not DES');
  }
}

/**
 * The declared kind of the key in the text. Some EC keys are preceded by the parameters of their curve, which are not
 * a key.
 */
function labelOf(text: string): string {
  const labels = [...text.matchAll(/-----BEGIN (?!EC PARAMETERS)([A-Z0-9 ]+)-----/g)];
  const [label, another] = labels.map(([, name = '']) => name);
  if (label === undefined)
    reject('pem has no key: it starts with a line such as -----BEGIN PRIVATE KEY-----');
  if (another !== undefined) reject('pem has more than one key: pass one, and add others with keys.add()');
  return label;
}
