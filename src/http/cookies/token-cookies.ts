import type { SetCookie } from 'cookie';
import type { IncomingMessage } from 'node:http';
import { withReason, ConfigurationError, InvalidRequestError } from '../../errors/errors';
import { Token, type TokenType } from '../../token/token';
import { readOptions } from '../../util/options';
import { answerCookies, demandOpenResponse } from './response-cookies';
import { requestCookies } from './cookie-header';
import { readTokens, sessionIdIn, tokenIn, untilBrowserEnds } from './cookie-tokens';
import type { CookieTokens, ReadTokens } from './cookie-tokens';
import { csrfValueOf, demandBoundCookie, demandOwnLogin, demandOwnRequest, needsCsrfValue } from './csrf';
import type { NamedPlace, TokenCarrier, TokenLocation } from '../locations/token-location';
import type { HttpRequest, RequestSource } from '../request/http-request';
import { requestOf } from '../request/request-of';
import {
  resolveTokenCookiesOptions,
  type SetCookiesOptions,
  type TokenCookiesOptions,
  type TokenCookiesSettings,
} from './token-cookies-options';

/**
 * The token in a cookie, for browsers: no script can read it, and a request that changes something must show that one of
 * your own pages sent it.
 *
 * @example
 * ```ts
 * const tokenCookies = new TokenCookies();
 * createAuthorizationChecker(jwtManager, { locations: [new BearerHeader(), tokenCookies] });
 *
 * tokenCookies.check(ctx); // before a login; with Express, pass the response
 * tokenCookies.set(ctx, await jwtManager.createTokenPair(user.id));
 * tokenCookies.clear(ctx); // log out
 * ```
 */
export class TokenCookies implements TokenLocation {
  readonly name = 'Cookie';
  readonly vary = 'Cookie';
  /** Next to the longest name and its mark: browsers drop a cookie of more than 4096 bytes. */
  readonly maxTokenLength = 3800;
  /** Sets the cookies of a refresh; undefined unless the option `autoRefresh` is set. */
  readonly autoRefresh: TokenCarrier | undefined;
  readonly #settings: TokenCookiesSettings;
  /** The session that a request proved to be its own. */
  readonly #confirmed = new WeakMap<IncomingMessage, string>();
  /** The session whose tokens a response carries. */
  readonly #set = new WeakMap<IncomingMessage, string | undefined>();
  /** Requests in whose response the cookies are removed. */
  readonly #cleared = new WeakSet<IncomingMessage>();

  /** @throws {@link ConfigurationError} when an option is wrong; the message says what to do */
  constructor(options: TokenCookiesOptions = {}) {
    this.#settings = resolveTokenCookiesOptions(options);
    this.autoRefresh = this.#settings.autoRefresh ? this.#carrier() : undefined;
  }

  /**
   * Checks that the tokens of a login may be set in this response. Call it before tokens are issued, so that a login from
   * another site creates no session. A `@JwtRefreshRequired()` route whose token came by cookie needs no call.
   *
   * @throws CsrfError (`ERR_JWT_CSRF`) when a page of another site sent a request that is not safe: it would log its
   * visitor in as another user
   * @throws {@link ConfigurationError} when the response has been sent
   */
  check(source: RequestSource): void {
    const request = requestOf(source);
    demandOpenResponse(request);
    const { csrf } = this.#settings;
    if (csrf) demandOwnLogin(request, csrf);
  }

  /**
   * Puts the tokens into the response: at a login, after a refresh. The cookies last as long as the tokens do. Without a
   * refresh token, the cookie of an earlier one is removed: it may be another user's.
   *
   * @param tokens as they were just issued
   * @throws CsrfError (`ERR_JWT_CSRF`), see {@link TokenCookies.check}
   * @throws {@link ConfigurationError} when they are not tokens, not of one login, or too large for a cookie
   */
  set(source: RequestSource, tokens: CookieTokens, options: SetCookiesOptions = {}): void {
    const { persistent } = readOptions('TokenCookies.set', options, ['persistent']);
    if (persistent !== undefined && typeof persistent !== 'boolean')
      throw new ConfigurationError('TokenCookies.set: persistent must be true or false');
    const request = requestOf(source);
    const read = readTokens(tokens);
    // What is set after a refresh belongs to the session that the request has proven to be its own.
    const isLogin = read.sessionId === undefined || this.#confirmed.get(request.req) !== read.sessionId;
    if (isLogin) this.check(request);
    this.#put(request, read, persistent ?? this.#persistenceFor(request, read));
    this.#set.set(request.req, read.sessionId);
    this.#cleared.delete(request.req);
  }

