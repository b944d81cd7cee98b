import { isPlainObject } from '../util/json';
import type { OnceStore } from './once-store';
import type { LoginResult, Rotation, RotationResult, Session, SessionPage, TokenStore } from './token-store';

const times = ['rotatedAt', 'createdAt', 'lastUsedAt', 'expiresAt'] as const;
const texts = ['userAgent', 'ip', 'label'] as const;
const verbs: readonly (keyof TokenStore)[] = [
  'createSession',
  'findSession',
  'rotateSession',
  'revokeSession',
  'revokeSubject',
  'forgetSubject',
  'listSessions',
  'revokeToken',
  'isRevoked',
];

/** Whether a store returned a session row. */
export function isSession(row: unknown): row is Session {
  return (
    isPlainObject(row) &&
    typeof row['id'] === 'string' &&
    typeof row['subject'] === 'string' &&
    Number.isSafeInteger(row['generation']) &&
    times.every((name) => Number.isFinite(row[name])) &&
    (row['revokedAt'] === undefined || Number.isFinite(row['revokedAt'])) &&
    texts.every((name) => row[name] === undefined || typeof row[name] === 'string')
  );
}

/** Whether a store returned the session with this id, alive. */
export function isFoundSession(row: unknown, id: string, now: number): row is Session | undefined {
  return row === undefined || (isSession(row) && row.id === id && isAlive(row, now));
}

/** Whether a store returned a page of a subject's sessions: alive, in order, and not more than requested. */
export function isSessionPage(
  rows: unknown,
  subject: string,
  now: number,
  { limit, after }: SessionPage,
): rows is Session[] {
  if (!Array.isArray(rows) || rows.length > limit) return false;
  let previous = after;
  for (const row of rows as unknown[]) {
    if (!isSession(row) || row.subject !== subject || !isAlive(row, now)) return false;
    if (previous && compareNewestFirst(previous, row) >= 0) return false;
    previous = row;
  }
  return true;
}

/** The order of {@link TokenStore.listSessions}. */
export function compareNewestFirst(
  one: Pick<Session, 'id' | 'createdAt'>,
  other: Pick<Session, 'id' | 'createdAt'>,
): number {
  if (one.createdAt !== other.createdAt) return other.createdAt - one.createdAt;
  return one.id === other.id ? 0 : one.id > other.id ? -1 : 1;
}

/** Whether a store returned what became of a login. */
export function isLoginResult(answer: unknown): answer is LoginResult {
  if (!isPlainObject(answer)) return false;
  const { created, ended } = answer;
  if (typeof created !== 'boolean' || !Array.isArray(ended)) return false;
  return ended.every((id) => typeof id === 'string') && (created || ended.length === 0);
}

/** Whether a store returned an outcome of a rotation and the row that belongs to it. */
export function isRotationResult(answer: unknown, rotation: Rotation): answer is RotationResult {
  if (!isPlainObject(answer)) return false;
  const { outcome, session, flipped } = answer;
  if (session === undefined) return outcome === 'unknown';
  if (!isSession(session)) return false;
  if (session.id !== rotation.sessionId || session.subject !== rotation.subject) return false;
  switch (outcome) {
    case 'rotated':
      return isRotated(session, rotation);
    case 'replayed':
      return isNext(session, rotation) && isAlive(session, rotation.now);
    case 'unknown':
      return true;
    case 'reused':
      return session.revokedAt !== undefined && (flipped === undefined || typeof flipped === 'boolean');
    default:
      return false;
  }
}

function isRotated(session: Session, rotation: Rotation): boolean {
  const { now, expiresAt } = rotation;
  const { rotatedAt, lastUsedAt, revokedAt } = session;
  const isMoved = rotatedAt === now && lastUsedAt === now && session.expiresAt === expiresAt;
  return isMoved && revokedAt === undefined && isNext(session, rotation);
}

function isNext(session: Session, { generation }: Rotation): boolean {
  return session.generation === generation + 1;
}

function isAlive({ revokedAt, expiresAt }: Session, now: number): boolean {
  return revokedAt === undefined && now < expiresAt;
}

/** Whether a store also remembers what happens once. */
export function isOnceStore(store: TokenStore): store is TokenStore & OnceStore {
  return typeof (store as Partial<OnceStore>).remember === 'function';
}

/** Whether a value has every verb of a store. */
export function isTokenStore(value: unknown): value is TokenStore {
  return isPlainObject(value) && verbs.every((verb) => typeof value[verb] === 'function');
}
