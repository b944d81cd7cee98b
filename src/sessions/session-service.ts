import type { ManagerEvents } from '../manager/events';
import type { IssueSettings } from '../manager/issue-options';
import type { ManagerSettings } from '../manager/manager-options';
import { GuardedStore } from '../store/guarded-store';
import type { TokenStore } from '../store/token-store';
import type { VerifiedClaims } from '../claims/registered';
import type { Emitter } from '../util/emitter';
import type { LoginTokens } from './login-tokens';
import { PresentedTokens } from './presented-tokens';
import { Renewal } from './renewal';
import type { SessionContext } from './session-context';
import type { EndWatch, SessionEnds } from './session-ends';
import { Sessions, type SessionDraft } from './sessions';
import { Subjects } from './subjects';
import type { TokenPair } from './token-pair';

/** Everything for which a manager needs its store. */
export class SessionService<C extends object> {
  readonly sessions: Sessions;
  readonly presented: PresentedTokens;
  readonly renewal: Renewal<C>;
  readonly #context: SessionContext;
  readonly #source: TokenStore;
  readonly #tokens: LoginTokens<C>;
  #feed: Promise<unknown> | undefined;

  constructor(
    settings: ManagerSettings<C>,
    source: TokenStore,
    tokens: LoginTokens<C>,
    { events, ends }: { readonly events: Emitter<ManagerEvents>; readonly ends: SessionEnds },
  ) {
    const store = new GuardedStore(source, settings.storeTimeout * 1000);
    this.#context = { settings, store, subjects: new Subjects(settings.issuer), events, ends };
    this.#source = source;
    this.#tokens = tokens;
    this.sessions = new Sessions(this.#context);
    this.presented = new PresentedTokens(this.#context);
    this.renewal = new Renewal(settings, tokens, this.sessions, this.presented);
  }

  /** Starts a session. @returns its refresh token */
  async start(identity: string, settings: IssueSettings<C>): Promise<string> {
    this.#tokens.checkLifetime(settings.expiresIn);
    const contents = await this.#tokens.loginContents(identity, settings);
    const draft = this.#draft(identity, settings, settings.expiresIn);
    const issued = this.#tokens.signRefresh(contents, draft.frame);
    await this.sessions.create(draft, contents, settings.authenticatedAt);
    return this.#tokens.announce('refresh', issued);
  }

  /** Starts a session. @returns both of its tokens, fresh unless the settings differ */
  async login(identity: string, settings: IssueSettings<C>): Promise<TokenPair> {
    const contents = await this.#tokens.loginContents(identity, {
      ...settings,
      fresh: settings.fresh ?? true,
    });
    const draft = this.#draft(identity, settings);
    const pair = this.#tokens.signPair(contents, draft.frame, settings.expiresIn);
    await this.sessions.create(draft, contents, settings.authenticatedAt);
    return this.#tokens.announcePair(pair);
  }

  /** Ends a wait for the end of a token when that was revoked elsewhere. */
  async follow(watch: EndWatch, claims: VerifiedClaims): Promise<void> {
    await this.#follow();
    // It may have been revoked since it was verified, or before the store's changes were followed.
    if (await this.presented.isDead(claims)) watch.end('revoked');
  }

  /** Hears of what others revoke, where the store has a feed. */
  #follow(): Promise<unknown> {
    this.#feed ??= Promise.resolve(
      this.#source.subscribe?.((change) => {
        this.#context.ends.apply(change, (claims) => this.presented.isDead(claims));
      }),
    ).catch(() => (this.#feed = undefined));
    return this.#feed;
  }

  #draft(identity: string, { session, sessionTtl }: IssueSettings<C>, refreshTtl?: number): SessionDraft {
    return this.sessions.draft(identity, session, { ttl: sessionTtl, refreshTtl });
  }
}
