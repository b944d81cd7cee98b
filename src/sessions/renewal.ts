import { because, HookFailedError, TokenRevokedError } from '../errors';
import { resolveIssueOptions } from '../issue-options';
import type { ManagerSettings } from '../manager-options';
import type { StoreOperation } from '../store/guarded-store';
import type { Session } from '../store/token-store';
import type { Token } from '../token/token';
import type { TokenContents } from '../token/token-issuer';
import { within } from '../util/within';
import type { LoginTokens } from './login-tokens';
import type { SessionDetails } from './session-details';
import type { Sessions } from './sessions';
import type { TokenPair } from './token-pair';

interface Renewed {
  readonly contents: TokenContents;
  /** Of the access token, where `claimsFor` says. */
  readonly timeToLive?: number | undefined;
}

/** What happens at a refresh, from the verified refresh token to the new pair. */
export class Renewal<C extends object> {
  readonly #settings: ManagerSettings<C>;
  readonly #tokens: LoginTokens<C>;
  readonly #sessions: Sessions;

  constructor(settings: ManagerSettings<C>, tokens: LoginTokens<C>, sessions: Sessions) {
    this.#settings = settings;
    this.#tokens = tokens;
    this.#sessions = sessions;
  }

  async refresh(token: Token<C>, seen: SessionDetails): Promise<TokenPair> {
    // Before the store is touched: without a key to sign with, a rotation would end the session.
    this.#settings.keys.signer();
    const operation = this.#sessions.operation();
    if (await this.#sessions.isRevokedAlone(token, operation)) {
      throw because(new TokenRevokedError(), 'revoked alone');
    }
    const { contents, timeToLive } = await this.#renew(token, operation);
    const session = await this.#sessions.rotate(token, seen, operation);
    return this.#tokens.announcePair(this.#tokens.signPair(contents, session, timeToLive));
  }

  async #sessionOf(token: Token<C>, operation: StoreOperation): Promise<Session | undefined> {
    const sessions = await this.#sessions.list(token.identity, operation);
    return sessions.find(({ id }) => id === token.sessionId);
  }

  async #renew(token: Token<C>, operation: StoreOperation): Promise<Renewed> {
    const carried = this.#tokens.carried(token);
    if (!this.#settings.claimsFor) return { contents: carried };
    const { gen = -1 } = token.verifiedClaims();
    const session = await this.#sessionOf(token, operation);
    // What the rotation will refuse is its to judge, whatever the hook would do.
    if (!session || !this.#sessions.wouldRotate(session, gen)) return { contents: carried };
    return this.#decide(carried, session, operation);
  }

  async #decide(carried: TokenContents, session: Session, operation: StoreOperation): Promise<Renewed> {
    if (!this.#settings.claimsFor) return { contents: carried };
    const answer = await this.#ask(carried, session);
    if (answer) return answer;
    await this.#sessions.revoke(session.id, session.subject, operation);
    throw because(new TokenRevokedError(), 'claimsFor answered null');
  }

  async #ask(carried: TokenContents, session: Session): Promise<Renewed | null> {
    const { claimsFor, hookTimeout } = this.#settings;
    try {
      const answer = await within(hookTimeout * 1000, claimsFor?.(session.subject, session));
      return answer === null ? null : await this.#renewedBy(answer as object, carried, session);
    } catch (cause) {
      throw because(new HookFailedError(), 'claimsFor', cause);
    }
  }

  async #renewedBy(answer: object, carried: TokenContents, session: Session): Promise<Renewed> {
    const settings = resolveIssueOptions<C>(answer);
    const { authTime, audience, csrf } = carried;
    const asked = await this.#tokens.contents(session.subject, settings);
    const contents = { ...asked, authTime, csrf, audience: settings.audience ?? audience };
    // What does not fit into a token must be known before the session moves on.
    this.#tokens.sign('refresh', contents, { ...session, generation: session.generation + 1 });
    return { contents, timeToLive: settings.expiresIn };
  }
}
