import { inspect } from 'node:util';
import { ConfigurationError, JwtError, reasonFor } from './errors';
import type { ManagerEvents, RejectedEvent } from './events';
import {
  resolveIssueOptions,
  resolveManagerOptions,
  type IssueOptions,
  type IssueSettings,
  type JwtManagerOptions,
  type ManagerSettings,
} from './manager-options';
import type { Token, TokenType } from './token/token';
import { TokenIssuer, type IssuedToken } from './token/token-issuer';
import { TokenVerifier } from './token/token-verifier';
import { unixSeconds } from './util/clock';
import { Emitter } from './util/emitter';
import { checkOptions } from './util/options';

/** The answer of a token endpoint (RFC 6749, section 5.1). */
export interface TokenPair {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds until the access token is over. */
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly scope?: string;
}

/** What {@link JwtManager.verify} expects of a token. */
export interface VerifyExpectations {
  /** @default 'access' */
  readonly type?: TokenType | 'any' | undefined;
}

/** What is known of a refused request, for the `rejected` event. @internal */
export type RejectionDetails = Pick<RejectedEvent, 'method' | 'path' | 'ip'>;

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
  readonly #settings: ManagerSettings<C>;
  readonly #issuer: TokenIssuer<C>;
  readonly #verifier: TokenVerifier<C>;
  readonly #events = new Emitter<ManagerEvents>();

  /** @throws {@link ConfigurationError} when an option is wrong; the message says what to do */
  constructor(options: JwtManagerOptions<C>) {
    this.#settings = resolveManagerOptions(options);
    this.#issuer = new TokenIssuer(this.#settings);
    this.#verifier = new TokenVerifier(this.#settings);
  }

  /**
   * Issues an access token that stands alone.
   *
   * @param identity whom it speaks for, `sub`: 1 to 255 characters
   * @throws {@link ConfigurationError} when identity or options cannot go into a token
   */
  async createAccessToken(identity: string, options: IssueOptions<C> = {}): Promise<string> {
    const issued = await this.#issue('access', identity, resolveIssueOptions(options));
    return issued.text;
  }

  /**
   * Issues a refresh token. It opens only what demands a refresh token.
   *
   * @throws {@link ConfigurationError} when identity or options cannot go into a token
   */
  async createRefreshToken(identity: string, options: IssueOptions<C> = {}): Promise<string> {
    const issued = await this.#issue('refresh', identity, resolveIssueOptions(options));
    return issued.text;
  }

  /**
   * Issues an access and a refresh token for a user who has just logged in, as the body of a token response
   * (RFC 6749, section 5.1). Both are fresh unless `fresh: false`.
   *
   * @throws {@link ConfigurationError} when identity or options cannot go into a token
   */
  async createTokenPair(identity: string, options: IssueOptions<C> = {}): Promise<TokenPair> {
    const resolved = resolveIssueOptions(options);
    const settings = { ...resolved, fresh: resolved.fresh ?? true };
    const access = await this.#issue('access', identity, settings);
    const refresh = await this.#issue('refresh', identity, { ...settings, expiresIn: undefined });
    const { exp, iat, scope } = access.claims;
    return {
      access_token: access.text,
      token_type: 'Bearer',
      expires_in: exp - iat,
      refresh_token: refresh.text,
      ...(scope !== undefined && { scope }),
    };
  }

  /**
   * Verifies the text of a token: signature, type, times, issuer, audience, claims.
   *
   * @throws TokenInvalidError (`ERR_JWT_INVALID`) when it is not one of ours or not for here
   * @throws TokenExpiredError (`ERR_JWT_EXPIRED`) when it was good and is over
   * @throws WrongTokenTypeError (`ERR_JWT_TYPE`) when it is of the other type
   */
  async verify(jwt: string, expected: VerifyExpectations = {}): Promise<Token<C>> {
    checkOptions('verify', expected, ['type']);
    const { type = 'access' } = expected;
    try {
      return await this.authenticate(jwt, type);
    } catch (error) {
      if (error instanceof JwtError) this.reportRejection(error);
      throw error;
    }
  }

  /** Listens to what happens, for logs and metrics. A listener that throws changes nothing. */
  on<Name extends keyof ManagerEvents>(event: Name, listener: (event: ManagerEvents[Name]) => unknown): this {
    this.#events.on(event, listener);
    return this;
  }

  /** @internal What {@link JwtManager.verify} does before it asks the store, without the event. */
  authenticate(text: unknown, type: TokenType | 'any'): Promise<Token<C>> {
    if (!['access', 'refresh', 'any'].includes(type)) {
      throw new ConfigurationError("the expected type must be 'access', 'refresh' or 'any'");
    }
    return this.#verifier.verify(text, type);
  }

  /** @internal */
  reportRejection(error: JwtError, token?: Token<object>, details?: RejectionDetails): void {
    this.#events.emit('rejected', {
      code: error.code,
      error,
      ...reasonFor(error),
      ...(token && { identity: token.identity, tokenId: token.id, sessionId: token.sessionId }),
      ...details,
    });
  }

  /** @internal Milliseconds that a function of the application's may take. */
  get hookTimeout(): number {
    return this.#settings.hookTimeout * 1000;
  }

  /** @internal Seconds that `fresh: true` means. */
  get freshFor(): number {
    return this.#settings.freshFor;
  }

  async #issue(type: TokenType, identity: string, settings: Partial<IssueSettings<C>>): Promise<IssuedToken> {
    const { accessTokenTtl, refreshTokenTtl, clock } = this.#settings;
    const issued = this.#issuer.issue({
      type,
      identity,
      claims: await this.#issuer.ownClaims(settings.claims),
      roles: settings.roles,
      scopes: settings.scopes,
      audience: settings.audience,
      authTime: settings.fresh ? unixSeconds(clock) : undefined,
      timeToLive: settings.expiresIn ?? (type === 'access' ? accessTokenTtl : refreshTokenTtl),
    });
    const { jti, sid, exp } = issued.claims;
    this.#events.emit('issued', {
      type,
      identity,
      tokenId: jti,
      sessionId: sid,
      expiresAt: new Date(exp * 1000),
    });
    return issued;
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
