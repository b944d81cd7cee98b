import type { KeyPairAlgorithm } from '../../keys/key';
import type { Clock } from '../../util/clock';

/**
 * The options of {@link createIssuer}.
 *
 * @example
 * ```ts
 * const options: TestIssuerOptions = { algorithm: 'ES256' };
 * ```
 */
export interface TestIssuerOptions {
  /** The algorithm of its keys, one for key pairs. @default 'RS256' */
  readonly algorithm?: KeyPairAlgorithm | undefined;
  /** The time. @default Date.now */
  readonly clock?: Clock | undefined;
}

/**
 * The options of {@link TestIssuer.token}.
 *
 * @example
 * ```ts
 * const options: TestTokenOptions = { audience: 'https://api.example.com', claims: { scope: 'posts:read' } };
 * ```
 */
export interface TestTokenOptions {
  /** `aud`. @default none */
  readonly audience?: string | undefined;
  /** Other claims. They replace those of the issuer, such as `exp`, and `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** `typ` in the header (RFC 9068, section 2.1). Keycloak for example writes `JWT`. @default 'at+jwt' */
  readonly type?: string | undefined;
}

/**
 * An identity provider for tests, see {@link createIssuer}.
 *
 * @example
 * ```ts
 * const issuer: TestIssuer = await createIssuer();
 * ```
 */
export interface TestIssuer {
  /** Its address, and `iss` of its tokens: `http://127.0.0.1:` and a free port. */
  readonly issuer: string;
  /** The address of its keys. */
  readonly jwksUri: string;
  /** The paths that were requested so far, in their order. */
  readonly requests: readonly string[];
  /**
   * Issues an access token, which lives for 15 minutes.
   *
   * @param identity `sub`, `'test'` by default
   * @throws `ConfigurationError` if an option is wrong
   */
  token(identity?: string, options?: TestTokenOptions): Promise<string>;
  /** Signs with a new key from now on. The earlier keys stay published. */
  rotate(): Promise<void>;
  /** Stops the server. */
  close(): Promise<void>;
}
