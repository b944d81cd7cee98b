/** One login. Times are absolute Unix seconds. */
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
  /** Where the request came from; replaces what the row says. */
  readonly seen?: { readonly userAgent?: string | undefined; readonly ip?: string | undefined } | undefined;
}

/** What a store made of a {@link Rotation}, with the row as it stands afterwards where there is one. */
export interface RotationResult {
  readonly outcome: 'rotated' | 'replayed' | 'reused' | 'unknown';
  readonly session?: Session | undefined;
}

/** What a store needs to judge a token. */
export interface RevocationQuery {
  readonly jti: string;
  readonly sessionId?: string | undefined;
  /** Refresh tokens only: more than one behind the row is dead. */
  readonly generation?: number | undefined;
  readonly subject: string;
  readonly issuedAt: number;
}

/**
 * Remembers sessions and revocations. Every verb is atomic: no other verb on the same session or subject may
 * take effect in its middle. Times are absolute Unix seconds; a store never sees the text of a token.
 */
export interface TokenStore {
  createSession(session: Session): Promise<void>;
  rotateSession(rotation: Rotation): Promise<RotationResult>;
  revokeSession(sessionId: string, now: number): Promise<boolean>;
  revokeSubject(
    subject: string,
    now: number,
    options?: { readonly exceptSessionId?: string | undefined; readonly keepUntil?: number | undefined },
  ): Promise<void>;
  listSessions(subject: string, now: number): Promise<Session[]>;
  revokeToken(jti: string, expiresAt: number): Promise<void>;
  isRevoked(token: RevocationQuery): boolean | Promise<boolean>;
}
