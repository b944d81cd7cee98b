import { withReason, ConfigurationError, InvalidRequestError } from '../errors/errors';
import { resolveIssueOptions, resolveRefreshTokenOptions, type IssueOptions } from './issue-options';
import { coreOf, ManagerBase } from './manager-base';
import {
  accessOnly,
  resolveRefreshOptions,
  unseen,
  verifyOptions,
  type RefreshOptions,
  type RevokeAllOptions,
  type RevokeSessionOptions,
  type VerifyExpectations,
} from './call-options';
import { resolveRedeemOptions, type RedeemOptions, type TicketOptions } from './ticket-options';
import type { ListSessionsOptions } from '../sessions/session-arguments';
import type { SessionEndReason } from '../sessions/session-end-reason';
import type { TokenPair } from '../sessions/token-pair';
import type { Session } from '../store/token-store';
import { Token, type TokenType } from '../token/token';
import { ignore } from '../util/promises';
import { parseOptions, readOptions } from '../util/options';

/**
 * Issues, verifies, refreshes and revokes tokens. Create one instance for your application at start. Every option is
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
 * @typeParam C your own claims, inferred from the option `claims`
 */
export class JwtManager<C extends object = Record<string, unknown>> extends ManagerBase<C> {
  readonly #core = coreOf(this);

  /**
   * Issues an access token without a session.
   *
   * @param identity the user, written to `sub`: 1 to 255 characters
   * @throws {@link ConfigurationError} if identity or options are invalid
   */
  async createAccessToken(identity: string, options: IssueOptions<C> = {}): Promise<string> {
    return this.#core.tokens.issueAccess(identity, resolveIssueOptions(options, 'createAccessToken'));
  }

