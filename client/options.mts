/**
 * The options of {@link createAuthFetch}.
 *
 * @example
 * ```ts
 * const options: AuthFetchOptions = { refresh: '/auth/refresh' };
 * ```
 */
export interface AuthFetchOptions {
  /** The URL of the route that refreshes the cookies, called with POST. Its origin is that of your API. */
  readonly refresh: string;
  /**
   * Called when the session has ended: the refresh was rejected, here or in another tab. Once for each session in each
   * tab.
   */
  readonly onSessionEnd?: (() => void) | undefined;
  /**
   * The name of the CSRF cookie, such as `__Host-shop_csrf_token` if your `TokenCookies` have the name `shop`.
   * @default '__Host-csrf_token', '__Secure-csrf_token' or 'csrf_token'
   */
  readonly csrfCookie?: string | undefined;
  /** The option `csrfHeader` of your `TokenCookies`. @default 'X-CSRF-Token' */
  readonly csrfHeader?: string | undefined;
}
