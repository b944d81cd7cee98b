import type { JwtError, JwtErrorCode } from '../errors/errors';
import type { Session } from '../store/token-store';
import type { TokenType } from '../token/token';

/** A token was signed. */
export interface IssuedEvent {
  readonly type: TokenType;
  readonly identity: string;
  /** Who acts for the identity, where someone does. */
  readonly actor?: string | undefined;
  /** `jti` of the token. */
  readonly tokenId: string;
  readonly sessionId: string | undefined;
  readonly expiresAt: Date;
}

/** A token or a request was refused: everything that the client is not told. */
export interface RejectedEvent {
  readonly code: JwtErrorCode;
  /** The check that failed: a claim's name, `signature`, `format`, `roles`, … */
  readonly reason: string;
  /** What was thrown underneath, where something was. */
  readonly cause?: unknown;
  readonly error: JwtError;
  /** Whom the token speaks for, who acts for them, its `jti` and `sid`, where its signature held. */
  readonly identity?: string | undefined;
  readonly actor?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** The request, where there was one. */
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly ip?: string | undefined;
}

/** @internal What is known of a refused request. */
export type RejectionDetails = Pick<RejectedEvent, 'method' | 'path' | 'ip'>;

/** Something happened to a session. */
export interface SessionEvent {
  readonly identity: string;
  /** Who acts for the identity, where someone does. */
  readonly actor?: string | undefined;
  readonly sessionId: string;
  /** The row's generation; with `sessionReused`, the one that was presented. */
  readonly generation: number;
  /** The row as it stands now, where the store gave it. */
  readonly session?: Session | undefined;
  /** Where the request came from, as far as it was told; else what the row says, but for `sessionReused`: that is the victim's. */
  readonly userAgent?: string | undefined;
  readonly ip?: string | undefined;
}

/** A session was ended: by a logout, by `claimsFor`, or by a login beyond `maxSessions`. */
export interface SessionRevokedEvent {
  readonly identity: string;
  /** Undefined: all sessions of the identity. */
  readonly sessionId: string | undefined;
  /** The session that was spared. */
  readonly exceptSessionId?: string | undefined;
}

/**
 * The events of a `JwtManager`, for operators. Each is published to `node:diagnostics_channel`, too, for tools that
 * trace: to the channel `routing-controllers-jwt:rejected` and so on, those of all managers of the process.
 */
export interface ManagerEvents {
  issued: IssuedEvent;
  rejected: RejectedEvent;
  sessionCreated: SessionEvent;
  sessionRotated: SessionEvent;
  /** The previous refresh token came again within the grace window: two tabs, a lost response. */
  sessionReplayed: SessionEvent;
  /** A consumed refresh token came again: somebody has a copy. The session is revoked. Once for each session. */
  sessionReused: SessionEvent;
  sessionRevoked: SessionRevokedEvent;
}

/** @internal */
export const managerEventNames = [
  'issued',
  'rejected',
  'sessionCreated',
  'sessionRotated',
  'sessionReplayed',
  'sessionReused',
  'sessionRevoked',
] as const satisfies (keyof ManagerEvents)[];
