import { createHash } from 'node:crypto';
import { judgeRotation } from '../judge-rotation';
import type {
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
} from '../token-store';
import type { Answer, Row, Script } from './script';
import { batchSize, members, moving, type Statements } from './statements';

/** Later than everything; a number in every database. */
const forEver = Number.MAX_SAFE_INTEGER;

export function* createSession(sql: Statements, session: Session): Script<void> {
  const values = members.map((name) => session[name] ?? null);
  yield* ask(sql.insertSession, hashOf(session.id), hashOf(session.subject), ...values);
}

export function* rotateSession(sql: Statements, rotation: Rotation): Script<RotationResult> {
  const idHash = hashOf(rotation.sessionId);
  const { rows } = yield* ask(sql.lockSession, idHash);
  const before = rows[0] && sessionOf(rows[0]);
  const result = judgeRotation(before, rotation);
  const after = result.session;
  if (after && after !== before) {
    yield* ask(sql.updateSession, ...moving.map((name) => after[name] ?? null), idHash);
  }
  return result;
}

export function* revokeSession(sql: Statements, sessionId: string, now: number): Script<boolean> {
  const { affected } = yield* ask(sql.revokeSession, now, hashOf(sessionId), now);
  return affected === 1;
}

export function* revokeSubject(
  sql: Statements,
  subject: string,
  now: number,
  { exceptSessionId, keepUntil = forEver }: RevokeSubjectOptions = {},
): Script<void> {
  const subjectHash = hashOf(subject);
  const spared = exceptSessionId === undefined ? '' : hashOf(exceptSessionId);
  // The subject first: whoever revokes it at the same time waits here, and not at a session that somebody waits for.
  yield* ask(sql.revokeSubject, subjectHash, subject, now, keepUntil, now, now, keepUntil, keepUntil);
  yield* ask(sql.revokeSessions, now, subjectHash, spared);
}

export function* listSessions(sql: Statements, subject: string, now: number): Script<Session[]> {
  const { rows } = yield* ask(sql.listSessions, hashOf(subject), now);
  return rows.map(sessionOf);
}

export function* revokeToken(sql: Statements, jti: string, expiresAt: number): Script<void> {
  yield* ask(sql.revokeToken, hashOf(jti), expiresAt, expiresAt, expiresAt);
}

export function* isRevoked(sql: Statements, query: RevocationQuery): Script<boolean> {
  const { jti, sessionId, generation, subject, issuedAt } = query;
  const [jtiHash, subjectHash] = [hashOf(jti), hashOf(subject)];
  // The row may be where the token is or one ahead of it.
  const [least, most] = generation === undefined ? [0, forEver] : [generation, generation + 1];
  const { rows } =
    sessionId === undefined
      ? yield* ask(sql.isDeadAlone, jtiHash, subjectHash, Math.ceil(issuedAt))
      : yield* ask(sql.isDeadInSession, jtiHash, hashOf(sessionId), subjectHash, least, most);
  return Number(rows[0]?.['dead']) !== 0;
}

/** How many rows a batch has found, and how many it has deleted. */
export interface PurgedBatch {
  readonly found: number;
  readonly deleted: number;
}

/** Deletes one batch of what was over before the given time. */
export function* purgeBatch(
  { find, delete: remove }: Statements['purges'][number],
  before: number,
): Script<PurgedBatch> {
  const { rows } = yield* ask(find, before);
  const keys = rows.map(({ key }) => key);
  if (keys.length === 0) return { found: 0, deleted: 0 };
  const padding = Array<string>(batchSize - keys.length).fill('');
  const { affected } = yield* ask(remove, before, ...keys, ...padding);
  return { found: keys.length, deleted: affected };
}

function* ask(text: string, ...parameters: unknown[]): Script<Answer> {
  return yield { text, parameters };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sessionOf(row: Row): Session {
  const known = members.filter((name) => row[name] !== null);
  return Object.fromEntries(
    known.map((name) => [name, isNumber.has(name) ? Number(row[name]) : row[name]]),
  ) as unknown as Session;
}

/** Some drivers hand over 64 bits as text. */
const isNumber: ReadonlySet<string> = new Set([
  'generation',
  'rotatedAt',
  'createdAt',
  'lastUsedAt',
  'expiresAt',
  'revokedAt',
]);
