import { createHash } from 'node:crypto';
import { ownClaims } from '../claims/own';
import { ConfigurationError } from '../errors/errors';
import type { ManagerEvents } from '../manager/events';
import type { IssueSettings } from '../manager/issue-options';
import type { ManagerSettings } from '../manager/manager-options';
import type { Token, TokenType } from '../token/token';
import {
  checkIdentity,
  TokenIssuer,
  type IssuedToken,
  type TokenContents,
  type TokenFrame,
} from '../token/token-issuer';
import { unixSeconds, unixTime } from '../util/clock';
import type { Emitter } from '../util/emitter';
import { randomId } from '../util/random-id';
import type { SessionFrame } from './session-frame';
import type { TokenPair } from './token-pair';

/** An access and a refresh token of one login, signed and not yet announced. */
export interface SignedPair {
  readonly access: IssuedToken;
  readonly refresh: IssuedToken;
}

/** Makes the tokens of a login: with a session they are bound to it and never outlive it. */
export class LoginTokens<C extends object> {
  readonly #settings: ManagerSettings<C>;
  readonly #issuer: TokenIssuer<C>;
  readonly #events: Emitter<ManagerEvents>;

  constructor(settings: ManagerSettings<C>, events: Emitter<ManagerEvents>) {
    this.#settings = settings;
    this.#issuer = new TokenIssuer(settings);
    this.#events = events;
  }

  /** The contents of a token that belongs to no login. */
  async contents(identity: string, settings: IssueSettings<C>): Promise<TokenContents> {
    const { claims, roles, scopes, audience } = settings;
    checkIdentity(identity);
    const authTime = this.#authTime(settings);
    return { identity, claims: await this.#issuer.ownClaims(claims), roles, scopes, audience, authTime };
  }

  /** The contents of all tokens of a new login. */
  async loginContents(identity: string, settings: IssueSettings<C>): Promise<TokenContents> {
    return { ...(await this.contents(identity, settings)), csrf: randomId() };
  }

  /**
   * What a refresh carries over: everything but the times.
   *
   * @param authTime when the user proved who they are once more
   */
  carried(token: Token<C>, authTime?: number): TokenContents {
    const all = token.verifiedClaims();
    const {
      sub: identity,
      roles,
      scope,
      aud,
      access_aud: accessAudience = aud,
      auth_time: loginTime,
      csrf,
    } = all;
    return {
      identity,
      // As they stand in the token: an instance of the claims class may look different.
      claims: ownClaims(all as unknown as Record<string, unknown>),
      roles,
      scopes: scope?.split(' '),
      audience: typeof accessAudience === 'string' ? [accessAudience] : accessAudience,
      authTime: authTime ?? loginTime,
      csrf,
    };
  }

  /** An access token that stands alone. */
  async issueAccess(identity: string, settings: IssueSettings<C>): Promise<string> {
    const contents = await this.contents(identity, settings);
    return this.announce('access', this.signAccess(contents, undefined, settings.expiresIn));
  }

  /** An access token; with a session, one of that. @throws {@link ConfigurationError} as {@link TokenIssuer.issue} */
  signAccess(contents: TokenContents, session?: SessionFrame, timeToLive?: number): IssuedToken {
    return this.#issuer.issue(contents, this.#accessFrame(session, timeToLive));
  }

  signRefresh(contents: TokenContents, session: SessionFrame): IssuedToken {
    return this.#issuer.issue(contents, refreshFrame(session));
  }

  /** @param timeToLive of the access token */
  signPair(contents: TokenContents, session: SessionFrame, timeToLive?: number): SignedPair {
    // The longer one first: it says by how much the claims are too large.
    const refresh = this.signRefresh(contents, session);
    return { access: this.signAccess(contents, session, timeToLive), refresh };
  }

  /** @throws {@link ConfigurationError} when {@link LoginTokens.signPair} would throw */
  checkPair(contents: TokenContents, session: SessionFrame, timeToLive?: number): void {
    this.#issuer.check(contents, refreshFrame(session));
    this.#issuer.check(contents, this.#accessFrame(session, timeToLive));
  }

  /** @throws {@link ConfigurationError} when a token would live longer than a logout is remembered */
  checkLifetime(seconds: number | undefined): void {
    const { longestTtl } = this.#settings;
    if (seconds !== undefined && seconds > longestTtl)
      throw new ConfigurationError(
        `expiresIn must be at most ${String(longestTtl)} seconds, the longest time that a logout is remembered: raise sessionTtl of the JwtManager for more`,
      );
  }

  /** Tells that a token was handed out, and returns its text. */
  announce(type: TokenType, { text, claims: { sub: identity, jti, sid, exp } }: IssuedToken): string {
    const expiresAt = new Date(exp * 1000);
    this.#events.emit('issued', { type, identity, tokenId: jti, sessionId: sid, expiresAt });
    return text;
  }

  announcePair({ access, refresh }: SignedPair): TokenPair {
    const { exp, iat, scope } = access.claims;
    return {
      access_token: this.announce('access', access),
      token_type: 'Bearer',
      expires_in: exp - iat,
      refresh_token: this.announce('refresh', refresh),
      ...(scope !== undefined && { scope }),
    };
  }

  #accessFrame(session: SessionFrame | undefined, timeToLive = this.#settings.accessTokenTtl): TokenFrame {
    this.checkLifetime(timeToLive);
    const issuedAt = this.#now();
    const expiresAt = Math.min(issuedAt + timeToLive, session?.expiresAt ?? Infinity);
    return { type: 'access', sessionId: session?.id, issuedAt, expiresAt };
  }

  #authTime({ fresh, authenticatedAt }: IssueSettings<C>): number | undefined {
    if (authenticatedAt === undefined) return fresh ? this.#now() : undefined;
    if (authenticatedAt > unixTime(this.#settings.clock) + this.#settings.issueTolerance)
      throw new ConfigurationError('authenticatedAt must not be in the future');
    return authenticatedAt;
  }

  #now(): number {
    return unixSeconds(this.#settings.clock);
  }
}

/** Row and contents alone decide the token: everybody who asks within the grace window gets it again. */
function refreshFrame({ id: sessionId, generation, rotatedAt, expiresAt, end }: SessionFrame): TokenFrame {
  return {
    type: 'refresh',
    id: refreshTokenId(sessionId, generation),
    sessionId,
    generation,
    sessionEnd: end,
    issuedAt: rotatedAt,
    expiresAt,
  };
}

/** 128 bits; whoever knows a session's random id learns nothing new by it. */
function refreshTokenId(sessionId: string, generation: number): string {
  const hash = createHash('sha256').update(`${sessionId}.${String(generation)}`);
  return hash.digest().subarray(0, 16).toString('base64url');
}
