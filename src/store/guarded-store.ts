import { withReason, StoreUnavailableError } from '../errors/errors';
import { within } from '../util/within';
import { voucherOf, type Evidence, type Voucher } from './vouching';
import type { OnceEvent, OnceStore } from './once-store';
import { isFoundSession, isLoginResult, isRotationResult, isSessionPage } from './session-shape';
import type {
  LoginLimits,
  LoginResult,
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  SessionPage,
  StoreLimits,
  TokenRevocation,
  TokenStore,
} from './token-store';

type Verb = keyof TokenStore | keyof OnceStore;

/** Wraps a store that may fail, take too long, or return something invalid. */
export class GuardedStore {
  readonly #store: TokenStore;
  readonly #voucher: Voucher | undefined;
  readonly #timeout: number;

  /** @param timeout milliseconds that all calls of one operation may take together */
  constructor(store: TokenStore, timeout: number) {
    this.#store = store;
    this.#voucher = voucherOf(store);
    this.#timeout = timeout;
  }

  /**
   * Called after the store has answered at once that nothing is revoked.
   *
   * @returns undefined where it must be asked each time
   */
  evidenceFor(query: RevocationQuery): Evidence | undefined {
    return this.#isAsMade ? this.#voucher?.evidenceFor(query) : undefined;
  }

  /** Whether evidence holds, and the store is still the one that gave it: its method may have been replaced. */
  vouches(evidence: Evidence, now: number): boolean {
    return evidence.holds(now) && this.#isAsMade;
  }

  /** Starts an operation. */
  operation(): StoreOperation {
    return new StoreOperation(this.#store, this.#timeout);
  }

  get #isAsMade(): boolean {
    return this.#store.isRevoked === this.#voucher?.isRevoked;
  }
}

/**
 * The calls of one operation, which share one timeout. Other waiting times of the operation do not count.
 *
 * Each throws StoreUnavailableError (`ERR_JWT_STORE`) if the store throws, takes too long, or returns something
 * invalid.
 */
export class StoreOperation {
  readonly #store: TokenStore;
  #left: number;

  constructor(store: TokenStore, timeout: number) {
    this.#store = store;
    this.#left = timeout;
  }

  /** Answers at once where the store does. */
  isRevoked(query: RevocationQuery): boolean | Promise<boolean> {
    const limits = this.#limitsFor('isRevoked');
    let answer: boolean | Promise<boolean>;
    try {
      answer = this.#store.isRevoked(query, limits);
    } catch (cause) {
      throw unavailable('isRevoked', 'threw', cause);
    }
    return typeof answer === 'boolean' ? answer : this.#settle('isRevoked', answer, isBoolean);
  }

  createSession(session: Session, login: LoginLimits): Promise<LoginResult> {
    return this.#call(
      'createSession',
      (store, limits) => store.createSession(session, { ...login, ...limits }),
      isLoginResult,
    );
  }

  findSession(sessionId: string, now: number): Promise<Session | undefined> {
    return this.#call(
      'findSession',
      (store, limits) => store.findSession(sessionId, now, limits),
      (answer) => isFoundSession(answer, sessionId, now),
    );
  }

  rotateSession(rotation: Rotation): Promise<RotationResult> {
    return this.#call(
      'rotateSession',
      (store, limits) => store.rotateSession(rotation, limits),
      (answer) => isRotationResult(answer, rotation),
    );
  }

  revokeSession(sessionId: string, now: number, subject: string): Promise<boolean> {
    return this.#call(
      'revokeSession',
      (store, limits) => store.revokeSession(sessionId, now, { subject, ...limits }),
      isBoolean,
    );
  }

  async revokeSubject(subject: string, now: number, options: RevokeSubjectOptions): Promise<void> {
    await this.#call('revokeSubject', (store, limits) => store.revokeSubject(subject, now, options, limits));
  }

  async forgetSubject(subject: string, now: number, options: RevokeSubjectOptions): Promise<void> {
    await this.#call('forgetSubject', (store, limits) => store.forgetSubject(subject, now, options, limits));
  }

  listSessions(subject: string, now: number, page: SessionPage): Promise<Session[]> {
    return this.#call(
      'listSessions',
      (store, limits) => store.listSessions(subject, now, page, limits),
      (answer) => isSessionPage(answer, subject, now, page),
    );
  }

  async revokeToken(revocation: TokenRevocation): Promise<void> {
    await this.#call('revokeToken', (store, limits) => store.revokeToken(revocation, limits));
  }

  /** Only for a store that is an OnceStore, too. */
  remember(event: OnceEvent): Promise<boolean> {
    const run = (store: TokenStore, limits: StoreLimits) =>
      (store as TokenStore & OnceStore).remember(event, limits);
    return this.#call('remember', run, isBoolean);
  }

  async #call<T>(
    verb: Verb,
    run: (store: TokenStore, limits: StoreLimits) => Promise<T>,
    isAnswer?: (answer: unknown) => answer is T,
  ): Promise<T> {
    const limits = this.#limitsFor(verb);
    let promised: Promise<T>;
    try {
      promised = run(this.#store, limits);
    } catch (cause) {
      throw unavailable(verb, 'threw', cause);
    }
    return this.#settle(verb, promised, isAnswer);
  }

  #limitsFor(verb: Verb): StoreLimits {
    if (this.#left <= 0) throw unavailable(verb, 'timeout');
    return { deadline: performance.now() + this.#left };
  }

  async #settle<T>(
    verb: Verb,
    promised: T | PromiseLike<T>,
    isAnswer?: (answer: unknown) => answer is T,
  ): Promise<T> {
    const start = performance.now();
    let answer: T;
    try {
      answer = await within(this.#left, promised);
    } catch (cause) {
      throw unavailable(verb, 'failed', cause);
    } finally {
      this.#left -= performance.now() - start;
    }
    if (isAnswer && !isAnswer(answer)) throw unavailable(verb, 'answered nonsense');
    return answer;
  }
}

function isBoolean(answer: unknown): answer is boolean {
  return typeof answer === 'boolean';
}

function unavailable(verb: Verb, what: string, cause?: unknown): StoreUnavailableError {
  return withReason(new StoreUnavailableError(), `store.${verb} ${what}`, cause);
}
