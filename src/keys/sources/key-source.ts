import type { Duration } from '../../util/duration';
import type { Algorithm, Key } from '../key';

/**
 * The options of keys that come as text.
 *
 * @example
 * ```ts
 * const keys = KeySet.fromPem(pem, { algorithm: 'ES256', kid: '2026-12' });
 * ```
 */
export interface KeyOptions {
  /**
   * The algorithm that is pinned to the key. Required for RSA keys and for JWKs without `alg`.
   * @default HS256 for a secret, and the only one that there is for a key on a curve
   */
  readonly algorithm?: Algorithm | undefined;
  /** The name of a single key: 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -. @default derived from the key */
  readonly kid?: string | undefined;
  /** The passphrase of an encrypted PEM. */
  readonly passphrase?: string | undefined;
}

/**
 * The options of `KeySet.fromFile`.
 *
 * @example
 * ```ts
 * const keys = KeySet.fromFile('/run/secrets/jwks.json', { reload: '1m' });
 * ```
 */
export interface KeyFileOptions extends KeyOptions {
  /** How often to check whether the file has changed: from once a second to once a day. @default never */
  readonly reload?: Duration | undefined;
}

/** The names of {@link KeyOptions}. */
export const keyOptionNames = ['algorithm', 'kid', 'passphrase'] as const;

/** A form in which keys come as text. A new one is a file in this folder and a line in `read-keys.ts`. */
export interface KeySource {
  /** What errors call such a text. */
  readonly name: string;
  /** The options that apply to it. */
  readonly options: readonly (keyof KeyOptions)[];
  /** Whether a text, without white space around it, has this form. */
  recognizes(text: string): boolean;
  /** @throws {@link ConfigurationError} with nothing of the text in it */
  read(text: string, options: KeyOptions): readonly Key[];
}
