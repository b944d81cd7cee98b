import type { RevocationQuery, RotationResult, Session, TokenStore } from '../store/token-store';
import { systemClock, unixSeconds } from '../util/clock';
import { randomId } from '../util/random-id';

/** Specs by their titles. */
export type StoreSpecs = Readonly<Record<string, (store: TokenStore) => Promise<void>>>;

/** The time at which the suite's sessions start. Stores that forget by their own clock would forget an older one. */
export const start = unixSeconds(systemClock);

/** How long the suite's sessions last. */
export const lifetime = 86_400;

/** A session that no store knows. */
export function newSession(members: Partial<Session> = {}): Session {
  return {
    id: randomId(),
    subject: `ada-${randomId()}`,
    generation: 0,
    rotatedAt: start,
    createdAt: start,
    lastUsedAt: start,
    expiresAt: start + lifetime,
    ...members,
  };
}

/** A session that the store knows. */
export async function createdSession(store: TokenStore, members: Partial<Session> = {}): Promise<Session> {
  const session = newSession(members);
  await store.createSession(session);
  return session;
}

/** Presents a generation of the session's refresh token. */
export function present(
  store: TokenStore,
  { id: sessionId }: Session,
  generation: number,
  { now = start + 1, graceSeconds = 10 }: { now?: number; graceSeconds?: number } = {},
): Promise<RotationResult> {
  return store.rotateSession({ sessionId, generation, now, graceSeconds });
}

/** Whether the session's access token is dead; with a generation, that refresh token. */
export async function isDead(store: TokenStore, session: Session, generation?: number): Promise<boolean> {
  return store.isRevoked(queryFor(session, { generation }));
}

/** The question about a token of a session. */
export function queryFor(session: Session, members: Partial<RevocationQuery> = {}): RevocationQuery {
  return { jti: randomId(), sessionId: session.id, subject: session.subject, issuedAt: start, ...members };
}

/** The ids of the sessions that are alive. */
export async function aliveIds(store: TokenStore, subject: string, now = start + 1): Promise<string[]> {
  return (await store.listSessions(subject, now)).map(({ id }) => id).sort();
}

/** A session as it is compared: without members that are undefined. */
export function plain(session: Session | undefined): object {
  return Object.fromEntries(Object.entries(session ?? {}).filter(([, value]) => value !== undefined));
}

/** How many of the results have each outcome. */
export function tally(results: readonly RotationResult[]): Record<RotationResult['outcome'], number> {
  const counts = { rotated: 0, replayed: 0, reused: 0, unknown: 0 };
  for (const { outcome } of results) counts[outcome]++;
  return counts;
}

/** The numbers from 0 to below the end. */
export function range(end: number): number[] {
  return Array.from({ length: end }, (_, index) => index);
}
