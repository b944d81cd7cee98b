import { withReason, TokenInvalidError } from '../errors/errors';
import type { Key } from '../keys/key';
import { hasSignatureOf } from './codec';
import { splitCompact } from './compact';
import { readHeader } from './header';

/** A token whose signature holds: what its `typ` means, and its claims, still encoded. */
export interface SignedToken<T> {
  readonly type: T;
  readonly key: Key;
  readonly kid: string | undefined;
  readonly claims: string;
}

/**
 * Opens a token as far as its signature: shape, header, signature, in this order. An error before the signature costs
 * no signature check, and no claim is read before the signature is verified.
 *
 * @param findKey returns the key for a `kid`, or undefined
 * @param readType returns the type for a `typ`, or undefined if it is not accepted
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
  return { ...header, claims: compact.claims };
}

/** The rejection of a token, with its reason for the event. */
export function invalidToken(reason: string, cause?: unknown): TokenInvalidError {
  return withReason(new TokenInvalidError(), reason, cause);
}
