import type { JsonWebKey } from 'node:crypto';
import { ConfigurationError } from '../errors/errors';
import type { Algorithm } from '../keys/key';
import { KeySet } from '../keys/key-set';
import { isPlainObject } from '../util/json';
import { CommandError } from './command';

/** A key of a file, by its name. */
export type NamedJwk = JsonWebKey & { readonly kid: string };

/** The keys of a file in order: the first that can sign signs. */
export interface KeyList {
  readonly keys: readonly NamedJwk[];
  /** The name of the key that signs. */
  readonly signs: string;
  readonly algorithm: Algorithm;
}

/**
 * Reads a JWK set or a JWK with a key that can sign.
 *
 * @param path what errors call the file
 * @throws CommandError if it is none, or has keys that the library does not accept
 */
export function parseKeyList(text: string, path: string): KeyList {
  const keys = jwksIn(text);
  if (!keys)
    throw new CommandError(
      `${path} has no JWK set, which is what rotate changes. Create one: npx routing-controllers-jwt keygen --out FILE`,
    );
  return listOf(keys, path);
}

/** The same for keys that are still to be written. */
export function listOf(keys: readonly JsonWebKey[], path: string): KeyList {
  if (keys.some((key) => isPlainObject(key) && key['alg'] === undefined))
    throw new CommandError(`${path} has a key without alg. Add it to the key, such as "alg": "ES256"`);
  const named = keys.map((key) => ({ ...key, kid: String(setOf([key], path).kids[0]) }));
  const set = setOf(named, path);
  const { signingKid: signs } = set;
  const signer = signs === undefined ? undefined : set.find(signs);
  if (signs === undefined || !signer)
    throw new CommandError(`${path} has no key that can sign: is it a public JWK set?`);
  return { keys: named, signs, algorithm: signer.algorithm };
}

/** The text of a file with these keys. */
export function textOf({ keys }: KeyList): string {
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}

function setOf(keys: readonly JsonWebKey[], path: string): KeySet {
  try {
    return KeySet.fromJwks({ keys });
  } catch (error) {
    throw new CommandError(`${path}: ${(error as ConfigurationError).message}`);
  }
}

function jwksIn(text: string): JsonWebKey[] | undefined {
  try {
    // With the mark at the start that some editors on Windows write.
    const json: unknown = JSON.parse(text.trim());
    if (!isPlainObject(json)) return undefined;
    const keys = 'kty' in json ? [json] : json['keys'];
    return Array.isArray(keys) && keys.length > 0 ? (keys as JsonWebKey[]) : undefined;
  } catch {
    return undefined;
  }
}
