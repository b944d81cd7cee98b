/**
 * The response of a token endpoint (RFC 6749, section 5.1).
 *
 * @example
 * ```ts
 * const { access_token, refresh_token } = await jwtManager.createTokenPair(user.id);
 * ```
 */
export interface TokenPair {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds until the access token expires. */
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly scope?: string;
}