  /** Removes the cookies: at a logout, together with `jwtManager.revokeSession`. */
  clear(source: RequestSource): void {
    const { access, refresh, csrf } = this.#settings.names;
    const request = requestOf(source);
    answerCookies(request, [
      ...this.#superseded(),
      this.#expired(access, '/'),
      this.#expired(refresh, this.#settings.refreshPath),
      ...(this.#hasCsrfCookie ? [this.#expired(csrf, '/')] : []),
    ]);
    this.#cleared.add(request.req);
  }

  /**
   * The value that a request with this token must show, for a page that is rendered on the server or that cannot read the
   * cookies because it is on another site. All tokens of a login have the same value.
   *
   * @param token that comes with the request, or its text
   * @throws {@link ConfigurationError} when it is neither
   */
  csrfValue(token: Token<object> | string): string {
    const text: unknown = token instanceof Token ? token.raw : token;
    if (typeof text !== 'string') throw new ConfigurationError('csrfValue needs a token, or its text');
    return csrfValueOf(text);
  }

  read(request: HttpRequest, type: TokenType | 'any'): string | undefined {
    if (type === 'ticket') return undefined;
    // A cookie that the route does not ask for is ignored: with a domain, a sibling host can set it.
    const kinds = type === 'any' ? (['access', 'refresh'] as const) : [type];
    const found = kinds.map((kind) => this.#candidatesOf(kind, request));
    // No cookie is removed: with a domain, a sibling host could log its neighbours' visitors out.
    if (found.some(({ length }) => length > 1))
      throw withReason(new InvalidRequestError('More than one token in the request'), 'cookie twice');
    const [value] = found.flat();
    return value === undefined ? undefined : tokenIn(value);
  }

  confirm(request: HttpRequest, token: Token<object>): void {
    const { csrf, isRefreshBound } = this.#settings;
    if (token.type === 'refresh') {
      demandOpenResponse(request);
      if (isRefreshBound) demandBoundCookie(this.#valuesOf('csrf', request), token);
    }
    if (csrf) demandOwnRequest(request, token, csrf);
    if (token.sessionId !== undefined) this.#confirmed.set(request.req, token.sessionId);
  }

  describe(type: TokenType = 'access', method = 'GET'): NamedPlace | undefined {
    if (type === 'ticket') return undefined;
    const { names, csrf } = this.#settings;
    const csrfHeader = csrf && needsCsrfValue(method, csrf) ? csrf.header : undefined;
    return { in: 'cookie', name: names[type], ...(csrfHeader !== undefined && { csrfHeader }) };
  }

  #carrier(): TokenCarrier {
    return {
      mayRefresh: ({ req }) => !this.#cleared.has(req),
      set: (request, pair) => {
        this.set(request, pair);
      },
      retract: (request, sessionId) => {
        this.#retract(request, sessionId);
      },
    };
  }

  /** Removes the cookies of a session that has ended, unless the response carries those of another by now. */
  #retract(request: HttpRequest, sessionId: string | undefined): void {
    if (!request.res.headersSent && this.#set.get(request.req) === sessionId) this.clear(request);
  }

  get #hasCsrfCookie(): boolean {
    return this.#settings.csrf !== undefined || this.#settings.isRefreshBound;
  }

  /** An empty cookie is one that was removed: some clients keep it. */
  #valuesOf(kind: 'access' | 'refresh' | 'csrf', { headers }: HttpRequest): string[] {
    const searched = this.#settings.names[kind];
    return requestCookies(headers.cookie)
      .filter(({ name, value }) => name === searched && value !== '')
      .map(({ value }) => value);
  }

  /**
   * A sibling host can set a second refresh cookie where ours has a path, and a former `domain` leaves one behind. Ours is
   * the one that belongs to the login of the CSRF cookie.
   */
  #candidatesOf(kind: 'access' | 'refresh', request: HttpRequest): string[] {
    const values = this.#valuesOf(kind, request);
    if (kind === 'access' || !this.#settings.isRefreshBound || values.length < 2) return values;
    const csrfValues = this.#valuesOf('csrf', request);
    const bound = values.filter((value) => csrfValues.includes(csrfValueOf(tokenIn(value))));
    return bound.length > 0 ? bound : values;
  }

  #persistenceFor(request: HttpRequest, { sessionId }: ReadTokens): boolean {
    const [value] = this.#candidatesOf('refresh', request);
    const isSameLogin =
      value !== undefined && sessionId !== undefined && sessionIdIn(tokenIn(value)) === sessionId;
    return isSameLogin ? tokenIn(value) === value : this.#settings.persistent;
  }

  #put(request: HttpRequest, { access, refresh, csrfValue }: ReadTokens, persistent: boolean): void {
    const { names, refreshPath } = this.#settings;
    const refreshText = refresh && refresh.text + (persistent ? '' : untilBrowserEnds);
    const lasting = (seconds: number) => (persistent ? { maxAge: Math.max(0, Math.floor(seconds)) } : {});
    const longest = lasting(Math.max(access.secondsLeft, refresh?.secondsLeft ?? 0));
    answerCookies(request, [
      ...this.#superseded(),
      this.#cookie({ name: names.access, value: access.text, path: '/', ...lasting(access.secondsLeft) }),
      refresh
        ? this.#cookie({
            name: names.refresh,
            value: refreshText,
            path: refreshPath,
            ...lasting(refresh.secondsLeft),
          })
        : this.#expired(names.refresh, refreshPath),
      ...(this.#hasCsrfCookie
        ? [this.#cookie({ name: names.csrf, value: csrfValue, path: '/', ...longest })]
        : []),
    ]);
  }

  #cookie(cookie: SetCookie): SetCookie {
    const { attributes, names, csrf } = this.#settings;
    const httpOnly = cookie.name !== names.csrf || csrf === undefined;
    return { ...attributes, httpOnly, ...cookie };
  }

  #expired(name: string, path: string): SetCookie {
    return this.#cookie({ name, value: '', path, maxAge: 0, expires: new Date(0) });
  }

  /** First: a browser that does not tell a cookie of the host alone from one of its domain must keep the later one. */
  #superseded(): SetCookie[] {
    const { superseded, attributes } = this.#settings;
    const { secure, sameSite } = attributes;
    return superseded.map((place) => ({
      ...place,
      secure,
      sameSite,
      httpOnly: true,
      value: '',
      maxAge: 0,
      expires: new Date(0),
    }));
  }
}

/** @internal */
export function isTokenCookies(value: unknown): value is TokenCookies {
  return value instanceof TokenCookies;
}
