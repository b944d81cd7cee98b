import { isActor } from '../claims/forms';
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

/**
 * @param session the row as users see it
 * @param claims those of a token of the session
 */
export function eventOf(
  session: Session,
  { act }: Readonly<Record<string, unknown>>,
  seen: SessionDetails = {},
): SessionEvent {
  const { subject: identity, id: sessionId, generation, userAgent, ip } = { ...session, ...seen };
  return { identity, ...actorIn(act), sessionId, generation, session, userAgent, ip };
}

/** The member of an event that names who acts for the identity, where someone does. */
export function actorIn(act: unknown): { readonly actor?: string } {
  return isActor(act) ? { actor: act.sub } : {};
}
