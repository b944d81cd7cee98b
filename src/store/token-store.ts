/** One login, whatever its age. Times are absolute Unix seconds. */
export interface Session {
  /** `sid` in every token of the session. Starts with the shard of its subject, see `shardOf`. */
  readonly id: string;
  /** The identity that logged in: `sub`. A store is given it with the issuer in front where the manager has one. */
  readonly subject: string;
  /** How often the refresh token was rotated; the current refresh token carries the same number. */
  readonly generation: number;
  /** When the last rotation was, as its caller said; `createdAt` before the first. */
  readonly rotatedAt: number;
  readonly createdAt: number;
  /** Moves at creation and at each rotation only. */
  readonly lastUsedAt: number;
  /** When the current refresh token ends, and the session with it. Each rotation sets it anew. */
  readonly expiresAt: number;
  readonly revokedAt?: number | undefined;
  readonly userAgent?: string | undefined;
  readonly ip?: string | undefined;
  readonly label?: string | undefined;
}

/** A refresh token presented for rotation. */
export interface Rotation {
  readonly sessionId: string;
  /** Whose the refresh token is. */
  readonly subject: string;
  /** The generation that the presented refresh token carries. */
  readonly generation: number;
  readonly now: number;
  /** When the next refresh token, and the session with it, ends. */
  readonly expiresAt: number;
  /** How long the previous generation still gets the current row, by the clock of the store. */
  readonly graceSeconds: number;
  /** Where the request came from; what is given replaces what the row says. */
  readonly seen?: { readonly userAgent?: string | undefined; readonly ip?: string | undefined } | undefined;
}

/** What a store made of a {@link Rotation}. */
export interface RotationResult {
  readonly outcome: 'rotated' | 'replayed' | 'reused' | 'unknown';
  /**
   * The row as it stands afterwards: always with `rotated`, `replayed` and `reused`. Of a session that had ended before,
   * `userAgent`, `ip` and `label` may be missing.
   */
  readonly session?: Session | undefined;
  /** With `reused`: whether it was this call that revoked the session. Of all calls exactly one says so. */
  readonly flipped?: boolean | undefined;
}

/** What a store needs to check a token. */
export interface RevocationQuery {
  readonly jti: string;
  readonly sessionId?: string | undefined;
  /** Refresh tokens only. */
  readonly generation?: number | undefined;
  readonly subject: string;
  readonly issuedAt: number;
  readonly now: number;
  /** As in {@link Rotation.graceSeconds}, for refresh tokens. */
  readonly graceSeconds: number;
}

/** One token that is revoked by its id. */
export interface TokenRevocation {
  readonly jti: string;
  /** Whose the token is; {@link RevocationQuery.subject} of the same token is the same. */
  readonly subject: string;
  readonly now: number;
  /** Until when the revocation must be remembered. */
  readonly expiresAt: number;
}

/** The options of {@link TokenStore.revokeSubject} and {@link TokenStore.forgetSubject}. */
export interface RevokeSubjectOptions {
  /** The one session that goes on, if it is alive and of this subject. An id of another session spares nothing. */
  readonly exceptSessionId?: string | undefined;
  /** Tokens without a session issued at this time or earlier are dead. @default now */
  readonly notBefore?: number | undefined;
  /** Until when `notBefore` must be remembered; for ever when absent. */
  readonly keepUntil?: number | undefined;
}

/** Which part of a list {@link TokenStore.listSessions} returns. */
export interface SessionPage {
  /** At most so many sessions. */
  readonly limit: number;
  /** Only sessions that come after this one in the order of the list; it need not exist any more. */
  readonly after?: Pick<Session, 'id' | 'createdAt'> | undefined;
}

/**
 * How long the caller waits for a verb. A verb that comes too late must not take effect any more: the caller was told
 * that it failed, and may have asked again.
 */
export interface StoreLimits {
  /** The moment on the clock of `performance.now()`, in milliseconds. */
  readonly deadline: number;
}

/** What {@link TokenStore.createSession} has to keep to. */
export interface LoginLimits {
  /** How many sessions of the subject may be alive afterwards; the ones used longest ago end. @default no limit */
  readonly maxSessions?: number | undefined;
  /**
   * When the user proved who they are. A login that began at or before the `now` of the last `revokeSubject` is not
   * created.
   * @default the moment of the call
   */
  readonly authenticatedAt?: number | undefined;
}

/** What became of a login. */
export interface LoginResult {
  /** False when `authenticatedAt` is not after the last `revokeSubject`; nothing was changed then. */
  readonly created: boolean;
  /** The ids of the sessions that ended to make room. */
  readonly ended: readonly string[];
}

