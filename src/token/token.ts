import type { VerifiedClaims } from '../claims/registered';
import { ConfigurationError } from '../errors/errors';
import type { Clock } from '../util/clock';
import type { Evidence } from '../store/vouching';
import { durationInSeconds, type Duration } from '../util/duration';

/**
 * What a token opens: an access token opens routes, a refresh token gets new tokens, a ticket does one thing.
 *
 * @example
 * ```ts
 * const type: TokenType = token.type; // 'access', 'refresh' or 'ticket'
 * ```
 */
export type TokenType = 'access' | 'refresh' | 'ticket';

/** The roles or scopes of a token that has none. */
const none: readonly string[] = Object.freeze([]);

/** @internal The parts of a {@link Token}. */
export interface TokenParts<C> {
  readonly type: TokenType;
  readonly verified: VerifiedClaims;
  readonly claims: C;
  readonly raw: string;
  readonly freshFor: number;
  readonly clock: Clock;
}

/** Required by the constructor, because anyone can import the class and JavaScript has no private constructors. */
const proof = Symbol('verified');

let makeToken: <C extends object>(parts: TokenParts<C>) => Token<C>;

/**
 * A verified token. An instance exists only after signature, times and claims were checked, and it is frozen.
 *
 * @example
 * ```ts
 * @Get('/protected')
 * @JwtRequired()
 * protected(@InjectToken() token: Token) {
 *   return { logined_as: token.identity };
 * }
 * ```
 */
export class Token<C extends object = Record<string, unknown>> {
  /** The user of the token: `sub` (RFC 7519, section 4.1.2). */
  readonly identity: string;
  /** The token's own id: `jti` (RFC 7519, section 4.1.7). */
  readonly id: string;
  readonly type: TokenType;
  /** The application's own claims, without the registered ones. */
  readonly claims: C;
  readonly roles: readonly string[];
  /** `scope`, split (RFC 6749, section 3.3). */
  readonly scopes: readonly string[];
  /** The session of the token: `sid`. Undefined for a token without a session. */
  readonly sessionId: string | undefined;

  readonly #raw: string;
  readonly #verified: VerifiedClaims;
  readonly #freshFor: number;
  readonly #clock: Clock;
  #evidence: Evidence | undefined;
  #wasAlive = false;

  private constructor(parts: TokenParts<C>, given: symbol) {
    if (given !== proof)
      throw new ConfigurationError('Token: only JwtManager.verify and @InjectToken() create instances');
    const { type, verified, claims, raw, freshFor, clock } = parts;
    this.identity = verified.sub;
    this.id = verified.jti;
    this.type = type;
    this.claims = claims;
    this.roles = verified.roles ? Object.freeze([...verified.roles]) : none;
    this.scopes = verified.scope === undefined ? none : Object.freeze(verified.scope.split(' '));
    this.sessionId = verified.sid;
    this.#raw = raw;
    this.#verified = verified;
    this.#freshFor = freshFor;
    this.#clock = clock;
    Object.freeze(this);
  }

  static {
    makeToken = (parts) => new Token(parts, proof);
  }

  /** The text of the token. No property of its own: a logged, returned or copied token goes without it. */
  get raw(): string {
    return this.#raw;
  }

  /** The audience of the token: `aud`. Empty if it has none. */
  get audience(): readonly string[] {
    const { aud } = this.#verified;
    return aud === undefined ? none : Object.freeze([aud].flat());
  }

  /** The issuer of the token: `iss`. Undefined if the manager has no `issuer`. */
  get issuer(): string | undefined {
    return this.#verified.iss;
  }

  /**
   * Who acts for the identity, such as a support engineer: `act.sub` (RFC 8693, section 4.1); undefined if the user
   * acts in person.
   */
  get actor(): string | undefined {
    return this.#verified.act?.sub;
  }

  /** How the user authenticated: `amr` (RFC 8176). Empty if unknown. */
  get amr(): readonly string[] {
    const { amr } = this.#verified;
    return amr === undefined ? none : Object.freeze([...amr]);
  }

  /** How strong that authentication was: `acr` (RFC 9470, section 5). Undefined if unknown. */
  get acr(): string | undefined {
    return this.#verified.acr;
  }

  /** When the token was issued: `iat`. */
  get issuedAt(): Date {
    return dateOf(this.#verified.iat);
  }

  /** When the token expires: `exp`. */
  get expiresAt(): Date {
    return dateOf(this.#verified.exp);
  }

  /** When the user last authenticated: `auth_time` (OpenID Connect Core, section 2). Undefined if unknown. */
  get authenticatedAt(): Date | undefined {
    return this.#verified.auth_time === undefined ? undefined : dateOf(this.#verified.auth_time);
  }

  /**
   * Whether the login behind the token is recent. A refresh does not make a login recent.
   *
   * @param maxAge the maximum age of the login; by default the manager's `freshFor`
   */
  isFresh(maxAge?: Duration): boolean {
    const limit = maxAge === undefined ? this.#freshFor : durationInSeconds(maxAge, 'maxAge', { minimum: 0 });
    const { auth_time: authTime } = this.#verified;
    return authTime !== undefined && this.#clock() / 1000 - authTime <= limit;
  }

  /** @internal Until `exp`, by the manager's clock. */
  secondsLeft(): number {
    return this.#verified.exp - this.#clock() / 1000;
  }

  /** @internal What shows that the token is alive, without a question to the store. */
  evidence(): Evidence | undefined {
    return this.#evidence;
  }

  /** @internal The store found the token alive. Only a token that is kept gets to ask for evidence: the second time. */
  vouch(evidence: () => Evidence | undefined): void {
    if (this.#wasAlive) this.#evidence = evidence();
    this.#wasAlive = true;
  }

  /** @internal The registered claims of the token. */
  verifiedClaims(): VerifiedClaims {
    return this.#verified;
  }

  /** Everything but the text. */
  toJSON(): object {
    const { identity, id, type, claims, roles, scopes, sessionId, issuedAt, expiresAt, authenticatedAt } =
      this;
    const { audience, issuer, actor, amr, acr } = this;
    return {
      ...{ identity, id, type, claims, roles, scopes, sessionId, issuedAt, expiresAt, authenticatedAt },
      ...{ audience, issuer, actor, amr, acr },
    };
  }
}

/** @internal Makes a token of what was verified. */
export function tokenOf<C extends object>(parts: TokenParts<C>): Token<C> {
  return makeToken(parts);
}

function dateOf(seconds: number): Date {
  return new Date(seconds * 1000);
}
