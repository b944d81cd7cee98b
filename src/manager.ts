import { inspect } from 'node:util';
import { because, ConfigurationError, InvalidRequestError, TokenExpiredError, type JwtError } from './errors';
import { managerEventNames, type ManagerEvents, type RejectionDetails } from './events';
import { resolveIssueOptions, type IssueOptions } from './issue-options';
import { resolveManagerOptions, type JwtManagerOptions, type ManagerSettings } from './manager-options';
import { limitsOf, type ManagerLimits } from './manager-options';
import type { RefreshOptions, RevokeAllOptions, VerifyExpectations } from './manager-options';
import { Rejections } from './rejections';
import { LoginTokens } from './sessions/login-tokens';
import { Renewal } from './sessions/renewal';
import { sessionDetails, type SessionDetails } from './sessions/session-details';
import { Sessions } from './sessions/sessions';
import type { TokenPair } from './sessions/token-pair';
import type { Session } from './store/token-store';
import { Token, type TokenType } from './token/token';
import { TokenVerifier } from './token/token-verifier';
import { Emitter } from './util/emitter';
import { readOptions } from './util/options';

/**
 * Issues and verifies access and refresh tokens. One instance for an application, made at start-up: every option is
 * checked then.
 *
 * @example
 * ```ts
 * const jwtManager = new JwtManager({ secret: process.env.JWT_SECRET_KEY });
 * const text = await jwtManager.createAccessToken('test', { roles: ['member'] });
 * const token = await jwtManager.verify(text);
 * token.identity; // 'test'
 * ```
 *
 * @typeParam C the application's own claims; inferred from the option `claims`
 */
export class JwtManager<C extends object = Record<string, unknown>> {
  /** @internal */
  readonly limits: ManagerLimits;
  readonly #settings: ManagerSettings<C>;
  readonly #verifier: TokenVerifier<C>;
  readonly #tokens: LoginTokens<C>;
  readonly #sessions: Sessions | undefined;
  readonly #events = new Emitter<ManagerEvents>('routing-controllers-jwt', managerEventNames);
  readonly #rejections = new Rejections(this.#events);

