import { withReason, ConfigurationError, TokenInvalidError, TokenRevokedError } from '../errors/errors';
import { resolveIssueOptions } from '../manager/issue-options';
import type { ManagerSettings } from '../manager/manager-options';
import { resolveTicketOptions, type TicketOptions } from '../manager/ticket-options';
import type { StoreOperation } from '../store/guarded-store';
import { isOnceStore } from '../store/session-shape';
import type { Token } from '../token/token';
import { unixSeconds } from '../util/clock';
import type { LoginTokens } from './login-tokens';
import type { SessionService } from './session-service';

/** Tokens for one purpose, most of them for one use. */
export class Tickets<C extends object> {
  readonly #settings: ManagerSettings<C>;
  readonly #tokens: LoginTokens<C>;
  readonly #service: SessionService<C> | undefined;

  constructor(settings: ManagerSettings<C>, tokens: LoginTokens<C>, service: SessionService<C> | undefined) {
    this.#settings = settings;
    this.#tokens = tokens;
    this.#service = service;
  }

  /** @throws {@link ConfigurationError} if an option is wrong, or if the store cannot remember that it was used */
  async create(identity: string, options: TicketOptions<C>): Promise<string> {
    const { purpose, expiresIn, claims, reusable } = resolveTicketOptions(options);
    if (!reusable) this.demandStore('createTicket: a ticket without reusable: true');
    const settings = resolveIssueOptions({ claims: claims as C | undefined }, 'createTicket');
    const contents = await this.#tokens.contents(identity, settings);
    return this.#tokens.issueTicket(contents, { purpose, ...(reusable && { reusable }) }, expiresIn);
  }

  /**
   * Checks that a verified ticket has this purpose and is alive, and uses it.
   *
   * @throws TokenInvalidError, TokenRevokedError, StoreUnavailableError
   */
  async redeem(token: Token<object>, purpose: string): Promise<void> {
    if (token.verifiedClaims().ticket?.purpose !== purpose)
      throw withReason(new TokenInvalidError(), 'purpose');
    const { presented } = this.#service ?? {};
    const operation = presented?.operation();
    await presented?.demandAlive(token, undefined, () => ({}), undefined, operation);
    await this.use(token, operation);
  }

  /**
   * Uses a ticket that is alive, unless it is reusable.
   *
   * @throws TokenRevokedError if it was used before, StoreUnavailableError
   */
  async use(token: Token<object>, operation?: StoreOperation): Promise<void> {
    const { jti, exp, ticket } = token.verifiedClaims();
    if (ticket?.reusable) return;
    const { presented } = this.demandStore('a ticket');
    const now = unixSeconds(this.#settings.clock);
    const expiresAt = Math.ceil(exp) + this.#settings.clockTolerance;
    const isFirst = await (operation ?? presented.operation()).remember({
      id: `ticket ${jti}`,
      now,
      expiresAt,
    });
    if (!isFirst) throw withReason(new TokenRevokedError(), 'used');
  }

  /** @throws {@link ConfigurationError} without a store that remembers */
  demandStore(what: string): SessionService<C> {
    const { store } = this.#settings;
    if (this.#service && store && isOnceStore(store)) return this.#service;
    throw new ConfigurationError(
      `${what} needs a store that remembers its use: one of this library, or your own with the method remember of OnceStore`,
    );
  }
}
