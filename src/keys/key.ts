import type { KeyObject } from 'node:crypto';
import { ConfigurationError } from '../errors/errors';

/**
 * The algorithms there are, by their exact names (RFC 7518, section 3.1). `EdDSA` (RFC 8037,
 * section 3.1) and `Ed25519` (RFC 9864, section 2.2) are two names of one algorithm for Ed25519 keys. A key has one of
 * them, and its tokens must name that one.
 *
 * @example
 * ```ts
 * const algorithm: Algorithm = 'ES256';
 * ```
 */
export type Algorithm = SecretAlgorithm | KeyPairAlgorithm;

/**
 * Algorithms with one secret that both signs and verifies.
 * @inline
 */
export type SecretAlgorithm = 'HS256' | 'HS384' | 'HS512';

/**
 * Algorithms with a private key that signs and a public key that verifies.
 * @inline
 */
export type KeyPairAlgorithm =
  'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | EdAlgorithm;

/** One key, prepared for use, with the one algorithm that it is for (RFC 8725, section 3.1). */
export interface Key {
  readonly kid: string;
  readonly algorithm: Algorithm;
  /** A secret or a public key. */
  readonly verifyingKey: KeyObject;
  /** A secret or a private key. Without one, the key only verifies. */
  readonly signingKey: KeyObject | undefined;
}

/**
 * The names of the algorithm with an Ed25519 key pair.
 * @inline
 */
export type EdAlgorithm = 'EdDSA' | 'Ed25519';

/** Algorithms with an EC key pair. */
export type EcAlgorithm = 'ES256' | 'ES384' | 'ES512';

/** The size of the hash of each secret's algorithm in bytes. A secret must not be shorter (RFC 7518, section 3.2). */
export const hashBytes: Readonly<Record<SecretAlgorithm, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** Node's names for the curve of each ECDSA algorithm (RFC 7518, section 3.4). */
export const curves: Readonly<Record<EcAlgorithm, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

const edAlgorithms: readonly EdAlgorithm[] = ['EdDSA', 'Ed25519'];

const secretAlgorithms = Object.keys(hashBytes);

/** All algorithms for key pairs. */
export const keyPairAlgorithms: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  ...Object.keys(curves),
  ...edAlgorithms,
];

/** Whether it is the exact name of an algorithm for a secret. */
export function isSecretAlgorithm(algorithm: unknown): algorithm is SecretAlgorithm {
  return secretAlgorithms.includes(algorithm as string);
}

/** Whether an algorithm for key pairs is one for EC keys. */
export function isEcAlgorithm(algorithm: KeyPairAlgorithm): algorithm is EcAlgorithm {
  return Object.hasOwn(curves, algorithm);
}

/** Whether an algorithm is the one for Ed25519 keys, by either name. */
export function isEdAlgorithm(algorithm: Algorithm): algorithm is EdAlgorithm {
  return edAlgorithms.includes(algorithm as EdAlgorithm);
}

/** The hash of an algorithm for key pairs, as Node calls it. Ed25519 brings its own. */
export function hashOf(algorithm: Algorithm): string | null {
  return isEdAlgorithm(algorithm) ? null : `sha${algorithm.slice(2)}`;
}

/** @throws {@link ConfigurationError} when it is not the name of an algorithm for a secret */
export function checkSecretAlgorithm(algorithm: unknown): asserts algorithm is SecretAlgorithm {
  if (!isSecretAlgorithm(algorithm)) reject('algorithm must be HS256, HS384 or HS512');
}

/** @throws {@link ConfigurationError} when it is not the name of an algorithm for a key pair */
export function checkKeyPairAlgorithm(
  algorithm: unknown,
  name = 'algorithm',
): asserts algorithm is KeyPairAlgorithm {
  if (!keyPairAlgorithms.includes(algorithm as string))
    reject(`${name} must be one of ${keyPairAlgorithms.join(', ')} for a key pair`);
}

/** @throws {@link ConfigurationError} when it is not the name of any algorithm */
export function checkAlgorithm(algorithm: unknown, name = 'algorithm'): asserts algorithm is Algorithm {
  const names = [...secretAlgorithms, ...keyPairAlgorithms];
  if (!names.includes(algorithm as string)) reject(`${name} must be one of ${names.join(', ')}`);
}

/** A name that needs no escaping anywhere: `jws` cuts other characters short, and two kids could become one. */
export function checkKid(kid: unknown): asserts kid is string {
  const isKid = typeof kid === 'string' && /^[A-Za-z0-9._~-]{1,64}$/.test(kid);
  if (!isKid) reject('kid must be 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -');
}

/** Runs a call of the application that reads keys. Its errors start with the name of the call. */
export function inCall<T>(call: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    // The message of another error, such as one of a getter, may contain the key.
    if (!(error instanceof ConfigurationError)) throw error;
    return reject(`${call}: ${error.message}`);
  }
}

/** Throws the error for an invalid key. The message explains what to do and contains nothing of the key. */
export function reject(message: string): never {
  throw new ConfigurationError(message);
}
