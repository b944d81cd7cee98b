import { ConfigurationError } from '../../errors/errors';
import { readOptions } from '../../util/options';
import { cookieNamesFor, supersededCookies, type CookieNames, type CookiePlace } from './cookie-names';
import type { CsrfSettings } from './csrf';
import { resolveCsrf } from './csrf-options';

/**
 * The options of {@link TokenCookies}.
 *
 * @example
 * ```ts
 * const options: TokenCookiesOptions = { sameSite: 'strict', autoRefresh: true };
 * ```
 */
export interface TokenCookiesOptions {
  /**
   * A part of the cookies' names, for several applications on one host or several managers in one application: with
   * `'shop'`, the access cookie is `__Host-shop_access_token`. @default none
   */
  readonly name?: string | undefined;
  /**
   * Whether browsers send the cookies over TLS only, and to `localhost`. Set false on a development machine without TLS:
   * the names then have no prefix, because `__Host-` and `__Secure-` need TLS. @default true
   */
  readonly secure?: boolean | undefined;
  /** With which requests of other sites browsers send the cookies; `'none'` needs `secure`. @default 'lax' */
  readonly sameSite?: 'lax' | 'strict' | 'none' | undefined;
  /**
   * Whether browsers keep the cookies apart for each site that embeds yours (CHIPS); needs `secure`. For embedded pages,
   * together with `sameSite: 'none'`. @default false
   */
  readonly partitioned?: boolean | undefined;
  /**
   * Whether the cookies survive the end of the browser. A login can decide for itself, see {@link TokenCookies.set}.
   * @default true
   */
  readonly persistent?: boolean | undefined;
  /**
   * The domain whose subdomains also get the cookies, such as `'example.com'`. Every subdomain can then replace them and
   * log your visitors in as another user. @default only the host that sets them
   */
  readonly domain?: string | undefined;
  /** The path below which browsers send the refresh token, such as `'/token/refresh'`. @default '/' */
  readonly refreshPath?: string | undefined;
  /**
   * Whether a request that is authenticated by a cookie must show that one of your pages sent it. With false, neither the
   * value nor the origin is checked, and only `sameSite` protects a user from other sites. @default true
   */
  readonly csrf?: boolean | undefined;
  /** The header in which a page sends the CSRF value. @default 'X-CSRF-Token' */
  readonly csrfHeader?: string | undefined;
  /**
   * Methods that need a CSRF value in addition to all but GET, HEAD and OPTIONS (RFC 9110, section 9.2.1), such as `'GET'`
   * where it changes something. HEAD runs the GET method and counts as GET. @default none
   */
  readonly csrfMethods?: readonly string[] | undefined;
  /**
   * A field of the body, JSON or a form, that may hold the CSRF value where the header is absent: for forms that are sent
   * without a script. @default none
   */
  readonly csrfField?: string | undefined;
  /**
   * The origins of other pages that may use the cookies, as browsers write them, such as `'https://app.example.com'` or
   * `'capacitor://localhost'`. Compared as text. @default none
   */
  readonly origins?: readonly string[] | undefined;
  /**
   * Whether a request whose access token is missing, has expired or is in its last minute is refreshed on the way, by the
   * refresh cookie that comes with it: a page needs no script to stay logged in. Needs the `refreshPath` `'/'`.
   * @default false
   */
  readonly autoRefresh?: boolean | undefined;
}

/**
 * The options of {@link TokenCookies.set}.
 *
 * @example
 * ```ts
 * const options: SetCookiesOptions = { persistent: false }; // until the browser is closed
 * ```
 */
export interface SetCookiesOptions {
  /**
   * Whether the cookies of this login survive the end of the browser ("keep me logged in"). A refresh keeps it.
   * @default the option `persistent` of TokenCookies
   */
  readonly persistent?: boolean | undefined;
}

/** @internal The options once they are checked. */
export interface TokenCookiesSettings {
  readonly names: CookieNames;
  readonly refreshPath: string;
  /** Whether a refresh token needs the CSRF cookie next to it: a sibling host can set the one, but not the other. */
  readonly isRefreshBound: boolean;
  readonly attributes: {
    readonly domain?: string;
    readonly partitioned?: true;
    readonly secure: boolean;
    readonly sameSite: 'lax' | 'strict' | 'none';
  };
  readonly persistent: boolean;
  readonly autoRefresh: boolean;
  /** Undefined: off. */
  readonly csrf: CsrfSettings | undefined;
  /** Cookies that other options would have set, which would come along with these. */
  readonly superseded: readonly CookiePlace[];
}

const optionNames = [
  'name',
  'secure',
  'sameSite',
  'partitioned',
  'persistent',
  'domain',
  'refreshPath',
  'csrf',
  'csrfHeader',
  'csrfMethods',
  'csrfField',
  'origins',
  'autoRefresh',
] as const satisfies (keyof TokenCookiesOptions)[];

/** Part of a cookie's name; short enough to leave a cookie's room to its token. */
const cookieName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** With at least one dot: browsers accept no other, and an address is no domain. */
const domainName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** RFC 6265, section 4.1.1, without what no path of a URL has: a space, `?` and `#`. Browsers would never send the cookie. */
const absolutePath = /^\/[!"$-:<->@-~]*$/;

/** @internal @throws {@link ConfigurationError} when an option is wrong */
export function resolveTokenCookiesOptions(given: TokenCookiesOptions): TokenCookiesSettings {
  const options = readOptions('TokenCookies', given, optionNames);
  const { name, secure = true, sameSite = 'lax', domain, refreshPath = '/', csrf = true } = options;
  const { partitioned = false, persistent = true, autoRefresh = false } = options;
  for (const [option, value] of Object.entries({ secure, partitioned, persistent, csrf, autoRefresh }))
    demand(typeof value === 'boolean', `${option} must be true or false`);
  demand(name === undefined || matches(name, cookieName), "name must be a word, such as 'shop'");
  demand(['lax', 'strict', 'none'].includes(sameSite), "sameSite must be 'lax', 'strict' or 'none'");
  demand(sameSite !== 'none' || secure, "sameSite: 'none' needs secure: true, or browsers drop the cookies");
  demand(!partitioned || secure, 'partitioned: true needs secure: true, or browsers drop the cookies');
  demand(domain === undefined || matches(domain, domainName), "domain must be one such as 'example.com'");
  demand(matches(refreshPath, absolutePath), "refreshPath must be a path such as '/token/refresh'");
  demand(
    !autoRefresh || refreshPath === '/',
    "autoRefresh needs the refreshPath '/', so that every request has the cookie",
  );
  const csrfSettings = resolveCsrf(options);
  const shape = { name, secure, domain, refreshPath, partitioned };
  return {
    names: cookieNamesFor(shape),
    refreshPath,
    isRefreshBound: refreshPath !== '/' && domain === undefined,
    attributes: {
      secure,
      sameSite,
      ...(domain !== undefined && { domain }),
      ...(partitioned && { partitioned }),
    },
    persistent,
    autoRefresh,
    csrf: csrf ? csrfSettings : undefined,
    superseded: supersededCookies(shape),
  };
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function demand(isRight: boolean, problem: string): void {
  if (!isRight) throw new ConfigurationError(`TokenCookies: ${problem}`);
}
