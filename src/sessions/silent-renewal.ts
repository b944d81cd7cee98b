import { because, HookFailedError, JwtError, TokenRevokedError } from '../errors';
import type { Token } from '../token/token';
import { unixTime, type Clock } from '../util/clock';
import type { ManagerSettings } from '../manager-options';
import type { Renewal } from './renewal';

/** How many tokens are remembered; beyond, the oldest may be renewed once more, which does no harm. */
const maximumEntries = 10_000;

/** Whom operators hear of it from. */
interface Reporter {
  reportRejection(error: JwtError, token: Token<object>): void;
}

/** Renews access tokens that are close to their end: each once, however many requests come with it at the same time. */
export class SilentRenewal<C extends object> {
  /** Undefined: the manager knows no sessions. */
  readonly #renewal: Renewal<C> | undefined;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  /** The `jti` of each token whose turn it was. */
  readonly #seen = new Set<string>();

  constructor(settings: ManagerSettings<C>, renewal: Renewal<C> | undefined, reporter: Reporter) {
    this.#renewal = renewal;
    this.#clock = settings.clock;
    this.#reporter = reporter;
  }

  /**
   * Makes the successor of an access token that is due, the first time that it is shown. When it cannot be made,
   * operators are told and there is none.
   *
   * @param renewWithin seconds that the token may have left; with half of its life left, it is never due
   * @param accept takes the new token's text
   * @throws TokenRevokedError when `claimsFor` ended the session
   */
  async renew(token: Token<C>, renewWithin: number, accept: (text: string) => void): Promise<void> {
    if (!this.#isDue(token, renewWithin) || !this.#takeTurn(token.id)) return;
    try {
      const text = await this.#renewal?.renewAccess(token);
      if (text !== undefined) accept(text);
    } catch (error) {
      if (error instanceof TokenRevokedError) throw error;
      const failure =
        error instanceof JwtError ? error : because(new HookFailedError(), 'silent renewal', error);
      this.#reporter.reportRejection(failure, token);
    }
  }

  #isDue(token: Token<C>, renewWithin: number): boolean {
    const { iat, exp, sid } = token.verifiedClaims();
    if (token.type !== 'access' || sid === undefined) return false;
    return exp - unixTime(this.#clock) < Math.min(renewWithin, (exp - iat) / 2);
  }

  #takeTurn(id: string): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    const [oldest = ''] = this.#seen;
    if (this.#seen.size > maximumEntries) this.#seen.delete(oldest);
    return true;
  }
}
