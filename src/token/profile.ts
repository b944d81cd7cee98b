import type { Key } from '../keys/key';
import { tokenTypeOf } from './header';
import type { TokenType } from './token';

/** Finds the key for the `kid` of a header, or without a `kid` the only key. */
export interface KeyFinder {
  find(kid: string | undefined): Key | undefined;
}

/** Whose tokens are accepted, and how they are read. A manager has one profile, and each issuer that it trusts another. */
export interface TokenProfile {
  readonly keys: KeyFinder;
  /** Undefined: the token must not name one. */
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  /** The longest lifetime of a token without a session, in seconds. */
  readonly longestTtl: number;
  /** What a `typ` means. Undefined: such a token is not accepted. */
  readonly typeOf: (typ: unknown) => TokenType | undefined;
  /** The claims of a token under the names that this library uses. Its signature is valid. */
  readonly claimsOf: (claims: Record<string, unknown>, text: string) => Record<string, unknown>;
}

/** The profile of the tokens that a manager issues itself. */
export function ownProfile(
  settings: Pick<TokenProfile, 'keys' | 'issuer' | 'audience' | 'longestTtl'>,
): TokenProfile {
  const { keys, issuer, audience, longestTtl } = settings;
  return { keys, issuer, audience, longestTtl, typeOf: tokenTypeOf, claimsOf: (claims) => claims };
}
