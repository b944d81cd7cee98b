import { createPrivateKey, randomBytes, type JsonWebKey } from 'node:crypto';
import { ConfigurationError } from '../errors/errors';
import { generatePrivatePem } from '../keys/generate';
import { checkAlgorithm, checkKid, hashBytes, isSecretAlgorithm, type Algorithm } from '../keys/key';
import { keyFromPem } from '../keys/sources/pem';
import { secretKey } from '../keys/sources/secret';
import { UsageError } from './command';

/** A key as a file has it: with its private half. */
export type PrivateJwk = JsonWebKey & { readonly alg: Algorithm; readonly kid: string };

/** A new key as a JWK with its private half. A `kid` that is not given is derived from the key. */
export async function createJwk(algorithm: Algorithm, kid: string | undefined): Promise<PrivateJwk> {
  if (isSecretAlgorithm(algorithm)) {
    const bytes = randomBytes(hashBytes[algorithm]);
    const key = secretKey(bytes, algorithm, kid);
    return { kty: 'oct', k: bytes.toString('base64url'), use: 'sig', alg: algorithm, kid: key.kid };
  }
  const pem = await generatePrivatePem(algorithm);
  const key = keyFromPem(pem, { algorithm, kid });
  return { ...createPrivateKey(pem).export({ format: 'jwk' }), use: 'sig', alg: algorithm, kid: key.kid };
}

/** @throws UsageError if there is no such algorithm */
export function algorithmOf(text: string): Algorithm {
  return checked('--alg', text, checkAlgorithm);
}

/** @throws UsageError if it cannot be the name of a key */
export function kidOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : checked('--kid', text, checkKid);
}

function checked<T extends string>(
  option: string,
  text: string,
  check: (value: unknown) => asserts value is T,
): T {
  try {
    const value: unknown = text;
    check(value);
    return value;
  } catch (error) {
    throw new UsageError(`${option}: ${(error as ConfigurationError).message}`);
  }
}
