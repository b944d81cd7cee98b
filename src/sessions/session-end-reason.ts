/**
 * Why a token came to its end: its time was over, it was revoked, or a consumed refresh token was presented again.
 *
 * @example
 * ```ts
 * jwtManager.onSessionEnd(token, (reason: SessionEndReason) => socket.close(4401, reason));
 * ```
 */
export type SessionEndReason = 'expired' | 'revoked' | 'reused';
