import type { Session } from '../../store/token-store';

/** A session as its user sees it. */
export interface SessionView {
  readonly id: string;
  readonly label: string | undefined;
  readonly user_agent: string | undefined;
  readonly ip: string | undefined;
  readonly created_at: Date;
  readonly last_used_at: Date;
  /** Whether the request came with a token of this session. */
  readonly current: boolean;
}

export function describeSession(session: Session, current: string | undefined): SessionView {
  const { id, label, userAgent, ip, createdAt, lastUsedAt } = session;
  return {
    id,
    label,
    user_agent: userAgent,
    ip,
    created_at: new Date(createdAt * 1000),
    last_used_at: new Date(lastUsedAt * 1000),
    current: id === current,
  };
}
