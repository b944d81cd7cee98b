import { claimsLasting } from '../claims/own';
import { withReason, HookFailedError, TokenRevokedError } from '../errors/errors';
import { resolveIssueOptions } from '../manager/issue-options';
import type { RefreshSettings } from '../manager/call-options';
import type { ManagerSettings } from '../manager/manager-options';
import type { StoreOperation } from '../store/guarded-store';
import type { Session } from '../store/token-store';
import type { Token } from '../token/token';
import type { TokenContents } from '../token/token-issuer';
import { within } from '../util/within';
import type { LoginTokens } from './login-tokens';
import type { PresentedTokens } from './presented-tokens';
import type { SessionFrame } from './session-frame';
import type { Sessions } from './sessions';
import type { TokenPair } from './token-pair';

interface Renewed {
  readonly contents: TokenContents;
  /** Of the access token, if `claimsFor` returns one. */
  readonly timeToLive?: number | undefined;
}

/** What happens at a refresh, from the verified refresh token to the new pair. */
export class Renewal<C extends object> {
  readonly #settings: ManagerSettings<C>;
  readonly #tokens: LoginTokens<C>;
  readonly #sessions: Sessions;
  readonly #presented: PresentedTokens;

  constructor(
    settings: ManagerSettings<C>,
    tokens: LoginTokens<C>,
    sessions: Sessions,
    presented: PresentedTokens,
  ) {
    this.#settings = settings;
    this.#tokens = tokens;
    this.#sessions = sessions;
    this.#presented = presented;
  }

  async refresh(token: Token<C>, settings: RefreshSettings): Promise<TokenPair> {
    const { login } = settings;
    const operation = this.#presented.operation();
    const { contents, timeToLive } = await this.#decide(token, login, operation);
    const frame = await this.#presented.rotate(token, settings, operation);
    // The time of the rotation, for all that come within the window: they get the same refresh token.
    const final = login ? afterLogin(contents, login, frame) : contents;
    return this.#tokens.announcePair(this.#tokens.signPair(final, frame, timeToLive));
  }

  async #decide(
    token: Token<C>,
    login: RefreshSettings['login'],
    operation: StoreOperation,
  ): Promise<Renewed> {
    const frame = this.#presented.nextFrame(token.verifiedClaims());
    const carried = this.#tokens.carried(token);
    const contents = login ? afterLogin(carried, login, frame) : carried;
    // Whatever the rotation will reject is left to it, whatever the hook would do.
    const session = this.#settings.claimsFor && (await this.#presented.rotatable(token, operation));
    return this.#decideOn(session, frame, contents, operation);
  }

  async #decideOn(
    session: Session | undefined,
    frame: SessionFrame,
    carried: TokenContents,
    operation: StoreOperation,
  ): Promise<Renewed> {
    if (!session || !this.#settings.claimsFor) {
      // What cannot be signed must be known before the session moves on: the next try would look like a theft.
      this.#tokens.checkPair(carried, frame);
      return { contents: carried };
    }
    const answer = await this.#ask(frame, carried, session);
    if (answer) return answer;
    await this.#sessions.revokeOwn(session.id, session.subject, operation);
    throw withReason(new TokenRevokedError(), 'claimsFor answered null');
  }

  async #ask(frame: SessionFrame, carried: TokenContents, session: Session): Promise<Renewed | null> {
    const { claimsFor, hookTimeout } = this.#settings;
    try {
      const answer = await within(hookTimeout * 1000, claimsFor?.(session.subject, session));
      if (answer === null) return null;
      const renewed = await this.#renewedBy(answer as object, carried, session);
      this.#tokens.checkPair(renewed.contents, frame, renewed.timeToLive);
      return renewed;
    } catch (cause) {
      throw withReason(new HookFailedError(), 'claimsFor', cause);
    }
  }

  async #renewedBy(answer: object, carried: TokenContents, session: Session): Promise<Renewed> {
    const settings = resolveIssueOptions<C>(answer, 'claimsFor');
    const asked = await this.#tokens.contents(session.subject, settings);
    // The hook cannot change when and how the user logged in.
    const claims = {
      ...claimsLasting(carried.claims, 'login', 'session'),
      ...claimsLasting(asked.claims, 'grant', 'session'),
    };
    const contents = { ...asked, claims, audience: settings.audience ?? carried.audience };
    return { contents, timeToLive: settings.expiresIn };
  }
}

/** The contents after the user has proved who they are once more. */
function afterLogin(
  contents: TokenContents,
  login: Readonly<Record<string, unknown>>,
  { rotatedAt }: SessionFrame,
): TokenContents {
  // A proof by password does not make an earlier one by a second factor recent.
  const kept = claimsLasting(contents.claims, 'grant', 'session');
  return { ...contents, claims: { ...kept, ...login, auth_time: rotatedAt } };
}
