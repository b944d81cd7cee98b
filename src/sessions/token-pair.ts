/** The answer of a token endpoint (RFC 6749, section 5.1). */
export interface TokenPair {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds until the access token is over. */
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly scope?: string;
}
