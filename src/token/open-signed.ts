import { withReason, TokenInvalidError } from '../errors/errors';
import { hasSignatureOf } from './codec';
import { splitCompact } from './compact';
import type { HeaderReader, VerifiedHeader } from './header';

/** A token whose signature holds: what its `typ` means, and its claims, still encoded. */
export interface SignedToken<T> {
  readonly header: VerifiedHeader<T>;
  readonly claims: string;
}

/**
 * Opens a token as far as its signature: shape, header, signature, in this order. An error before the signature costs
 * no signature check, and no claim is read before the signature is verified.
 *
 * @throws TokenInvalidError with the part that is wrong as its reason
 */
export function openSigned<T>(text: unknown, headers: HeaderReader<T>): SignedToken<T> {
  const compact = splitCompact(text);
  if (!compact) throw invalidToken('format');
  const header = headers.read(compact.header);
  if (typeof header === 'string') throw invalidToken(header);
  if (!hasSignatureOf(text as string, header.key)) throw invalidToken('signature');
  headers.remember(compact.header, header);
  return { header, claims: compact.claims };
}

/** The rejection of a token, with its reason for the event. */
export function invalidToken(reason: string, cause?: unknown): TokenInvalidError {
  return withReason(new TokenInvalidError(), reason, cause);
}
