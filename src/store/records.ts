/**
 * One login, whatever its age. Times are absolute Unix seconds.
 *
 * @example
 * ```ts
 * const sessions: readonly Session[] = await store.listSessions('ada', now);
 * ```
 */
export interface Session {
  /** `sid` in every token of the session. Starts with the shard of its subject, see `shardOf`. */
  readonly id: string;
  /** The identity that logged in: `sub`. A store gets it with the issuer in front, if the manager has one. */
  readonly subject: string;
  /** How often the refresh token was rotated. The current refresh token has the same number. */
  readonly generation: number;
  /** The `now` of the last rotation, or `createdAt` before the first. */
  readonly rotatedAt: number;
  readonly createdAt: number;
  /** Changes at creation and at each rotation only. */
  readonly lastUsedAt: number;
  /** When the current refresh token ends, and the session with it. Each rotation sets a new time. */
  readonly expiresAt: number;
  readonly revokedAt?: number | undefined;
  readonly userAgent?: string | undefined;
  readonly ip?: string | undefined;
  readonly label?: string | undefined;
}

/**
 * A refresh token presented for rotation.
 *
 * @example
 * ```ts
 * const { outcome } = await store.rotateSession(rotation satisfies Rotation);
 * ```
 */
export interface Rotation {
  readonly sessionId: string;
  /** The subject of the refresh token. */
  readonly subject: string;
  /** The generation of the presented refresh token. */
  readonly generation: number;
  readonly now: number;
  /** When the next refresh token, and the session with it, ends. */
  readonly expiresAt: number;
  /** How long the previous generation still gets the current row, in seconds by the clock of the store. */
  readonly graceSeconds: number;
  /** The client of the request. Given members replace those of the row. */
  readonly seen?: { readonly userAgent?: string | undefined; readonly ip?: string | undefined } | undefined;
}

/**
 * The result of a {@link Rotation}.
 *
 * @example
 * ```ts
 * const result: RotationResult = { outcome: 'unknown' };
 * ```
 */
export interface RotationResult {
  readonly outcome: 'rotated' | 'replayed' | 'reused' | 'unknown';
  /**
   * The row after the call: always set for `rotated`, `replayed` and `reused`. If the session had ended before,
   * `userAgent`, `ip` and `label` may be missing.
   */
  readonly session?: Session | undefined;
  /** For `reused`: whether this call revoked the session. True for exactly one of all calls. */
  readonly flipped?: boolean | undefined;
}

/**
 * What a store needs to check a token.
 *
 * @example
 * ```ts
 * const isRevoked = await store.isRevoked(query satisfies RevocationQuery);
 * ```
 */
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

/**
 * One token that is revoked by its id.
 *
 * @example
 * ```ts
 * await store.revokeToken(revocation satisfies TokenRevocation);
 * ```
 */
export interface TokenRevocation {
  readonly jti: string;
  /** The subject of the token, equal to {@link RevocationQuery.subject} for the same token. */
  readonly subject: string;
  readonly now: number;
  /** Until when the revocation must be kept. */
  readonly expiresAt: number;
}

/**
 * The options of {@link TokenStore.revokeSubject} and {@link TokenStore.forgetSubject}.
 *
 * @example
 * ```ts
 * const options: RevokeSubjectOptions = { exceptSessionId: token.sessionId };
 * ```
 */
export interface RevokeSubjectOptions {
  /** The one session that continues, if it is alive and of this subject. The id of any other session has no effect. */
  readonly exceptSessionId?: string | undefined;
  /** Tokens without a session that were issued at this time or earlier are revoked. @default now */
  readonly notBefore?: number | undefined;
  /** Until when `notBefore` must be kept. @default forever */
  readonly keepUntil?: number | undefined;
}

/**
 * Which part of a list {@link TokenStore.listSessions} returns.
 *
 * @example
 * ```ts
 * const page: SessionPage = { limit: 20 };
 * ```
 */
export interface SessionPage {
  /** The maximum number of sessions. */
  readonly limit: number;
  /** Only sessions that come after this one in the order of the list; it may have ended. */
  readonly after?: Pick<Session, 'id' | 'createdAt'> | undefined;
}

/**
 * How long the caller waits for a method. A call that comes too late must not take effect, because the request has
 * already failed, and the client may have tried again.
 *
 * @example
 * ```ts
 * const limits: StoreLimits = { deadline: performance.now() + 1000 };
 * ```
 */
export interface StoreLimits {
  /** The moment on the clock of `performance.now()`, in milliseconds. */
  readonly deadline: number;
}

/**
 * Limits for {@link TokenStore.createSession}.
 *
 * @example
 * ```ts
 * const limits: LoginLimits = { maxSessions: 10 };
 * ```
 */
export interface LoginLimits {
  /**
   * How many sessions of the subject may be alive afterwards. Those that were used longest ago end. @default no limit
   */
  readonly maxSessions?: number | undefined;
  /**
   * When the user authenticated. A login that began at or before the latest `now` of any `revokeSubject` is not
   * created.
   * @default the moment of the call
   */
  readonly authenticatedAt?: number | undefined;
}

/**
 * The result of a login.
 *
 * @example
 * ```ts
 * const result: LoginResult = { created: true, ended: [] };
 * ```
 */
export interface LoginResult {
  /** False if `authenticatedAt` is not after the last `revokeSubject`. Then nothing was changed. */
  readonly created: boolean;
  /** The ids of the sessions that ended to make room. */
  readonly ended: readonly string[];
}
