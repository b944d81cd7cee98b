import type { RevocationChange } from './revocation-change';

/** One login, whatever its age. Times are absolute Unix seconds. */
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

/** A refresh token presented for rotation. */
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

/** The result of a {@link Rotation}. */
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
  /** The subject of the token, equal to {@link RevocationQuery.subject} for the same token. */
  readonly subject: string;
  readonly now: number;
  /** Until when the revocation must be kept. */
  readonly expiresAt: number;
}

/** The options of {@link TokenStore.revokeSubject} and {@link TokenStore.forgetSubject}. */
export interface RevokeSubjectOptions {
  /** The one session that continues, if it is alive and of this subject. The id of any other session has no effect. */
  readonly exceptSessionId?: string | undefined;
  /** Tokens without a session that were issued at this time or earlier are revoked. @default now */
  readonly notBefore?: number | undefined;
  /** Until when `notBefore` must be kept. @default forever */
  readonly keepUntil?: number | undefined;
}

/** Which part of a list {@link TokenStore.listSessions} returns. */
export interface SessionPage {
  /** The maximum number of sessions. */
  readonly limit: number;
  /** Only sessions that come after this one in the order of the list; it may have ended. */
  readonly after?: Pick<Session, 'id' | 'createdAt'> | undefined;
}

/**
 * How long the caller waits for a method. A call that comes too late must not take effect, because the request has
 * already failed, and the client may have tried again.
 */
export interface StoreLimits {
  /** The moment on the clock of `performance.now()`, in milliseconds. */
  readonly deadline: number;
}

/** Limits for {@link TokenStore.createSession}. */
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

/** The result of a login. */
export interface LoginResult {
  /** False if `authenticatedAt` is not after the last `revokeSubject`. Then nothing was changed. */
  readonly created: boolean;
  /** The ids of the sessions that ended to make room. */
  readonly ended: readonly string[];
}

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
