import { isPlainObject } from '../util/json';
import type { Rotation, RotationResult, Session, TokenStore } from './token-store';

const numbers = ['generation', 'rotatedAt', 'createdAt', 'lastUsedAt', 'expiresAt'] as const;
const verbs: readonly (keyof TokenStore)[] = [
  'createSession',
  'rotateSession',
  'revokeSession',
  'revokeSubject',
  'listSessions',
  'revokeToken',
  'isRevoked',
];
const outcomes: readonly unknown[] = ['rotated', 'replayed', 'reused', 'unknown'];

/** Whether a store answered with a session row. */
export function isSession(row: unknown): row is Session {
  return (
    isPlainObject(row) &&
    typeof row['id'] === 'string' &&
    typeof row['subject'] === 'string' &&
    numbers.every((name) => Number.isFinite(row[name]))
  );
}

/** Whether a store answered a rotation with an outcome and the row that belongs to it. */
export function isRotationResult(
  answer: unknown,
  { sessionId, generation }: Rotation,
): answer is RotationResult {
  if (!isPlainObject(answer) || !outcomes.includes(answer['outcome'])) return false;
  const { outcome, session } = answer;
  if (session === undefined) return outcome === 'reused' || outcome === 'unknown';
  const isRow = isSession(session) && session.id === sessionId;
  return isRow && (outcome === 'reused' || outcome === 'unknown' || session.generation === generation + 1);
}

/** Whether a value has every verb of a store. */
export function isTokenStore(value: unknown): value is TokenStore {
  return isPlainObject(value) && verbs.every((verb) => typeof value[verb] === 'function');
}
