import type { SetCookie } from 'cookie';
import type { Context } from 'koa';
import { because, ConfigurationError, InvalidRequestError } from '../errors';
import type { SilentRenewal } from '../sessions/silent-renewal';
import type { TokenPair } from '../sessions/token-pair';
import { splitCompact } from '../token/compact';
import { parseStrictObject } from '../token/strict-json';
import { Token, type TokenType } from '../token/token';
import { answerCookies } from './answer-cookies';
import { requestCookies } from './cookie-header';
import { csrfValueOf, demandOwnLogin, demandOwnRequest, isUpgrade } from './csrf';
import type { TokenLocation } from './locations/token-location';
import {
  resolveTokenCookiesOptions,
  type TokenCookiesOptions,
  type TokenCookiesSettings,
} from './token-cookies-options';

/** What {@link TokenCookies.set} takes: a pair as it was issued, or an access token alone. */
export type CookieTokens = Pick<TokenPair, 'access_token'> & Partial<Pick<TokenPair, 'refresh_token'>>;

/**
 * The token in a cookie, for browsers: no script can read it, and a request that changes something must show that a page
 * of our own sent it.
 *
 * @example
 * ```ts
 * const tokenCookies = new TokenCookies();
 * createAuthorizationChecker(jwtManager, { locations: [new BearerHeader(), tokenCookies] });
 *
 * tokenCookies.set(ctx, await jwtManager.createTokenPair(user.id)); // log in
 * tokenCookies.clear(ctx); // log out
 * ```
 */
export class TokenCookies implements TokenLocation {
  readonly name = 'Cookie';
  readonly vary = 'Cookie';
  readonly #settings: TokenCookiesSettings;

  /** @throws {@link ConfigurationError} when an option is wrong; the message says what to do */
  constructor(options: TokenCookiesOptions = {}) {
    this.#settings = resolveTokenCookiesOptions(options);
  }

  /**
   * Puts the tokens into the answer: at a login, after a refresh. The cookies last as long as the tokens do. Without a
   * refresh token, the cookie of an earlier one is removed: it may be somebody else's.
   *
   * @param tokens as they were just issued
   * @throws CsrfError (`ERR_JWT_CSRF`) when another site's page sent a request that is not safe: it would log its visitor
   * in as somebody else
   * @throws {@link ConfigurationError} when they are no tokens, or too large for a cookie
   */
  set(context: Context, tokens: CookieTokens): void {
    const { csrf } = this.#settings;
    if (csrf) demandOwnLogin(context, csrf);
    this.#put(context, tokens);
    if (tokens.refresh_token === undefined) answerCookies(context, this.#cookies('refresh'));
  }

  /** Removes the cookies: at a logout, beside `jwtManager.revokeSession`. */
  clear(context: Context): void {
    answerCookies(context, [...this.#cookies('access'), ...this.#cookies('refresh')]);
  }

  /**
   * The value that a request with this token has to show, for a page that is rendered on the server or that cannot read
   * the cookies because it is on another site.
   *
   * @throws {@link ConfigurationError} when it is neither
   * @param token that the page's request will come with, or its text
   */
  csrfValue(token: Token<object> | string): string {
    const text: unknown = token instanceof Token ? token.raw : token;
    if (typeof text !== 'string') throw new ConfigurationError('csrfValue needs a token, or its text');
    return csrfValueOf(text);
  }

  read(context: Context, type: TokenType | 'any'): string | undefined {
    const cookies = requestCookies(context.req.rawHeaders);
    const { names } = this.#settings;
    const valuesOf = (kind: TokenType) =>
      cookies.flatMap(({ name, value }) => (name === names[kind] ? [value] : []));
    // What the method does not ask for is not its business: any host of the site can toss a refresh cookie.
    const found = (type === 'any' ? (['access', 'refresh'] as const) : [type]).map(valuesOf);
    if (found.some(({ length }) => length > 1)) {
      this.clear(context);
      throw because(new InvalidRequestError('More than one token in the request'), 'cookie twice');
    }
    return found.flat()[0];
  }

  confirm(context: Context, token: Token<object>): void {
    const { csrf } = this.#settings;
    if (csrf) demandOwnRequest(context, token.raw, csrf);
  }

  /**
   * @internal Puts a new access token into the answer where the one that opened the method is close to its end. To be
   * called once it met every demand and the store said that it is alive.
   */
  async renew(context: Context, token: Token<object>, renewal: SilentRenewal<object>): Promise<void> {
    const { renewWithin } = this.#settings;
    // The answer to an upgrade is not Koa's.
    if (renewWithin === undefined || isUpgrade(context)) return;
    await renewal.renew(token, renewWithin, (text) => {
      this.#put(context, { access_token: text });
    });
  }

  #put(context: Context, tokens: CookieTokens): void {
    const { access_token: access, refresh_token: refresh } = (tokens as CookieTokens | undefined) ?? {};
    const { issuedAt, expiresAt } = timesOf(access);
    const cookies = this.#cookies('access', access, expiresAt - issuedAt);
    if (refresh !== undefined) {
      // A refresh token that is handed out again says when it was handed out first.
      cookies.push(...this.#cookies('refresh', refresh, timesOf(refresh).expiresAt - issuedAt));
    }
    answerCookies(context, cookies);
  }

  /** The cookies of one token; without a token, what removes them. */
  #cookies(type: TokenType, text = '', secondsLeft = 0): SetCookie[] {
    const { names, paths, attributes, csrf } = this.#settings;
    const maxAge = Math.max(0, Math.floor(secondsLeft));
    const cookies = [{ name: names[type], value: text, path: paths[type], httpOnly: true }];
    const value = text && csrfValueOf(text);
    if (csrf) cookies.push({ name: `csrf_${type}_token`, value, path: '/', httpOnly: false });
    return cookies.map((cookie) => ({ ...cookie, maxAge, ...attributes }));
  }
}

/** Unix seconds. */
function timesOf(text: unknown): { issuedAt: number; expiresAt: number } {
  const claims = parseStrictObject(splitCompact(text)?.claims ?? '');
  const { iat: issuedAt, exp: expiresAt } = claims ?? {};
  if (typeof issuedAt !== 'number' || typeof expiresAt !== 'number')
    throw new ConfigurationError(
      'set needs tokens of this library: wait for createTokenPair and give it the pair',
    );
  return { issuedAt, expiresAt };
}
