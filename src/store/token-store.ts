import type {
  Session,
  Rotation,
  RotationResult,
  RevocationQuery,
  TokenRevocation,
  RevokeSubjectOptions,
  SessionPage,
  StoreLimits,
  LoginLimits,
  LoginResult,
} from './records';
import type { RevocationChange } from './revocation-change';

export type * from './records';

/**
 * Keeps sessions and revocations. A store never sees the text of a token. Times are absolute Unix seconds and are
 * arguments of each call. The one exception is the grace window of {@link TokenStore.rotateSession}. The store
 * measures it with its own clock, which is the same for all processes (the time of its server), because the clocks of
 * two processes differ.
 *
 * Every method is atomic: no other call for the same session or subject, from any process, takes effect in between.
 * The effect of a call is permanent, and visible to every later call of every process; `isRevoked` may be an exception if
 * an option of the store says how late it may be. A store that cannot prove that
 * its server is the primary throws, in every method.
 *
 * The cost of every method is independent of the number of sessions of the subject, except for `listSessions` (its
 * `limit`), `createSession` (its `maxSessions`) and `forgetSubject`.
 *
 * `tokenStoreSuite` of `routing-controllers-jwt/testing` is this contract as specs.
 *
 * @example
 * ```ts
 * class AuditedStore extends MemoryTokenStore implements TokenStore {
 *   override revokeToken(...revocation: Parameters<TokenStore['revokeToken']>): Promise<void> {
 *     logger.info('one token was revoked');
 *     return super.revokeToken(...revocation);
 *   }
 * }
 * ```
 */
export interface TokenStore {
  /**
   * Stores a new session until its `expiresAt`, and ends those above the limit, in one step. Its `createdAt` is the
   * time of the call. The new session is never the one that ends.
   *
   * @throws if there is a session with this id
   */
  createSession(session: Session, limits?: Partial<StoreLimits> & LoginLimits): Promise<LoginResult>;

  /** The session, if it is alive at `now`: known, not expired, and neither revoked by itself nor with its subject. */
  findSession(sessionId: string, now: number, limits?: Partial<StoreLimits>): Promise<Session | undefined>;

  /**
   * Checks a refresh token and rotates its session, in one step. The outcome is:
   *
   * - `unknown` if the session is unknown, of another subject, or `now` ≥ its `expiresAt`.
   * - `unknown` if the generation is ahead of the row, which is then an older copy.
   * - `rotated` if the generation equals that of the row (generation + 1, `rotatedAt` and `lastUsedAt` are `now`,
   *   `expiresAt` is as given, `seen` is stored), or `unknown` if the session is revoked.
   * - `replayed` if the generation is the previous one, the session is not revoked, `graceSeconds` is not 0, and by
   *   the clock of the store the last rotation was between 0 and `graceSeconds` ago. The row does not change, so the
   *   window is not extended. If that clock was set back to before the last rotation, the window is closed.
   * - `reused` otherwise: the session is revoked, and the revocation is durable before the method returns.
   */
  rotateSession(rotation: Rotation, limits?: Partial<StoreLimits>): Promise<RotationResult>;

  /**
   * Revokes a session, and deletes its `userAgent`, `ip` and `label`.
   *
   * @returns whether the session was alive. False if it is unknown, revoked, expired, or not of `limits.subject`, if
   * given. Then nothing changes
   */
  revokeSession(
    sessionId: string,
    now: number,
    limits?: Partial<StoreLimits> & { readonly subject?: string | undefined },
  ): Promise<boolean>;

  /**
   * Revokes all existing sessions of a subject, and all of its tokens without a session that were issued at
   * `notBefore` or earlier. A session that is created afterwards, even in the same second, is not affected, and does
   * not undo any of it. A later call never moves `notBefore` or `keepUntil` back. `userAgent`, `ip` and `label` of
   * these sessions may stay until they would have expired; `forgetSubject` erases them.
   */
  revokeSubject(
    subject: string,
    now: number,
    options?: RevokeSubjectOptions,
    limits?: Partial<StoreLimits>,
  ): Promise<void>;

  /**
   * Does the same as {@link TokenStore.revokeSubject}, and erases everything that is stored about the subject except
   * `notBefore`, under a hash. It may take several steps. All tokens are revoked after the first.
   */
  forgetSubject(
    subject: string,
    now: number,
    options?: Pick<RevokeSubjectOptions, 'notBefore' | 'keepUntil'>,
    limits?: Partial<StoreLimits>,
  ): Promise<void>;

  /**
   * The subject's sessions that are alive at `now`, newest first by `createdAt`, then by `id`, both descending. Without a page
   * at least the first hundred; a manager always gives one.
   */
  listSessions(
    subject: string,
    now: number,
    page?: SessionPage,
    limits?: Partial<StoreLimits>,
  ): Promise<Session[]>;

  /** Revokes one token by its id. Never fails because the store is full, if the store can make room. */
  revokeToken(revocation: TokenRevocation, limits?: Partial<StoreLimits>): Promise<void>;

  /**
   * Whether a token is revoked, which is the case:
   *
   * - if its `jti` was revoked
   * - with a `sessionId`: if that session is not alive at `now` (see {@link TokenStore.findSession}) or of another
   *   subject
   * - with a `generation`: also if that is ahead of the row, more than one behind, or one behind after the grace
   *   window
   * - without a session: if `issuedAt` ≤ the `notBefore` of the subject
   */
  isRevoked(token: RevocationQuery, limits?: Partial<StoreLimits>): boolean | Promise<boolean>;

  /**
   * Optional: reports all revocations from now on, of this process and of others, in their order. May report a change
   * twice, also later.
   *
   * @returns a function that ends the subscription
   */
  subscribe?(listener: (change: RevocationChange) => void): Promise<() => Promise<void>>;
}
