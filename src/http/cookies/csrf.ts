import { createHash } from 'node:crypto';
import { withReason, CsrfError } from '../../errors/errors';
import { splitCompact } from '../../token/compact';
import { parseStrictObject } from '../../token/strict-json';
import type { Token } from '../../token/token';
import { equalInConstantTime } from '../../util/constant-time';
import { isPlainObject } from '../../util/json';
import type { HttpRequest } from '../request/http-request';

/** @internal What a request that is authenticated by a cookie must show. */
export interface CsrfSettings {
  readonly header: string;
  readonly field: string | undefined;
  /** In addition to those that are not safe; GET stands for HEAD. */
  readonly methods: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
}

/** TRACE is safe as well (RFC 9110, section 9.2.1), but no page can send it. HEAD counts as GET. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'OPTIONS']);

/**
 * The CSRF value of a token, which is the same for all tokens of a login. It cannot be computed without one of them: a
 * pair of cookies that an attacker planted, the value of another session and that of an earlier login do not match.
 *
 * @param text of the token
 * @param csrf its claim; a token that belongs to no login has none, and a value of its own
 */
export function csrfValueOf(text: string, csrf: unknown = claimIn(text)): string {
  const secret = typeof csrf === 'string' ? csrf : text;
  return createHash('sha256').update(`routing-controllers-jwt csrf ${secret}`).digest('base64url');
}

function claimIn(text: string): unknown {
  return parseStrictObject(splitCompact(text)?.claims ?? '')?.['csrf'];
}

/**
 * Checks that a request that changes something, or opens a WebSocket, was sent by one of our own pages.
 *
 * @param token the one that came by cookie
 * @throws CsrfError
 */
export function demandOwnRequest(request: HttpRequest, token: Token<object>, settings: CsrfSettings): void {
  if (isUpgrade(request)) {
    demandOwnPage(request, settings);
    return;
  }
  if (!needsCsrfValue(request.method, settings)) return;
  // The value decides where the browser hides the origin: over plain http with `Referrer-Policy: no-referrer`.
  if (!hidesOrigin(request)) demandOwnPage(request, settings);
  const value = presentedValue(request, settings);
  if (value === undefined) throw withReason(new CsrfError(), 'no CSRF value');
  if (!fits(value, token)) throw withReason(new CsrfError(), 'wrong CSRF value');
}

/**
 * Checks that a login was not sent by another site's page: the user would work in an account that the attacker can see.
 *
 * @throws CsrfError
 */
export function demandOwnLogin(request: HttpRequest, settings: CsrfSettings): void {
  if (!isSafe(request)) demandOwnPage(request, settings);
}

/**
 * Checks that a refresh token came together with the CSRF cookie of its login. A sibling host can set the refresh cookie
 * where it has a path, but no cookie with the prefix `__Host-`.
 *
 * @param values of all CSRF cookies in the request
 * @throws CsrfError
 */
export function demandBoundCookie(values: readonly string[], token: Token<object>): void {
  const isBound = values.length > 0 && values.every((value) => fits(value, token));
  if (!isBound) throw withReason(new CsrfError(), 'no CSRF cookie of this login');
}

/** A page can open a WebSocket, but set no header on it (RFC 6455, section 10.2: the origin is what there is to check). */
export function isUpgrade({ method, headers }: HttpRequest): boolean {
  return method === 'GET' && headers.upgrade !== undefined;
}

/** Whether requests with this method must show the CSRF value. */
export function needsCsrfValue(method: string, { methods }: CsrfSettings): boolean {
  const name = withHeadAsGet(method);
  return !safeMethods.has(name) || methods.has(name);
}

/** HEAD runs the GET method. */
export function withHeadAsGet(method: string): string {
  return method === 'HEAD' ? 'GET' : method;
}

function fits(value: string, token: Token<object>): boolean {
  return equalInConstantTime(value, csrfValueOf(token.raw, token.verifiedClaims().csrf ?? null));
}

function isSafe({ method }: HttpRequest): boolean {
  return safeMethods.has(withHeadAsGet(method));
}

/** Without Fetch Metadata, `Origin: null` carries no information. */
function hidesOrigin({ headers }: HttpRequest): boolean {
  return headers.origin === 'null' && headers['sec-fetch-site'] === undefined;
}

function demandOwnPage(request: HttpRequest, { origins }: CsrfSettings): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site === 'same-origin' || site === 'none') return;
  // A request with neither header comes from no browser, or from one before 2020, where only the CSRF value protects.
  if (site === undefined && (origin === undefined || isOriginOf(origin, request))) return;
  if (origin === undefined || !origins.has(origin)) throw withReason(new CsrfError(), 'foreign page');
}

/**
 * Whether an origin is the one that the request was sent to. A proxy may end TLS, with or without telling the framework: an https
 * page is then on an http connection.
 */
function isOriginOf(origin: string, { host, protocol }: HttpRequest): boolean {
  const [scheme = ''] = origin.split(':');
  const isScheme = scheme === 'https' || (scheme === 'http' && protocol === 'http');
  const target = `${scheme}://${host}`;
  // A port that the scheme implies may stand in Host; in Origin it never does.
  return isScheme && URL.canParse(target) && new URL(target).href === `${origin}/`;
}

function presentedValue({ headers, body }: HttpRequest, { header, field }: CsrfSettings): string | undefined {
  const value = headers[header.toLowerCase()];
  if (value !== undefined || field === undefined) return value?.toString();
  const inBody = isPlainObject(body) ? body[field] : undefined;
  return typeof inBody === 'string' ? inBody : undefined;
}
