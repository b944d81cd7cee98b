import type { JwtError, JwtErrorCode } from '../errors/errors';
import type { Session } from '../store/token-store';
import type { TokenType } from '../token/token';

/**
 * A token was signed.
 *
 * @example
 * ```ts
 * jwtManager.on('issued', ({ type, identity }: IssuedEvent) => logger.info(`${type} token for ${identity}`));
 * ```
 */
export interface IssuedEvent {
  /** `access`, `refresh` or `ticket`. */
  readonly type: TokenType;
  /** The user of the token: `sub`. */
  readonly identity: string;
  /** The identity that acts for this one, if there is one (`act`). */
  readonly actor?: string | undefined;
  /** `jti` of the token. */
  readonly tokenId: string;
  /** `sid` of the token. Undefined for a token without a session. */
  readonly sessionId: string | undefined;
  /** When the token expires. */
  readonly expiresAt: Date;
}

/**
 * A token or a request was rejected. The event has everything that the client does not get.
 *
 * @example
 * ```ts
 * const countRejection = ({ code }: RejectedEvent) => rejections.labels(code).inc();
 * jwtManager.on('rejected', countRejection);
 * ```
 */
export interface RejectedEvent {
  /** The code of the error, as in the response. */
  readonly code: JwtErrorCode;
  /** The check that failed: a claim's name, `signature`, `format`, `roles`, … */
  readonly reason: string;
  /** The error that caused the rejection, if there was one. */
  readonly cause?: unknown;
  /** A frozen copy of the error that the client gets. */
  readonly error: JwtError;
  /** The identity of the token, if its signature was valid. */
  readonly identity?: string | undefined;
  /** The identity that acts for this one, if there is one (`act`). */
  readonly actor?: string | undefined;
  /** `jti` of the token, if its signature was valid. */
  readonly tokenId?: string | undefined;
  /** `sid` of the token, if its signature was valid. */
  readonly sessionId?: string | undefined;
  /** The method of the request, if there was one. */
  readonly method?: string | undefined;
  /** The path of the request without its query, with tokens redacted. */
  readonly path?: string | undefined;
  /** The address of the client. */
  readonly ip?: string | undefined;
}

/** @internal The known details of a rejected request. */
export type RejectionDetails = Pick<RejectedEvent, 'method' | 'path' | 'ip'>;

/**
 * Something happened to a session.
 *
 * @example
 * ```ts
 * jwtManager.on('sessionReused', ({ identity, ip }: SessionEvent) => alert(`stolen token of ${identity}`));
 * ```
 */
export interface SessionEvent {
  /** The user of the session. */
  readonly identity: string;
  /** The identity that acts for this one, if there is one (`act`). */
  readonly actor?: string | undefined;
  /** The id of the session: `sid` of its tokens. */
  readonly sessionId: string;
  /** The generation of the row. For `sessionReused`, the generation of the token that was used again. */
  readonly generation: number;
  /** The current row, if the store returned it. */
  readonly session?: Session | undefined;
  /**
   * The client of the request, if you passed it. Otherwise that of the row, except for `sessionReused`, where it
   * would be that of the victim.
   */
  readonly userAgent?: string | undefined;
  /** The address of the client, as `userAgent`. */
  readonly ip?: string | undefined;
}

/**
 * A session was ended: by a logout, by `claimsFor`, or by a login beyond `maxSessions`.
 *
 * @example
 * ```ts
 * jwtManager.on('sessionRevoked', ({ identity }: SessionRevokedEvent) => logger.info(`logout of ${identity}`));
 * ```
 */
export interface SessionRevokedEvent {
  /** The user of the session. */
  readonly identity: string;
  /** The session, or undefined if all sessions of the identity were ended. */
  readonly sessionId: string | undefined;
  /** The session that continues, if all others were ended. */
  readonly exceptSessionId?: string | undefined;
}

/**
 * The events of a `JwtManager`. Each event is also published with `node:diagnostics_channel`, on the channel
 * `routing-controllers-jwt:rejected` and so on, for all managers of the process.
 *
 * @example
 * ```ts
 * jwtManager.on('rejected', ({ code, reason, path }) => logger.info({ code, reason, path }));
 * ```
 */
export interface ManagerEvents {
  /** A token was signed. */
  issued: IssuedEvent;
  /** A token or a request was rejected. */
  rejected: RejectedEvent;
  /** A login started a session. */
  sessionCreated: SessionEvent;
  /** A refresh issued new tokens. */
  sessionRotated: SessionEvent;
  /** The previous refresh token was used again within the grace window, because of two tabs or a lost response. */
  sessionReplayed: SessionEvent;
  /**
   * A refresh token was used again after the grace window, so it was probably stolen. The session is revoked. Emitted
   * once for each session.
   */
  sessionReused: SessionEvent;
  /** A session was ended: by a logout, by `claimsFor`, or by a login beyond `maxSessions`. */
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
