import { createHash } from 'node:crypto';
import { ownClaims } from '../claims';
import type { ManagerEvents } from '../events';
import type { IssueSettings } from '../issue-options';
import type { ManagerSettings } from '../manager-options';
import type { Session } from '../store/token-store';
import type { Token, TokenType } from '../token/token';
import { TokenIssuer, type IssuedToken, type TokenContents, type TokenFrame } from '../token/token-issuer';
import { unixSeconds } from '../util/clock';
import type { Emitter } from '../util/emitter';
import { randomId } from '../util/random-id';
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
    const { claims, roles, scopes, audience, fresh } = settings;
    const authTime = fresh ? this.#now() : undefined;
    return { identity, claims: await this.#issuer.ownClaims(claims), roles, scopes, audience, authTime };
  }

  /** The contents of all tokens of a new login. */
  async loginContents(identity: string, settings: IssueSettings<C>): Promise<TokenContents> {
    return { ...(await this.contents(identity, settings)), csrf: randomId() };
  }

  /** What a refresh carries over: everything but the times. */
  carried(token: Token<C>): TokenContents {
    const all = token.verifiedClaims();
    const { sub: identity, roles, scope, aud, auth_time: authTime, csrf } = all;
    return {
      identity,
      // As they stand in the token: an instance of the claims class may look different.
      claims: ownClaims(all as unknown as Record<string, unknown>),
      roles,
      scopes: scope?.split(' '),
      audience: typeof aud === 'string' ? [aud] : aud,
      authTime,
      csrf,
    };
  }

  /** @throws {@link ConfigurationError} when no key can sign or the contents cannot go into a token */
  sign(type: TokenType, contents: TokenContents, session?: Session, timeToLive?: number): IssuedToken {
    const { accessTokenTtl, refreshTokenTtl } = this.#settings;
    if (type === 'access') {
      return this.#issuer.issue(contents, accessFrame(this.#now(), timeToLive ?? accessTokenTtl, session));
    }
    return this.#issuer.issue(contents, refreshFrame(this.#now(), timeToLive ?? refreshTokenTtl, session));
  }

  /** @param timeToLive of the access token */
  signPair(contents: TokenContents, session?: Session, timeToLive?: number): SignedPair {
    return {
      access: this.sign('access', contents, session, timeToLive),
      refresh: this.sign('refresh', contents, session),
    };
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

  #now(): number {
    return unixSeconds(this.#settings.clock);
  }
}

function accessFrame(now: number, timeToLive: number, session: Session | undefined): TokenFrame {
  return {
    type: 'access',
    sessionId: session?.id,
    issuedAt: now,
    expiresAt: capped(now + timeToLive, session),
  };
}

/** With a session, row and contents alone decide the token: everybody who asks within the grace window gets it again. */
function refreshFrame(now: number, timeToLive: number, session: Session | undefined): TokenFrame {
  if (!session) return { type: 'refresh', issuedAt: now, expiresAt: now + timeToLive };
  const { id: sessionId, generation, rotatedAt: issuedAt } = session;
  return {
    type: 'refresh',
    id: refreshTokenId(sessionId, generation),
    sessionId,
    generation,
    issuedAt,
    expiresAt: capped(issuedAt + timeToLive, session),
  };
}

function capped(expiresAt: number, session: Session | undefined): number {
  return session ? Math.min(expiresAt, session.expiresAt) : expiresAt;
}

/** 128 bits; whoever knows a session's random id learns nothing new by it. */
function refreshTokenId(sessionId: string, generation: number): string {
  const hash = createHash('sha256').update(`${sessionId}.${String(generation)}`);
  return hash.digest().subarray(0, 16).toString('base64url');
}
