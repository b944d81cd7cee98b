import type { JwtError, JwtErrorCode } from './errors';
import type { TokenType } from './token/token';

/** A token was signed. */
export interface IssuedEvent {
  readonly type: TokenType;
  readonly identity: string;
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
  /** Whom the token speaks for, its `jti` and `sid`, where its signature held. */
  readonly identity?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** The request, where there was one. */
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly ip?: string | undefined;
}

/** The events of a `JwtManager`, for operators. */
export interface ManagerEvents {
  issued: IssuedEvent;
  rejected: RejectedEvent;
}
