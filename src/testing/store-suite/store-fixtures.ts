import { setTimeout } from 'node:timers/promises';
import { shardOf } from '../../store/shard';
import type {
  RevocationQuery,
  Rotation,
  RotationResult,
  Session,
  TokenRevocation,
  TokenStore,
} from '../../store/token-store';
import { systemClock, unixSeconds } from '../../util/clock';
import { randomId } from '../../util/random-id';

/** Specs by their titles. */
export type StoreSpecs = Readonly<Record<string, (store: TokenStore) => Promise<void>>>;

/** The time at which the suite's sessions start. Stores that forget by their own clock would forget an older one. */
export const start = unixSeconds(systemClock);

/** How long the suite's sessions last. */
export const lifetime = 86_400;

/** A session that no store knows. */
export function newSession(members: Partial<Session> = {}): Session {
  const { subject = `ada-${randomId()}` } = members;
  return {
    id: shardOf(subject) + randomId(),
    subject,
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
  { id: sessionId, subject, expiresAt }: Session,
  generation: number,
  members: Partial<Rotation> = {},
): Promise<RotationResult> {
  const rotation = { sessionId, subject, generation, now: start + 1, expiresAt, graceSeconds: 3600 };
  return store.rotateSession({ ...rotation, ...members });
}

/** Waits until a window of one second has passed by every clock: the one time that only real time will do. */
export async function waitOneWindow(): Promise<void> {
  await setTimeout(1100);
}

/** Whether the session's access token is dead; with a generation, that refresh token. */
export async function isDead(
  store: TokenStore,
  session: Pick<Session, 'id' | 'subject'>,
  generation?: number,
  now = start + 1,
): Promise<boolean> {
  return store.isRevoked(queryFor(session, { generation, now }));
}

/** Whether a token without a session is dead. */
export async function isDeadAlone(
  store: TokenStore,
  members: Partial<RevocationQuery> & Pick<RevocationQuery, 'subject'>,
): Promise<boolean> {
  return store.isRevoked({ ...times, jti: randomId(), ...members });
}

const times = { issuedAt: start, now: start + 1, graceSeconds: 3600 };

/** The question about a token of a session. */
export function queryFor(
  { id: sessionId, subject }: Pick<Session, 'id' | 'subject'>,
  members: Partial<RevocationQuery> = {},
): RevocationQuery {
  return { ...times, jti: randomId(), sessionId, subject, ...members };
}

/** Revokes one token until the end of a session. */
export function revokeToken(
  store: TokenStore,
  {
    jti = randomId(),
    subject = randomId(),
    expiresAt = start + lifetime,
    now = start,
  }: Partial<TokenRevocation>,
): Promise<void> {
  return store.revokeToken({ jti, subject, now, expiresAt });
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