  /** @throws {@link ConfigurationError} when an option is wrong; the message says what to do */
  constructor(options: JwtManagerOptions<C>) {
    this.#settings = resolveManagerOptions(options);
    this.limits = limitsOf(this.#settings);
    this.#verifier = new TokenVerifier(this.#settings);
    this.#tokens = new LoginTokens(this.#settings, this.#events);
    const { store } = this.#settings;
    this.#sessions = store && new Sessions(this.#settings, store, this.#events);
  }

  /**
   * Issues an access token that stands alone, without a session.
   *
   * @param identity whom it speaks for, `sub`: 1 to 255 characters
   * @throws {@link ConfigurationError} when identity or options cannot go into a token
   */
  async createAccessToken(identity: string, options: IssueOptions<C> = {}): Promise<string> {
    const settings = resolveIssueOptions(options);
    const contents = await this.#tokens.contents(identity, settings);
    const issued = this.#tokens.sign('access', contents, undefined, settings.expiresIn);
    return this.#tokens.announce('access', issued);
  }

  /**
   * Starts a session and issues its refresh token. It opens only what demands a refresh token.
   *
   * @throws {@link ConfigurationError} when identity or options cannot go into a token
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async createRefreshToken(identity: string, options: IssueOptions<C> = {}): Promise<string> {
    const settings = resolveIssueOptions(options);
    const contents = await this.#tokens.loginContents(identity, settings);
    const session = this.#sessions?.draft(identity, settings.session);
    const issued = this.#tokens.sign('refresh', contents, session, settings.expiresIn);
    if (session) await this.#sessions?.create(session);
    return this.#tokens.announce('refresh', issued);
  }

  /**
   * Starts a session for a user who has just logged in and issues its access and refresh token, as the body of a token
   * response (RFC 6749, section 5.1). Both are fresh unless `fresh: false`.
   *
   * @throws {@link ConfigurationError} when identity or options cannot go into a token
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   * @example
   * ```ts
   * const session = { userAgent: ctx.get('User-Agent'), ip: ctx.ip };
   * return jwtManager.createTokenPair(user.id, { roles: ['member'], session });
   * ```
   */
  async createTokenPair(identity: string, options: IssueOptions<C> = {}): Promise<TokenPair> {
    const settings = resolveIssueOptions(options);
    const login = { ...settings, fresh: settings.fresh ?? true };
    const contents = await this.#tokens.loginContents(identity, login);
    const session = this.#sessions?.draft(identity, settings.session);
    const pair = this.#tokens.signPair(contents, session, settings.expiresIn);
    if (session) await this.#sessions?.create(session);
    return this.#tokens.announcePair(pair);
  }

  /**
   * Verifies the text of a token: signature, type, times, issuer, audience, claims, revocation.
   *
   * @throws TokenInvalidError (`ERR_JWT_INVALID`) when it is not one of ours, not for here, or not a text at all
   * @throws TokenExpiredError (`ERR_JWT_EXPIRED`) when it was good and is over
   * @throws WrongTokenTypeError (`ERR_JWT_TYPE`) when it is of the other type
   * @throws TokenRevokedError (`ERR_JWT_REVOKED`) when it, its session or all tokens of its identity were revoked
   * @throws RefreshReusedError (`ERR_JWT_REFRESH_REUSED`) when it is a refresh token that was consumed before
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  verify(jwt: string, expected: VerifyExpectations = {}): Promise<Token<C>> {
    return this.#rejections.watch(async (attempt) => {
      const { type = 'access' } = readOptions('verify', expected, ['type']);
      const token = await this.authenticate(jwt, type);
      attempt.token = token;
      const pending = this.demandAlive(token);
      if (pending) await pending;
      return token;
    });
  }

  /**
   * Exchanges a refresh token for a new pair of the same session. The presented token is consumed: within
   * `rotationGrace` it gets the same successor once more, after that it is a theft, which revokes the session (RFC 9700).
   * Subject, roles, scopes, claims, audience and `auth_time` are carried over, unless `claimsFor` says otherwise.
   *
   * @param token the text, or the verified token of a `@JwtRefreshRequired()` route
   * @param options `session.userAgent` and `session.ip` replace what the session says; its label stays
   * @throws InvalidRequestError (`ERR_JWT_REQUEST`) when the token is neither: a field that the request does not have
   * @throws all that {@link JwtManager.verify} throws; HookFailedError (`ERR_JWT_HOOK`) when `claimsFor` failed
   * @throws {@link ConfigurationError} without a store or a key that signs
   */
  refresh(token: string | Token<C>, options: RefreshOptions = {}): Promise<TokenPair> {
    return this.#rejections.watch(async (attempt) => {
      const seen = sessionDetails(readOptions('refresh', options, ['session']).session);
      this.#store('refresh');
      attempt.token = await this.#own(token, 'refresh');
      return this.rotate(attempt.token as Token<C>, seen);
    });
  }

  /**
   * Revokes this one token, on every process that shares the store. One that is over already is left alone.
   *
   * @throws TokenInvalidError (`ERR_JWT_INVALID`) when it is not one of ours
   * @throws InvalidRequestError (`ERR_JWT_REQUEST`) when it is neither a text nor a token, as for `refresh`
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async revoke(token: Token<C> | string): Promise<void> {
    const sessions = this.#store('revoke');
    try {
      await sessions.revokeToken(await this.#own(token, 'any'));
    } catch (error) {
      if (!(error instanceof TokenExpiredError)) throw error;
    }
  }

  /**
   * Logs out: both tokens of the session are dead at once, on every process that shares the store.
   *
   * @returns false when there was no such session or it was over already
   * @throws StoreUnavailableError (`ERR_JWT_STORE`); {@link ConfigurationError} without an id, as of a token without one
   */
  async revokeSession(sessionId: string): Promise<boolean> {
    return this.#store('revokeSession').revoke(sessionId);
  }

  /**
   * Logs out everywhere: all sessions of the identity and all its tokens without a session are dead at once.
   *
   * @param options `except`: the one session that goes on, such as `token.sessionId`
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async revokeAll(identity: string, options: RevokeAllOptions = {}): Promise<void> {
    const { except } = readOptions('revokeAll', options, ['except']);
    await this.#store('revokeAll').revokeAll(identity, except);
  }

  /**
   * The identity's sessions that are alive: for a list of devices.
   *
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async listSessions(identity: string): Promise<Session[]> {
    return this.#store('listSessions').list(identity);
  }

  /**
   * Listens to what happens, for logs and metrics, see {@link ManagerEvents}. A listener that throws changes nothing.
   * @throws {@link ConfigurationError} when there is no such event
   */
  on<Name extends keyof ManagerEvents>(event: Name, listener: (event: ManagerEvents[Name]) => unknown): this {
    this.#events.on(event, listener);
    return this;
  }

  /** @internal What {@link JwtManager.verify} does before it asks the store, without the event. */
  authenticate(text: unknown, type: TokenType | 'any'): Token<C> | Promise<Token<C>> {
    return this.#verifier.verify(text, type);
  }

  /** @internal @throws TokenRevokedError, RefreshReusedError, StoreUnavailableError; at once where the store is here */
  demandAlive(token: Token<C>, seen?: () => SessionDetails): void | Promise<void> {
    return this.#sessions?.demandAlive(token, seen);
  }

  /** @internal What {@link JwtManager.refresh} does, without the event: the checker reports. */
  async rotate(token: Token<C>, seen: SessionDetails): Promise<TokenPair> {
    return new Renewal(this.#settings, this.#tokens, this.#store('refresh')).refresh(
      token,
      sessionDetails(seen),
    );
  }

  /** @internal */
  reportRejection(error: JwtError, token?: Token<object>, details?: RejectionDetails): void {
    this.#rejections.report(error, token, details);
  }

  /** @internal */
  get settings(): ManagerSettings<C> {
    return this.#settings;
  }

  #store(method: string): Sessions {
    if (this.#sessions) return this.#sessions;
    throw new ConfigurationError(`${method} needs a store: do not give store: false`);
  }

  /** A verified token is verified again: it may have expired since, or be another manager's. */
  #own(given: Token<C> | string, type: TokenType | 'any'): Token<C> | Promise<Token<C>> {
    if (typeof given !== 'string' && !(given instanceof Token))
      throw because(new InvalidRequestError('Malformed token parameter'), 'no token');
    return this.authenticate(given instanceof Token ? given.raw : given, type);
  }

  /** What may be logged: no key. */
  toJSON(): object {
    const { issuer, audience, accessTokenTtl, refreshTokenTtl } = this.#settings;
    return { issuer, audience, accessTokenTtl, refreshTokenTtl, keys: '[redacted]' };
  }

  /** The same for `util.inspect`. */
  [inspect.custom](): string {
    return `JwtManager ${inspect(this.toJSON())}`;
  }
}