  /**
   * Starts a session and issues its refresh token. It is accepted only by `refresh` and by routes that require a
   * refresh token.
   *
   * @throws as {@link JwtManager.createTokenPair}
   */
  async createRefreshToken(identity: string, options: IssueOptions<C> = {}): Promise<string> {
    return this.#core.withSessions('createRefreshToken', (service) =>
      service.start(identity, resolveRefreshTokenOptions(options)),
    );
  }

  /**
   * Starts a session for a user who has just logged in and issues its access and refresh token, as the body of a
   * token response (RFC 6749, section 5.1). Both are fresh unless `fresh: false`.
   *
   * @throws {@link ConfigurationError} if identity or options are invalid, or if the manager has no store
   * @throws TokenRevokedError (`ERR_JWT_REVOKED`) if the user was logged out everywhere after `authenticatedAt`
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   * @example
   * ```ts
   * const session = { userAgent: ctx.get('User-Agent'), ip: ctx.ip };
   * return jwtManager.createTokenPair(user.id, { roles: ['member'], session });
   * ```
   */
  async createTokenPair(identity: string, options: IssueOptions<C> = {}): Promise<TokenPair> {
    const resolved = () => resolveIssueOptions(options, 'createTokenPair');
    return this.#core.withSessions('createTokenPair', (service) => service.login(identity, resolved()));
  }

  /**
   * Verifies the text of a token: signature, type, times, issuer, audience, claims, revocation.
   *
   * @throws TokenInvalidError (`ERR_JWT_INVALID`) if it is not a token of this manager
   * @throws TokenExpiredError (`ERR_JWT_EXPIRED`) if it was valid and has expired
   * @throws WrongTokenTypeError (`ERR_JWT_TYPE`) if it has another type
   * @throws TokenRevokedError (`ERR_JWT_REVOKED`) if it, its session or all tokens of its identity were revoked
   * @throws RefreshReusedError (`ERR_JWT_REFRESH_REUSED`) if it is a refresh token that was used before
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async verify(jwt: string, expected: VerifyExpectations = accessOnly): Promise<Token<C>> {
    let token: Token<C> | undefined;
    try {
      const { type } = expected === accessOnly ? accessOnly : parseOptions('verify', expected, verifyOptions);
      token = await this.#core.authenticate(jwt, type);
      const pending = this.#core.demandAlive(token, undefined, unseen);
      if (pending) await pending;
      return token;
    } catch (error) {
      throw this.#core.rejections.reported(error, token);
    }
  }

  /**
   * Exchanges a refresh token for a new pair of the same session. The given token can then no longer be used: within
   * `rotationGrace` it gets the same new refresh token again, after that it revokes the session (RFC 9700). Subject,
   * roles, scopes, claims, audience and `auth_time` are kept, unless `claimsFor` changes them.
   *
   * @param token the text, or the verified token of a `@JwtRefreshRequired()` route
   * @param options `session.userAgent` and `session.ip` replace those of the session, its label stays; `fresh` if the
   * user has just authenticated again
   * @throws InvalidRequestError (`ERR_JWT_REQUEST`) if the token is neither, such as a missing field of the request
   * @throws all that {@link JwtManager.verify} throws; HookFailedError (`ERR_JWT_HOOK`) if `claimsFor` failed
   * @throws {@link ConfigurationError} if the manager has no store or no signing key
   */
  refresh(token: string | Token<C>, options: RefreshOptions = {}): Promise<TokenPair> {
    return this.#core.rejections.watch(async (attempt) => {
      const settings = resolveRefreshOptions(options);
      const { renewal } = this.#core.sessions('refresh');
      const verified = await this.#own(token, 'refresh');
      attempt.token = verified;
      return renewal.refresh(verified, settings);
    });
  }

  /**
   * Issues a ticket: a token for one purpose and one use, such as the link in a mail that resets a password. It opens
   * nothing else, it is not a login, and `revokeAll` ends it.
   *
   * @param identity the user, written to `sub`: 1 to 255 characters
   * @throws {@link ConfigurationError} if identity or options are invalid, or if the manager has no store that remembers
   * the use of a ticket
   * @example
   * ```ts
   * const ticket = await jwtManager.createTicket(user.id, { purpose: 'reset-password', expiresIn: '1h' });
   * ```
   */
  async createTicket(identity: string, options: TicketOptions<C>): Promise<string> {
    return this.#core.tickets.create(identity, options);
  }

  /**
   * Verifies a ticket and uses it, so that it cannot be used again unless it is `reusable`. Of any number of callers at
   * once, on every process that shares the store, one succeeds. A route can do the same: `@JwtRequired({ ticket })`.
   *
   * @throws TokenInvalidError (`ERR_JWT_INVALID`) if it is not a ticket of this manager or has another purpose
   * @throws TokenExpiredError (`ERR_JWT_EXPIRED`); WrongTokenTypeError (`ERR_JWT_TYPE`) if it is another token
   * @throws TokenRevokedError (`ERR_JWT_REVOKED`) if it was used or revoked, also with all tokens of its identity
   * @throws StoreUnavailableError (`ERR_JWT_STORE`); InvalidRequestError (`ERR_JWT_REQUEST`) if it is not a string
   * @example
   * ```ts
   * const { identity } = await jwtManager.redeemTicket(ticket, { purpose: 'reset-password' });
   * await jwtManager.revokeAll(identity);
   * ```
   */
  redeemTicket(text: string, options: RedeemOptions): Promise<Token<C>> {
    return this.#core.rejections.watch(async (attempt) => {
      const { purpose } = resolveRedeemOptions(options);
      const token = await this.#own(text, 'ticket');
      attempt.token = token;
      await this.#core.tickets.redeem(token, purpose);
      return token;
    });
  }

  /**
   * Revokes this one token, on every process that shares the store. A refresh token ends its session, even if it was
   * used before (RFC 7009, section 2.1).
   *
   * @throws TokenInvalidError (`ERR_JWT_INVALID`) if it is not a token of this manager
   * @throws InvalidRequestError (`ERR_JWT_REQUEST`) if it is neither a string nor a token
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async revoke(token: Token<C> | string): Promise<void> {
    await this.#core.withSessions('revoke', async ({ sessions }) => {
      const { type, claims } = this.#core.verifier.identify(textOf(token));
      await sessions.revokeToken(type, claims);
    });
  }

  /**
   * Logs out: no token of the session works any more, on every process that shares the store.
   *
   * @param options `identity`: the session only ends if it belongs to this identity
   * @returns false if there was no such session, or if it had already ended
   * @throws StoreUnavailableError (`ERR_JWT_STORE`); {@link ConfigurationError} if the id is missing, as for a token
   * without a session
   */
  async revokeSession(sessionId: string, options: RevokeSessionOptions = {}): Promise<boolean> {
    const { identity } = readOptions('revokeSession', options, ['identity']);
    return this.#core.withSessions('revokeSession', ({ sessions }) => sessions.revoke(sessionId, identity));
  }

  /**
   * Logs out everywhere: no session of the identity and no token without a session works any more.
   *
   * @param options `except`: the one session that continues, such as `token.sessionId`
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async revokeAll(identity: string, options: RevokeAllOptions = {}): Promise<void> {
    const { except } = readOptions('revokeAll', options, ['except']);
    await this.#core.withSessions('revokeAll', ({ sessions }) => sessions.revokeAll(identity, except));
  }

  /**
   * Logs out everywhere and erases what is stored about the identity: addresses, devices, sessions. Only a hash
   * remains, until the last token would have expired.
   *
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async forget(identity: string): Promise<void> {
    await this.#core.withSessions('forget', ({ sessions }) => sessions.forget(identity));
  }

  /**
   * Returns the living sessions of the identity, newest first, for a list of devices.
   *
   * @throws StoreUnavailableError (`ERR_JWT_STORE`)
   */
  async listSessions(identity: string, options: ListSessionsOptions = {}): Promise<Session[]> {
    return this.#core.withSessions('listSessions', ({ sessions }) => sessions.list(identity, options));
  }

  /**
   * Calls the listener once when the token has ended: for WebSockets and streams, which last longer than their
   * request. If the token has already ended, the listener is called soon.
   *
   * @returns a function that removes the listener
   * @throws TokenInvalidError (`ERR_JWT_INVALID`) if it is not a token of this manager
   */
  onSessionEnd(token: Token<C>, listener: (reason: SessionEndReason) => unknown): () => void {
    if (typeof listener !== 'function')
      throw new ConfigurationError('onSessionEnd: listener must be a function');
    const claims = this.#core.identify(token);
    const watch = this.#core.ends.watch(claims, listener);
    const { service } = this.#core;
    if (service && this.#core.isOwn(claims.iss)) ignore(service.follow(watch, claims));
    return watch.stop;
  }

  /** A verified token is verified again: it may have expired since, or be another manager's. */
  #own(given: Token<C> | string, type: TokenType | 'any'): Token<C> | Promise<Token<C>> {
    return this.#core.authenticate(textOf(given), type);
  }
}

function textOf(given: unknown): string {
  if (given instanceof Token) return given.raw;
  if (typeof given === 'string') return given;
  throw withReason(new InvalidRequestError('Malformed token parameter'), 'no token');
}
