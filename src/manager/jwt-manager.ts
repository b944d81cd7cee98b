import { because, ConfigurationError, InvalidRequestError } from '../errors/errors';
import { resolveIssueOptions, type IssueOptions } from './issue-options';
import { ManagerBase } from './manager-base';
import {
  resolveRefreshOptions,
  verifyOptions,
  type RefreshOptions,
  type RevokeAllOptions,
  type RevokeSessionOptions,
  type VerifyExpectations,
} from './call-options';
import type { JwtManagerOptions } from './manager-options';
import { LoginTokens } from '../sessions/login-tokens';
import type { SessionDetails } from '../sessions/session-details';
import type { ListSessionsOptions } from '../sessions/session-arguments';
import type { SessionEndReason } from '../sessions/session-end-reason';
import { SessionEnds } from '../sessions/session-ends';
import { SessionService } from '../sessions/session-service';
import type { TokenPair } from '../sessions/token-pair';
import type { Session } from '../store/token-store';
import { Token, type TokenType } from '../token/token';
import { TokenVerifier } from '../token/token-verifier';
import { ignore } from '../util/promises';
import { parseOptions, readOptions } from '../util/options';

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
export class JwtManager<C extends object = Record<string, unknown>> extends ManagerBase<C> {
  readonly #verifier: TokenVerifier<C>;
  readonly #tokens: LoginTokens<C>;
  readonly #service: SessionService<C> | undefined;
  readonly #ends: SessionEnds;

  /** @throws {@link ConfigurationError} when an option is wrong; the message says what to do */
  constructor(options: JwtManagerOptions<C>) {
    super(options);
    this.#verifier = new TokenVerifier(this.settings);
    this.#tokens = new LoginTokens(this.settings, this.events);
    const { store } = this.settings;
    const ends = (this.#ends = new SessionEnds(this.settings));
    const notices = { events: this.events, ends };
    this.#service = store && new SessionService(this.settings, store, this.#tokens, notices);
  }

  /**
   * Issues an access token that stands alone, without a session.
   *
   * @param identity whom it speaks for, `sub`: 1 to 255 characters
   * @throws {@link ConfigurationError} when identity or options cannot go into a token
   */
  async createAccessToken(identity: string, options: IssueOptions<C> = {}): Promise<string> {
    return this.#tokens.issueAccess(identity, resolveIssueOptions(options, 'createAccessToken'));
  }

  /**
   * Starts a session and issues its refresh token. It opens only what demands a refresh token.
   *
   * @throws as {@link JwtManager.createTokenPair}
   */
  async createRefreshToken(identity: string, options: IssueOptions<C> = {}): Promise<string> {
    return this.#sessions('createRefreshToken').start(
      identity,
      resolveIssueOptions(options, 'createRefreshToken'),
    );
  }

