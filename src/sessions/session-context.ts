import type { ManagerEvents, SessionEvent } from '../manager/events';
import type { ManagerSettings } from '../manager/manager-options';
import type { GuardedStore } from '../store/guarded-store';
import type { Session } from '../store/token-store';
import type { Emitter } from '../util/emitter';
import type { SessionDetails } from './session-details';
import type { SessionEnds } from './session-ends';
import type { Subjects } from './subjects';

/** What all that deals with sessions of one manager shares. */
export interface SessionContext {
  readonly settings: ManagerSettings<object>;
  readonly store: GuardedStore;
  readonly subjects: Subjects;
  readonly events: Emitter<ManagerEvents>;
  readonly ends: SessionEnds;
}

/** @param session the row as users see it */
export function eventOf(session: Session, seen: SessionDetails = {}): SessionEvent {
  const { subject: identity, id: sessionId, generation, userAgent, ip } = { ...session, ...seen };
  return { identity, sessionId, generation, session, userAgent, ip };
}
