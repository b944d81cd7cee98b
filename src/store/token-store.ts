/** One login, whatever its age. Times are absolute Unix seconds. */
export interface Session {
  /** `sid` in every token of the session. */
  readonly id: string;
  /** The identity that logged in: `sub`. */
  readonly subject: string;
  /** How often the refresh token was rotated; the current refresh token carries the same number. */
  readonly generation: number;
  /** When the last rotation was; `createdAt` before the first. */
  readonly rotatedAt: number;
  readonly createdAt: number;
  /** Moves at creation and at each rotation only. */
  readonly lastUsedAt: number;
  /** The absolute end: nothing of the session works from here on, however often it was refreshed. */
  readonly expiresAt: number;
  readonly revokedAt?: number | undefined;
  readonly userAgent?: string | undefined;
  readonly ip?: string | undefined;
  readonly label?: string | undefined;
}

/** A refresh token presented for rotation. */
export interface Rotation {
  readonly sessionId: string;
  /** The generation that the presented refresh token carries. */
  readonly generation: number;
  readonly now: number;
  /** How long the previous generation is still answered with the current row. */
  readonly graceSeconds: number;
  /** Where the request came from; what is given replaces what the row says. */
  readonly seen?: { readonly userAgent?: string | undefined; readonly ip?: string | undefined } | undefined;
}

/** What a store made of a {@link Rotation}. */
export interface RotationResult {
  readonly outcome: 'rotated' | 'replayed' | 'reused' | 'unknown';
  /** The row as it stands afterwards: always with `rotated`, `replayed` and `reused`. */
  readonly session?: Session | undefined;
  /** With `reused`: whether it was this call that revoked the session. Of all calls exactly one says so. */
  readonly flipped?: boolean | undefined;
}

/** What a store needs to judge a token. */
export interface RevocationQuery {
  readonly jti: string;
  readonly sessionId?: string | undefined;
  /** Refresh tokens only. */
  readonly generation?: number | undefined;
  readonly subject: string;
  readonly issuedAt: number;
}

/** The options of {@link TokenStore.revokeSubject}. */
export interface RevokeSubjectOptions {
  /** The one session that goes on, if it is alive. */
  readonly exceptSessionId?: string | undefined;
  /** Until when the not-before of tokens without a session must be remembered; for ever when absent. */
  readonly keepUntil?: number | undefined;
}

/**
 * How long the caller waits for a verb. A verb that comes too late must not take effect any more: whoever asked was
 * told that it failed, and may have asked again.
 */
export interface StoreLimits {
  /** The moment on the clock of `performance.now()`, in milliseconds. */
  readonly deadline: number;
}

/**
 * Remembers sessions and revocations. A store never sees the text of a token. Times are absolute Unix seconds and
 * come with the call; a store asks no clock whether a session is over.
 *
 * Every verb is atomic: no other verb on the same session or subject takes effect in its middle, whichever process
 * it comes from. What a verb has answered is seen by every later verb of every process, and stays.
 *
 * `tokenStoreSuite` of `routing-controllers-jwt/testing` is this contract as specs.
 */
export interface TokenStore {
  /** Remembers a new session until its `expiresAt`. */
  createSession(session: Session, limits?: StoreLimits): Promise<void>;

  /**
   * Judges a refresh token and moves its session on, in one step.
   *
   * - The session is unknown, or `now` ≥ `expiresAt`: `unknown`.
   * - The generation is ahead of the row: `unknown`. The row was lost and is an older copy.
   * - The generation is the row's: `rotated` (generation + 1, `rotatedAt` and `lastUsedAt` are `now`, `seen` is
   *   noted), or `unknown` when the session is revoked.
   * - It is the one before, the session is not revoked, and `now` − `rotatedAt` ≤ `graceSeconds`, which is not 0:
   *   `replayed`; the row does not change, so that the window is not renewed.
   * - Anything else is `reused`: the session is revoked, and that is durable before the verb answers.
   */
  rotateSession(rotation: Rotation, limits?: StoreLimits): Promise<RotationResult>;

  /** Revokes a session. @returns whether it was alive until now; false for one that is unknown or revoked */
  revokeSession(sessionId: string, now: number, limits?: StoreLimits): Promise<boolean>;

  /**
   * Revokes all sessions of a subject that are there now, and all of its tokens without a session that were issued
   * at `now` or before. A session that is created afterwards, in the same second too, is not touched.
   */
  revokeSubject(
    subject: string,
    now: number,
    options?: RevokeSubjectOptions,
    limits?: StoreLimits,
  ): Promise<void>;

  /** The subject's sessions that are alive: neither revoked nor over at `now`. */
  listSessions(subject: string, now: number, limits?: StoreLimits): Promise<Session[]>;

  /** Revokes one token by its id. Remembered until `expiresAt`. */
  revokeToken(jti: string, expiresAt: number, limits?: StoreLimits): Promise<void>;

  /**
   * Whether a token is dead. Every token: when its `jti` was revoked. One with a `sessionId`: when that session is
   * unknown, revoked, or of another subject, and when its `generation` is more than one behind the row or ahead of
   * it. One without: when `issuedAt` ≤ the subject's not-before.
   */
  isRevoked(token: RevocationQuery, limits?: StoreLimits): boolean | Promise<boolean>;
}
