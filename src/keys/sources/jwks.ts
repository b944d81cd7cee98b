import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isPlainObject } from '../../util/json';
import { checkAlgorithm, checkKeyPairAlgorithm, reject, type Algorithm, type Key } from '../key';
import { keyPair } from '../key-pair';
import { publicJwk } from '../public-jwk';
import type { KeySource } from './key-source';
import { secretKey } from './secret';

/** The JSON of a JWK set (RFC 7517, section 5). */
export const jwksSource: KeySource = {
  name: 'a JWK set',
  options: ['algorithm'],
  recognizes: (text) => /^[[{]/.test(text),
  read: (text, { algorithm }) => keysFromJwks(text, algorithm),
};

/**
 * Prepares the keys of a JWK set (RFC 7517, section 5).
 *
 * @param fallback the algorithm of keys that do not name one
 * @throws {@link ConfigurationError} when there is none, or one is not meant for signatures
 */
export function keysFromJwks(jwks: unknown, fallback: Algorithm | undefined): Key[] {
  if (fallback !== undefined) checkAlgorithm(fallback);
  const set: unknown = typeof jwks === 'string' ? parse(jwks) : jwks;
  const keys: unknown = isPlainObject(set) ? set['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length === 0)
    reject('jwks must be a JWK set with keys: { "keys": [ … ] }');
  return keys.map((jwk: unknown) => keyFromJwk(jwk, fallback));
}

function keyFromJwk(jwk: unknown, fallback: Algorithm | undefined): Key {
  if (!isPlainObject(jwk)) reject('each key of a JWK set must be an object');
  const { kty, kid, alg = fallback } = jwk;
  checkUse(jwk);
  if (alg === undefined)
    reject("a JWK without alg needs the option algorithm, such as { algorithm: 'RS256' }");
  if (kty === 'oct') return secretFromJwk(jwk, alg, kid);
  checkKeyPairAlgorithm(alg);
  const key = importKey(jwk);
  checkPublicHalf(key, jwk);
  return keyPair(key, alg, kid);
}

/** A secret that is not meant to sign only verifies. */
function secretFromJwk({ k, key_ops: operations }: Record<string, unknown>, alg: unknown, kid: unknown): Key {
  const key = secretKey(bytesOf(k), alg, kid);
  const mayOnlyVerify = Array.isArray(operations) && !operations.includes('sign');
  return mayOnlyVerify ? { ...key, signingKey: undefined } : key;
}

/** The declared use of the key, which importing would drop (RFC 7517, sections 4.2 and 4.3). */
function checkUse({ use, key_ops: operations, d, kty }: Record<string, unknown>): void {
  if (use !== undefined && use !== 'sig') reject("a JWK's use must be sig, if it has one");
  if (operations === undefined) return;
  const required = kty !== 'oct' && d !== undefined ? 'sign' : 'verify';
  const allowed = kty === 'oct' || d !== undefined ? ['sign', 'verify'] : ['verify'];
  if (!isListOf(allowed, operations) || !operations.includes(required)) {
    reject(
      `a JWK's key_ops must say ${required} and nothing but ${allowed.join(' and ')}, each once, when it has some`,
    );
  }
}

function isListOf(allowed: readonly string[], list: unknown): list is string[] {
  return (
    Array.isArray(list) &&
    new Set(list).size === list.length &&
    list.every((item) => allowed.includes(item as string))
  );
}

function bytesOf(k: unknown): Buffer {
  const bytes = Buffer.from(typeof k === 'string' ? k : '', 'base64url');
  if (bytes.toString('base64url') !== k) reject("a JWK's k must be base64url without padding");
  return bytes;
}

function importKey(jwk: JsonWebKey): KeyObject {
  try {
    return (jwk.d === undefined ? createPublicKey : createPrivateKey)({ key: jwk, format: 'jwk' });
  } catch {
    return reject('a JWK cannot be read: is it a whole RSA, EC or Ed25519 key?');
  }
}

/** Node takes an Ed25519 key whose `x` belongs to another key, and any spelling of it. */
function checkPublicHalf(key: KeyObject, { kty, x }: JsonWebKey): void {
  if (kty === 'OKP' && publicJwk(key).x !== x)
    reject("a JWK's x does not fit its d, or is not base64url without padding: is the key damaged?");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return reject('jwks is not valid JSON');
  }
}
