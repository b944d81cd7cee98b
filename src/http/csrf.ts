import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { because, CsrfError } from '../errors';
import { equalInConstantTime } from '../util/constant-time';
import { isPlainObject } from '../util/json';

/** @internal What a request that is let in by a cookie must show. */
export interface CsrfSettings {
  /** In lower case. */
  readonly header: string;
  readonly field: string | undefined;
  /** Beside those that are not safe. */
  readonly methods: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
}

/** TRACE is safe as well (RFC 9110, section 9.2.1), but no page can send it. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The CSRF value of a token. Whoever has no copy of the token cannot make it, so that a pair of cookies that somebody
 * planted, another session's value and that of an earlier login fit no request of the victim's.
 */
export function csrfValueOf(text: string): string {
  return createHash('sha256').update(`routing-controllers-jwt csrf ${text}`).digest('base64url');
}

/**
 * Refuses a request that changes something, or opens a WebSocket, unless a page of our own sent it.
 *
 * @param text the token that came by cookie
 * @throws CsrfError
 */
export function demandOwnRequest(context: Context, text: string, settings: CsrfSettings): void {
  if (isUpgrade(context)) {
    demandOwnPage(context, settings);
    return;
  }
  if (isSafe(context) && !settings.methods.has(context.method)) return;
  demandOwnPage(context, settings);
  const value = presentedValue(context, settings);
  if (value === undefined) throw because(new CsrfError(), 'no CSRF value');
  if (!equalInConstantTime(value, csrfValueOf(text))) throw because(new CsrfError(), 'wrong CSRF value');
}

/**
 * Refuses to log somebody in for a page of other people's: the user would work in an account that they can see.
 *
 * @throws CsrfError
 */
export function demandOwnLogin(context: Context, settings: CsrfSettings): void {
  if (!isSafe(context)) demandOwnPage(context, settings);
}

/** A page can open a WebSocket, but give it no header (RFC 6455, section 10.2: the origin is what there is to check). */
export function isUpgrade({ method, req }: Context): boolean {
  return method === 'GET' && req.headers.upgrade !== undefined;
}

function isSafe({ method }: Context): boolean {
  return safeMethods.has(method);
}

function demandOwnPage(context: Context, { origins }: CsrfSettings): void {
  const { origin, 'sec-fetch-site': site } = context.req.headers;
  if (site === 'same-origin' || site === 'none') return;
  // What has neither header is no browser, or one from before 2020, which the CSRF value is left for.
  if (site === undefined && (origin === undefined || isOriginOf(origin, context))) return;
  if (origin === undefined || !origins.has(origin)) throw because(new CsrfError(), 'foreign page');
}

/**
 * Whether an origin is the one that the request was sent to. A proxy may end TLS, with or without telling Koa: an https
 * page is then on an http connection.
 */
function isOriginOf(origin: string, { host, protocol }: Context): boolean {
  const [scheme = ''] = origin.split(':');
  const isScheme = scheme === 'https' || (scheme === 'http' && protocol === 'http');
  const target = `${scheme}://${host}`;
  // A port that the scheme implies may stand in Host; in Origin it never does.
  return isScheme && URL.canParse(target) && new URL(target).href === `${origin}/`;
}

function presentedValue({ req, request }: Context, { header, field }: CsrfSettings): string | undefined {
  const value = req.headers[header];
  if (value !== undefined || field === undefined) return value?.toString();
  const { body } = request as { body?: unknown };
  const inBody = isPlainObject(body) ? body[field] : undefined;
  return typeof inBody === 'string' ? inBody : undefined;
}
