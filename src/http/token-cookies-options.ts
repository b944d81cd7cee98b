import { ConfigurationError } from '../errors';
import type { TokenType } from '../token/token';
import { durationInSeconds, type Duration } from '../util/duration';
import { isHttpToken } from '../util/http-token';
import { nameList } from '../util/name-list';
import { readOptions } from '../util/options';
import type { CsrfSettings } from './csrf';

/** The options of {@link TokenCookies}. */
export interface TokenCookiesOptions {
  /**
   * Whether browsers send the cookies over TLS only, and `localhost`. False is for a development machine without it: the
   * cookies have other names then, because `__Host-` and `__Secure-` need TLS. @default true
   */
  readonly secure?: boolean | undefined;
  /** With which requests of other sites browsers send the cookies; `'none'` needs `secure`. @default 'lax' */
  readonly sameSite?: 'lax' | 'strict' | 'none' | undefined;
  /**
   * The domain whose subdomains get the cookies, too, such as `'example.com'`: each of them may then overwrite them.
   * @default the host that sets them, alone
   */
  readonly domain?: string | undefined;
  /** The path below which browsers send the refresh token, such as `'/token/refresh'`. @default '/' */
  readonly refreshPath?: string | undefined;
  /**
   * Whether a request that is let in by a cookie must show that a page of our own sent it. With false, neither the value
   * nor the origin is looked at, and `sameSite` alone is between a user and other people's pages. @default true
   */
  readonly csrf?: boolean | undefined;
  /** The header in which a page sends the CSRF value. @default 'X-CSRF-Token' */
  readonly csrfHeader?: string | undefined;
  /**
   * Methods that need a CSRF value, such as `'GET'` where it changes something, beside all but GET, HEAD and OPTIONS
   * (RFC 9110, section 9.2.1). @default none
   */
  readonly csrfMethods?: readonly string[] | undefined;
  /**
   * A field of the body, JSON or a form, that may hold the CSRF value where the header is absent: for forms that are sent
   * without a script. @default none
   */
  readonly csrfField?: string | undefined;
  /** The origins whose pages may use the cookies beside our own, such as `'https://app.example.com'`. @default none */
  readonly origins?: readonly string[] | undefined;
  /**
   * Silent renewal: when the access cookie of a session has less than this left, or less than half of its life if that
   * is shorter, the answer to a request that it opened sets a new one. The refresh token is not used and does not
   * rotate, and the session's end stays the end. @default off
   */
  readonly renewWithin?: Duration | undefined;
}

/** @internal The options once they are checked. */
export interface TokenCookiesSettings {
  readonly names: Readonly<Record<TokenType, string>>;
  readonly paths: Readonly<Record<TokenType, string>>;
  readonly attributes: {
    readonly domain?: string;
    readonly secure: boolean;
    readonly sameSite: 'lax' | 'strict' | 'none';
  };
  /** Undefined: off. */
  readonly csrf: CsrfSettings | undefined;
  /** Seconds; undefined: off. */
  readonly renewWithin: number | undefined;
}

const optionNames = [
  'secure',
  'sameSite',
  'domain',
  'refreshPath',
  'csrf',
  'csrfHeader',
  'csrfMethods',
  'csrfField',
  'origins',
  'renewWithin',
] as const satisfies (keyof TokenCookiesOptions)[];

/** With at least one dot: browsers take no other, and an address is no domain. */
const domainName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** RFC 6265, section 4.1.1, without the space, which no path of a URL has. */
const absolutePath = /^\/[!-:<-~]*$/;

/** @internal @throws {@link ConfigurationError} when an option is wrong */
export function resolveTokenCookiesOptions(given: TokenCookiesOptions): TokenCookiesSettings {
  const options = readOptions('TokenCookies', given, optionNames);
  const { secure = true, sameSite = 'lax', domain, refreshPath = '/', csrf = true, renewWithin } = options;
  demand(typeof secure === 'boolean', 'secure must be true or false');
  demand(typeof csrf === 'boolean', 'csrf must be true or false');
  demand(['lax', 'strict', 'none'].includes(sameSite), "sameSite must be 'lax', 'strict' or 'none'");
  demand(sameSite !== 'none' || secure, "sameSite: 'none' needs secure: true, or browsers drop the cookies");
  demand(domain === undefined || matches(domain, domainName), "domain must be one such as 'example.com'");
  demand(matches(refreshPath, absolutePath), "refreshPath must be a path such as '/token/refresh'");
  const csrfSettings = resolveCsrf(options);
  return {
    names: namesFor(secure, domain),
    paths: { access: '/', refresh: refreshPath },
    attributes: { secure, sameSite, ...(domain !== undefined && { domain }) },
    csrf: csrf ? csrfSettings : undefined,
    renewWithin: renewWithin === undefined ? undefined : durationInSeconds(renewWithin, 'renewWithin'),
  };
}

/** `__Host-` promises that no other host and no page without TLS has set the cookie (RFC 6265bis, section 4.1.3). */
function namesFor(secure: boolean, domain: string | undefined): Record<TokenType, string> {
  if (!secure) return { access: 'access_token', refresh: 'refresh_token' };
  const prefix = domain === undefined ? '__Host-' : '__Secure-';
  return { access: `${prefix}access_token`, refresh: '__Secure-refresh_token' };
}

function resolveCsrf(options: TokenCookiesOptions): CsrfSettings {
  const { csrfHeader = 'X-CSRF-Token', csrfMethods, csrfField, origins } = options;
  demand(
    isHttpToken(csrfHeader) && csrfHeader.toLowerCase() !== 'cookie',
    "csrfHeader must be a header's name, and not Cookie, which browsers send by themselves",
  );
  demand(
    csrfField === undefined || (typeof csrfField === 'string' && csrfField !== ''),
    'csrfField must be the name of a field in the body',
  );
  return {
    header: csrfHeader.toLowerCase(),
    field: csrfField,
    methods: new Set(csrfMethods === undefined ? [] : methodList(csrfMethods)),
    origins: new Set(origins === undefined ? [] : originList(origins)),
  };
}

function methodList(methods: unknown): readonly string[] {
  const list = nameList(methods, 'csrfMethods', isNameList);
  const wrong = list.find((method) => !/^[A-Z]+(-[A-Z]+)*$/.test(method));
  demand(wrong === undefined, `csrfMethods must be in capitals, such as 'POST'`);
  return list;
}

function originList(origins: unknown): readonly string[] {
  const list = nameList(origins, 'origins', isNameList);
  for (const origin of list) {
    demand(
      originOf(origin) === origin,
      "origins must be as browsers write them, such as 'https://app.example.com' or 'http://localhost:8080': " +
        'no path, no slash at the end, no default port, no wildcard',
    );
  }
  return list;
}

function originOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) && !url.host.includes('*') ? url.origin : undefined;
}

function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function demand(isRight: boolean, message: string): void {
  if (!isRight) throw new ConfigurationError(message);
}
