/** Why a token came to its end: its time was over, it was revoked, or a consumed refresh token was presented again. */
export type SessionEndReason = 'expired' | 'revoked' | 'reused';
