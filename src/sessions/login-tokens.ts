import { createHash } from 'node:crypto';
import type { TicketUse } from '../claims/forms';
import { claimsLasting } from '../claims/own';
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
import { actorIn } from './session-context';
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
    checkIdentity(identity);
    const authTime = this.#authTime(settings);
    const own = await this.#issuer.ownClaims(settings.claims);
    const claims = { ...own, ...settings.registered, ...(authTime !== undefined && { auth_time: authTime }) };
    return { identity, claims, audience: settings.audience };
  }

  /** The contents of all tokens of a new login. */
  async loginContents(identity: string, settings: IssueSettings<C>): Promise<TokenContents> {
    const contents = await this.contents(identity, settings);
    return { ...contents, claims: { ...contents.claims, csrf: randomId() } };
  }

  /** What a refresh carries over: every claim that is not of one token alone. */
  carried(token: Token<C>): TokenContents {
    const all = token.verifiedClaims();
    const { sub: identity, aud, access_aud: audience = aud } = all;
    return {
      identity,
      // As they are in the token: an instance of the claims class may differ.
      claims: claimsLasting(all, 'login', 'grant', 'session'),
      audience: audience === undefined ? undefined : [audience].flat(),
    };
  }

  /** An access token without a session. */
  async issueAccess(identity: string, settings: IssueSettings<C>): Promise<string> {
    const contents = await this.contents(identity, settings);
    return this.announce('access', this.signAccess(contents, undefined, settings.expiresIn));
  }

  /** An access token, of a session if given. @throws {@link ConfigurationError} as {@link TokenIssuer.issue} */
  signAccess(contents: TokenContents, session?: SessionFrame, timeToLive?: number): IssuedToken {
    return this.#issuer.issue(contents, this.#accessFrame(session, timeToLive));
  }

  signRefresh(contents: TokenContents, session: SessionFrame): IssuedToken {
    return this.#issuer.issue(contents, refreshFrame(session));
  }

  /** A ticket, which belongs to no session. */
  issueTicket(contents: TokenContents, use: TicketUse, timeToLive: number): string {
    this.checkLifetime(timeToLive);
    const issuedAt = this.#now();
    const frame = { type: 'ticket', issuedAt, expiresAt: issuedAt + timeToLive } as const;
    const claims = { ...contents.claims, ticket: use };
    return this.announce('ticket', this.#issuer.issue({ ...contents, claims }, frame));
  }

  /** @param timeToLive of the access token */
  signPair(contents: TokenContents, session: SessionFrame, timeToLive?: number): SignedPair {
    // The longer one first, because its error names the excess.
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
        `expiresIn must be at most ${String(longestTtl)} seconds, the longest time that a revocation is kept. For more, raise sessionTtl of the JwtManager`,
      );
  }

  /** Reports that a token was issued, and returns its text. */
  announce(type: TokenType, { text, claims }: IssuedToken): string {
    const { sub: identity, jti: tokenId, sid: sessionId, exp, act } = claims;
    const expiresAt = new Date(exp * 1000);
    this.#events.emit('issued', { type, identity, ...actorIn(act), tokenId, sessionId, expiresAt });
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

  #authTime({ owner, fresh, authenticatedAt }: IssueSettings<C>): number | undefined {
    if (authenticatedAt === undefined) return fresh ? this.#now() : undefined;
    if (authenticatedAt > unixTime(this.#settings.clock) + this.#settings.issueTolerance)
      throw new ConfigurationError(`${owner}: authenticatedAt must not be in the future`);
    return authenticatedAt;
  }

  #now(): number {
    return unixSeconds(this.#settings.clock);
  }
}

/** Depends on row and contents only: every request within the grace window gets the same token. */
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

/** 128 bits, which reveal nothing to anyone who knows the random id of the session. */
function refreshTokenId(sessionId: string, generation: number): string {
  const hash = createHash('sha256').update(`${sessionId}.${String(generation)}`);
  return hash.digest().subarray(0, 16).toString('base64url');
}
