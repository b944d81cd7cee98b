import { ConfigurationError, type JwtError } from '../errors/errors';
import { LoginTokens } from '../sessions/login-tokens';
import { Tickets } from '../sessions/tickets';
import type { SessionDetails } from '../sessions/session-details';
import { SessionEnds } from '../sessions/session-ends';
import { SessionService } from '../sessions/session-service';
import type { TokenPair } from '../sessions/token-pair';
import type { VerifiedClaims } from '../claims/registered';
import { Token, type TokenType } from '../token/token';
import { ownProfile } from '../token/profile';
import { TokenVerifier } from '../token/token-verifier';
import { Emitter } from '../util/emitter';
import { resolveRefreshOptions } from './call-options';
import { managerEventNames, type ManagerEvents, type RejectionDetails } from './events';
import {
  limitsOf,
  resolveManagerOptions,
  type JwtManagerOptions,
  type ManagerLimits,
  type ManagerSettings,
} from './manager-options';
import { Rejections } from './rejections';
import { TrustedIssuers } from './trusted-issuers';

/** What is behind a `JwtManager`, for the rest of the library: its users reach none of it. */
export class ManagerCore<C extends object> {
  readonly settings: ManagerSettings<C>;
  /** What a request needs to know. */
  readonly limits: ManagerLimits;
  readonly events = new Emitter<ManagerEvents>('routing-controllers-jwt', managerEventNames);
  readonly rejections = new Rejections(this.events);
  readonly verifier: TokenVerifier<C>;
  readonly trusted: TrustedIssuers<C>;
  readonly tokens: LoginTokens<C>;
  readonly ends: SessionEnds;
  /** Undefined without a store. */
  readonly service: SessionService<C> | undefined;
  readonly tickets: Tickets<C>;

  /** @throws {@link ConfigurationError} if an option is wrong */
  constructor(options: JwtManagerOptions<C>) {
    this.settings = resolveManagerOptions(options);
    this.limits = limitsOf(this.settings);
    this.verifier = new TokenVerifier(this.settings, ownProfile(this.settings));
    this.trusted = new TrustedIssuers(this.settings.trustedIssuers, this.settings, this.settings.keys);
    this.tokens = new LoginTokens(this.settings, this.events);
    this.ends = new SessionEnds(this.settings);
    const { store } = this.settings;
    const notices = { events: this.events, ends: this.ends };
    this.service = store && new SessionService(this.settings, store, this.tokens, notices);
    this.tickets = new Tickets(this.settings, this.tokens, this.service);
  }

  /**
   * The part of `verify` before the store, without the event.
   *
   * @param whole a longer text that ends with it and by which it is known, such as a whole header
   */
  authenticate(text: unknown, type: TokenType | 'any', whole?: string): Token<C> | Promise<Token<C>> {
    // A token that is known has no issuer to be found.
    const lead = whole === undefined ? 0 : whole.length - (text as string).length;
    const known = this.verifier.known(whole ?? text, type, lead);
    if (known) return known;
    const trusted = this.trusted.readerFor(text);
    return trusted ? trusted.verify(text, type) : this.verifier.verifyUnknown(text, type, whole);
  }

  /**
   * @param seen reads the details of the client, for events, if the token is dead
   * @param now Unix seconds
   * @throws TokenRevokedError, RefreshReusedError, StoreUnavailableError; synchronously if the store is
   */
  demandAlive<Source>(
    token: Token<C>,
    source: Source,
    seen: (source: Source) => SessionDetails,
    now?: number,
  ): void | Promise<void> {
    if (token.issuer !== this.settings.issuer) return undefined;
    return this.service?.presented.demandAlive(token, source, seen, now);
  }

  /** The claims of a token, as {@link TokenVerifier.identify}, also of one that a trusted issuer has signed. */
  identify(given: unknown): VerifiedClaims {
    const text = given instanceof Token ? given.raw : given;
    return (this.trusted.readerFor(text) ?? this.verifier).identify(text).claims;
  }

  /** Whether the issuer of a token is the manager itself. The store knows nothing of others. */
  isOwn(issuer: string | undefined): boolean {
    return issuer === this.settings.issuer;
  }

  /**
   * What `refresh` does, without the event: the checker reports. The session keeps what the application recorded, which
   * may be nothing.
   */
  rotate(token: Token<C>, seen: SessionDetails): Promise<TokenPair> {
    const settings = { ...resolveRefreshOptions({ session: seen }), recorded: {} };
    return this.sessions('refresh').renewal.refresh(token, settings);
  }

  /** Reports a rejection to operators. */
  report(error: JwtError, token?: Token<object>, details?: RejectionDetails): void {
    this.rejections.report(error, token, details);
  }

  /** Runs a method that needs the sessions, with {@link Rejections.reportStoreFailure}. */
  withSessions<T>(method: string, run: (service: SessionService<C>) => Promise<T>): Promise<T> {
    return this.rejections.reportStoreFailure(run(this.sessions(method)));
  }

  /**
   * @param method the method that needs the sessions, for the error
   * @throws {@link ConfigurationError} without a store
   */
  sessions(method: string): SessionService<C> {
    if (this.service) return this.service;
    throw new ConfigurationError(`${method} needs a store: remove the option store: false`);
  }
}
