import { because, TokenInvalidError } from '../errors/errors';
import type { Key } from '../keys/key';
import { hasSignatureOf } from './codec';
import { splitCompact } from './compact';
import { readHeader } from './header';

/** A token whose signature holds: what its `typ` means, and its claims, still encoded. */
export interface SignedToken<T> {
  readonly type: T;
  readonly claims: string;
}

/**
 * Opens a token as far as its signature: shape, header, signature, in this order. Whatever is wrong before the
 * signature costs none; nothing that it covers is read before it holds.
 *
 * @param findKey the key that a `kid` names; undefined when there is none
 * @param readType what a `typ` means; undefined when it is none to be taken
 * @throws TokenInvalidError with the part that is wrong as its reason
 */
export function openSigned<T>(
  text: unknown,
  findKey: (kid: string | undefined) => Key | undefined,
  readType: (typ: unknown) => T | undefined,
): SignedToken<T> {
  const compact = splitCompact(text);
  if (!compact) throw invalidToken('format');
  const header = readHeader(compact.header, findKey, readType);
  if (typeof header === 'string') throw invalidToken(header);
  if (!hasSignatureOf(text as string, header.key)) throw invalidToken('signature');
  return { type: header.type, claims: compact.claims };
}

/** The refusal of a token, with its reason for operators. */
export function invalidToken(reason: string, cause?: unknown): TokenInvalidError {
  return because(new TokenInvalidError(), reason, cause);
}