  /**
   * Starts a session for a user who has just logged in and issues its access and refresh token, as the body of a token
   * response (RFC 6749, section 5.1). Both are fresh unless `fresh: false`.
   *
   * @throws {@link ConfigurationError} when identity or options cannot go into a token, and without a store
   * @throws TokenRevokedError (`ERR_JWT_REVOKED`) when the user was logged out everywhere after `authenticatedAt`
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   * @example
   * ```ts
   * const session = { userAgent: ctx.get('User-Agent'), ip: ctx.ip };
   * return jwtManager.createTokenPair(user.id, { roles: ['member'], session });
   * ```
   */
  async createTokenPair(identity: string, options: IssueOptions<C> = {}): Promise<TokenPair> {
    return this.#sessions('createTokenPair').login(identity, resolveIssueOptions(options, 'createTokenPair'));
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
    return this.rejections.watch(async (attempt) => {
      const { type } = parseOptions('verify', expected, verifyOptions);
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
   * @param options `session.userAgent` and `session.ip` replace what the session says; its label stays. `fresh`: the user
   *   has just proven who they are again
   * @throws InvalidRequestError (`ERR_JWT_REQUEST`) when the token is neither: a field that the request does not have
   * @throws all that {@link JwtManager.verify} throws; HookFailedError (`ERR_JWT_HOOK`) when `claimsFor` failed
   * @throws {@link ConfigurationError} without a store or a key that signs
   */
  refresh(token: string | Token<C>, options: RefreshOptions = {}): Promise<TokenPair> {
    return this.rejections.watch(async (attempt) => {
      const settings = resolveRefreshOptions(options);
      const { renewal } = this.#sessions('refresh');
      const verified = await this.#own(token, 'refresh');
      attempt.token = verified;
      return renewal.refresh(verified, settings);
    });
  }

  /**
   * Revokes this one token, on every process that shares the store. A refresh token takes its session along, one that was
   * used before too (RFC 7009, section 2.1).
   *
   * @throws TokenInvalidError (`ERR_JWT_INVALID`) when it is not one of ours
   * @throws InvalidRequestError (`ERR_JWT_REQUEST`) when it is neither a text nor a token, as for `refresh`
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async revoke(token: Token<C> | string): Promise<void> {
    const { sessions } = this.#sessions('revoke');
    const { type, claims } = this.#verifier.identify(textOf(token));
    await sessions.revokeToken(type, claims);
  }

  /**
   * Logs out: both tokens of the session are dead at once, on every process that shares the store.
   *
   * @param options `identity`: false, and nothing happens, unless the session is that identity's
   * @returns false when there was no such session or it had ended already
   * @throws StoreUnavailableError (`ERR_JWT_STORE`); {@link ConfigurationError} without an id, as of a token without one
   */
  async revokeSession(sessionId: string, options: RevokeSessionOptions = {}): Promise<boolean> {
    const { identity } = readOptions('revokeSession', options, ['identity']);
    return this.#sessions('revokeSession').sessions.revoke(sessionId, identity);
  }

  /**
   * Logs out everywhere: all sessions of the identity and all its tokens without a session are dead at once.
   *
   * @param options `except`: the one session that goes on, such as `token.sessionId`
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async revokeAll(identity: string, options: RevokeAllOptions = {}): Promise<void> {
    const { except } = readOptions('revokeAll', options, ['except']);
    await this.#sessions('revokeAll').sessions.revokeAll(identity, except);
  }

  /**
   * Logs out everywhere and erases what is stored about the identity: addresses, devices, sessions. Until the last token
   * would have expired, only a hash remains.
   *
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async forget(identity: string): Promise<void> {
    await this.#sessions('forget').sessions.forget(identity);
  }

  /**
   * The identity's sessions that are alive, newest first: for a list of devices.
   *
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async listSessions(identity: string, options: ListSessionsOptions = {}): Promise<Session[]> {
    return this.#sessions('listSessions').sessions.list(identity, options);
  }

  /**
   * Calls the listener once when the token has come to its end: for WebSockets and streams, which outlive their request. A
   * token that has ended already ends soon.
   *
   * @returns what ends the wait
   * @throws TokenInvalidError (`ERR_JWT_INVALID`) when it is not one of this manager's tokens
   */
  onSessionEnd(token: Token<C>, listener: (reason: SessionEndReason) => unknown): () => void {
    if (typeof listener !== 'function')
      throw new ConfigurationError('the listener of onSessionEnd must be a function');
    const { claims } = this.#verifier.identify(token);
    const watch = this.#ends.watch(claims, listener);
    if (this.#service) ignore(this.#service.follow(watch, claims));
    return watch.stop;
  }

  /** @internal What {@link JwtManager.verify} does before it asks the store, without the event. */
  authenticate(text: unknown, type: TokenType | 'any'): Token<C> | Promise<Token<C>> {
    return this.#verifier.verify(text, type);
  }

  /** @internal @throws TokenRevokedError, RefreshReusedError, StoreUnavailableError; at once where the store is here */
  demandAlive(token: Token<C>, seen?: () => SessionDetails): void | Promise<void> {
    return this.#service?.presented.demandAlive(token, seen);
  }

  /**
   * @internal What {@link JwtManager.refresh} does, without the event: the checker reports. The session keeps what the
   * application recorded, which may be nothing.
   */
  rotate(token: Token<C>, seen: SessionDetails): Promise<TokenPair> {
    const settings = { ...resolveRefreshOptions({ session: seen }), recorded: {} };
    return this.#sessions('refresh').renewal.refresh(token, settings);
  }

  #sessions(method: string): SessionService<C> {
    if (this.#service) return this.#service;
    throw new ConfigurationError(`${method} needs a store: do not give store: false`);
  }

  /** A verified token is verified again: it may have expired since, or be another manager's. */
  #own(given: Token<C> | string, type: TokenType | 'any'): Token<C> | Promise<Token<C>> {
    return this.authenticate(textOf(given), type);
  }
}

function textOf(given: unknown): string {
  if (given instanceof Token) return given.raw;
  if (typeof given === 'string') return given;
  throw because(new InvalidRequestError('Malformed token parameter'), 'no token');
}