/** What a verb has just revoked. All tokens that it covers are dead. */
export type RevocationChange =
  | {
      readonly kind: 'session';
      readonly subject: string;
      readonly sessionId: string;
      /** `reused`: a consumed refresh token was presented again. */
      readonly reason: 'revoked' | 'reused';
    }
  | {
      /** All sessions but one, and the tokens without a session that were issued at `notBefore` or earlier. */
      readonly kind: 'subject';
      readonly subject: string;
      readonly notBefore: number;
      readonly exceptSessionId?: string | undefined;
    }
  | { readonly kind: 'token'; readonly subject: string; readonly jti: string };

/**
 * Remembers sessions and revocations. A store never sees the text of a token. Times are absolute Unix seconds and
 * come with the call. The one exception is the grace window of {@link TokenStore.rotateSession}, which the store
 * measures with a clock of its own, the same one for all processes (the server's time), because the clocks of two
 * processes differ.
 *
 * Every verb is atomic: no other verb on the same session or subject takes effect in its middle, whichever process
 * it comes from. What a verb has answered is seen by every later verb of every process, and stays. A store that cannot
 * prove that it speaks to the primary throws, in every verb.
 *
 * The cost of every verb is independent of how many sessions the subject has, except for `listSessions` (its `limit`),
 * `createSession` (its `maxSessions`) and `forgetSubject`.
 *
 * `tokenStoreSuite` of `routing-controllers-jwt/testing` is this contract as specs.
 */
export interface TokenStore {
  /**
   * Remembers a new session until its `expiresAt`, and ends those that are too many, in one step. Its `createdAt` is the
   * time of the call. The new session is never the one that ends.
   *
   * @throws when there is a session with this id
   */
  createSession(session: Session, limits?: Partial<StoreLimits> & LoginLimits): Promise<LoginResult>;

  /** The session, if it is alive at `now`: known, not revoked alone or with its subject, not expired. */
  findSession(sessionId: string, now: number, limits?: Partial<StoreLimits>): Promise<Session | undefined>;

  /**
   * Judges a refresh token and moves its session on, in one step.
   *
   * - The session is unknown, of another subject, or `now` ≥ its `expiresAt`: `unknown`.
   * - The generation is ahead of the row: `unknown`. The row was lost and is an older copy.
   * - The generation is the row's: `rotated` (generation + 1, `rotatedAt` and `lastUsedAt` are `now`, `expiresAt` is as
   *   given, `seen` is noted), or `unknown` when the session is revoked.
   * - It is the one before, the session is not revoked, and by the clock of the store the last rotation is between 0 and
   *   `graceSeconds` ago, which is not 0: `replayed`; the row does not change, so that the window is not renewed. Where
   *   that clock was set back behind the last rotation, the window is over.
   * - Anything else is `reused`: the session is revoked, and that is durable before the verb answers.
   */
  rotateSession(rotation: Rotation, limits?: Partial<StoreLimits>): Promise<RotationResult>;

  /**
   * Revokes a session, and forgets its `userAgent`, `ip` and `label`.
   *
   * @returns whether it was alive until now; false for one that is unknown, revoked, expired, or of another subject than
   * `limits.subject`, where that is given: then nothing changes
   */
  revokeSession(
    sessionId: string,
    now: number,
    limits?: Partial<StoreLimits> & { readonly subject?: string | undefined },
  ): Promise<boolean>;

  /**
   * Revokes all sessions of a subject that are there now, and all of its tokens without a session that were issued
   * at `notBefore` or earlier. A session that is created afterwards, in the same second too, is not touched, and creating
   * one takes nothing of it back. A later call never moves `notBefore` or `keepUntil` back. `userAgent`, `ip` and `label` of
   * these sessions may stay until they would have expired; `forgetSubject` erases them.
   */
  revokeSubject(
    subject: string,
    now: number,
    options?: RevokeSubjectOptions,
    limits?: Partial<StoreLimits>,
  ): Promise<void>;

  /**
   * {@link TokenStore.revokeSubject}, and erases all that is stored about the subject but `notBefore`, under a hash.
   * May take several steps: once the first is done, all tokens are dead.
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

  /** Revokes one token by its id. Never fails for want of room where the store can make some. */
  revokeToken(revocation: TokenRevocation, limits?: Partial<StoreLimits>): Promise<void>;

  /**
   * Whether a token is dead. Every token: when its `jti` was revoked. One with a `sessionId`: when that session is not
   * alive at `now` (see {@link TokenStore.findSession}) or of another subject; with a `generation`, too, when that is
   * ahead of the row, more than one behind, or one behind and the grace window is over. One without a session: when
   * `issuedAt` ≤ the subject's `notBefore`.
   */
  isRevoked(token: RevocationQuery, limits?: Partial<StoreLimits>): boolean | Promise<boolean>;

  /**
   * Optional: reports what is revoked from now on, by this process and by others, in the order in which it happens.
   * May report a change twice.
   *
   * @returns what ends the subscription
   */
  subscribe?(listener: (change: RevocationChange) => void): Promise<() => Promise<void>>;
}
