import type { Session } from '../store/token-store';

/** What binds tokens to a session: the row, and the absolute end of the session in Unix seconds. */
export interface SessionFrame extends Pick<Session, 'id' | 'generation' | 'rotatedAt' | 'expiresAt'> {
  readonly end: number;
}

/** The frame of the tokens that belong to a row. */
export function frameOf({ id, generation, rotatedAt, expiresAt }: Session, end: number): SessionFrame {
  return { id, generation, rotatedAt, expiresAt: Math.min(expiresAt, end), end };
}
