import type { OnceEvent } from '../once-store';
import { resolveRotation } from '../resolve-rotation';
import type {
  LoginLimits,
  LoginResult,
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  SessionPage,
  TokenRevocation,
} from '../token-store';
import type { Hash } from './hash';
import { makeRoom } from './make-room';
import { ask, one } from './ask';
import type { Row, Script } from './script';
import { members, moving, texts, type Statements } from './statements';

/** What verbs work with. */
export interface Tools {
  readonly sql: Statements;
  readonly hash: Hash;
}

/** Later than every time, and a valid number in every database. */
const forEver = Number.MAX_SAFE_INTEGER;

export function* createSession(
  { sql, hash }: Tools,
  session: Session,
  { maxSessions, authenticatedAt = forEver }: LoginLimits = {},
): Script<LoginResult> {
  const subjectHash = hash(session.subject);
  const { expiresAt } = session;
  yield* ask(sql.keepSubject, subjectHash, expiresAt, expiresAt, expiresAt);
  const { epoch, revokedAt } = yield* one(sql.subject, subjectHash);
  if (authenticatedAt <= Number(revokedAt)) return { created: false, ended: [] };
  const room = {
    subjectHash,
    epoch: Number(epoch),
    now: session.createdAt,
    others: (maxSessions ?? forEver) - 1,
  };
  const made = maxSessions === undefined ? { epoch: room.epoch, ended: [] } : yield* makeRoom(sql, room);
  const values = members.map((name) => encoded(sql, name, session));
  yield* ask(sql.insertSession, hash(session.id), subjectHash, made.epoch, ...values);
  return { created: true, ended: made.ended };
}

export function* findSession(
  { sql, hash }: Tools,
  sessionId: string,
  now: number,
): Script<Session | undefined> {
  const row = yield* one(sql.findSession, hash(sessionId), Math.floor(now));
  return row['id'] === null ? undefined : sessionOf(row);
}

export function* rotateSession({ sql, hash }: Tools, rotation: Rotation): Script<RotationResult> {
  const idHash = hash(rotation.sessionId);
  const row = yield* lockedRow(sql, idHash);
  const before = row && sessionOf(row);
  const mayReplay = before?.generation === rotation.generation + 1;
  const age = mayReplay ? yield* secondsSince(sql, row?.['rotatedClock']) : NaN;
  const result = resolveRotation(before, rotation, age);
  const after = result.session;
  if (after && result.outcome === 'rotated') {
    yield* ask(sql.rotateSession, ...moving.map((name) => encoded(sql, name, after)), idHash);
  }
  if (result.flipped === true) yield* ask(sql.endReused, rotation.now, idHash);
  return result;
}

export function* revokeSession(
  { sql, hash }: Tools,
  sessionId: string,
  now: number,
  subject?: string,
): Script<boolean> {
  const idHash = hash(sessionId);
  const row = yield* lockedRow(sql, idHash);
  if (!row) return false;
  const session = sessionOf(row);
  const isTheirs = subject === undefined || subject === session.subject;
  if (!isTheirs || session.revokedAt !== undefined || session.expiresAt <= now) return false;
  yield* ask(sql.endSession, now, idHash);
  return true;
}

/** Returns the new epoch of the subject. All sessions of an earlier epoch have ended. */
export function* revokeSubject(
  { sql, hash }: Tools,
  subject: string,
  now: number,
  { exceptSessionId, notBefore = now, keepUntil = forEver }: RevokeSubjectOptions = {},
): Script<number> {
  const subjectHash = hash(subject);
  const values = [notBefore, now, keepUntil];
  yield* ask(sql.revokeSubject, subjectHash, ...values, ...values.flatMap((value) => [value, value]));
  const epoch = Number((yield* one(sql.subject, subjectHash))['epoch']);
  if (exceptSessionId !== undefined) {
    yield* ask(sql.spareSession, epoch, hash(exceptSessionId), subjectHash, epoch - 1, now);
  }
  return epoch;
}

export function* listSessions(
  { sql, hash }: Tools,
  subject: string,
  now: number,
  { limit, after }: SessionPage,
): Script<Session[]> {
  const subjectHash = hash(subject);
  const before = after?.createdAt ?? forEver;
  const alive = [subjectHash, Math.floor(now), subjectHash];
  const page = [...alive, before, limit];
  const last = [...alive, ...alive, before, limit - 1];
  const { rows } = yield* ask(sql.listSessions, ...page, ...last, ...alive, after?.createdAt ?? -1);
  const found = rows.filter(({ id }) => id !== null).map(sessionOf);
  const sessions = [...new Map(found.map((session) => [session.id, session])).values()];
  const following = after ? sessions.filter((session) => newestFirst(after, session) < 0) : sessions;
  return following.sort(newestFirst).slice(0, limit);
}

export function* revokeToken({ sql, hash }: Tools, { jti, expiresAt }: TokenRevocation): Script<void> {
  yield* ask(sql.revokeToken, hash(jti), expiresAt, expiresAt, expiresAt);
}

/** Next to the revoked tokens, under a name that no token has: an id has no control characters. */
export function* remember({ sql, hash }: Tools, { id, expiresAt }: OnceEvent): Script<boolean> {
  const { affected } = yield* ask(sql.remember, hash(`once\n${id}`), expiresAt);
  return affected === 1;
}

export function* isRevoked({ sql, hash }: Tools, query: RevocationQuery): Script<boolean> {
  const { sessionId, generation, graceSeconds } = query;
  const token = [hash(query.jti)];
  const session = [hash(sessionId ?? ''), hash(query.subject), Math.floor(query.now)];
  const grace = graceSeconds > 0 ? Math.floor(graceSeconds * 1000) : -1;
  const { dead } =
    sessionId === undefined
      ? yield* one(sql.isDeadAlone, ...token, hash(query.subject), Math.ceil(query.issuedAt))
      : generation === undefined
        ? yield* one(sql.isDeadInSession, ...token, ...session)
        : yield* one(sql.isDeadRefresh, ...token, ...session, generation, generation + 1, grace);
  return Number(dead) !== 0;
}

/**
 * The row of a session, which no other call changes until the end. It also has a `revokedAt` if its subject was
 * revoked.
 */
function* lockedRow(sql: Statements, idHash: string): Script<Row | undefined> {
  const [row] = (yield* ask(sql.lockSession, idHash)).rows;
  if (!row || row['revokedAt'] !== null || isCurrent(row['epoch'], row['currentEpoch'])) return row;
  // The lock may have waited for a revokeSubject that spared this session, while the subject was read before it.
  const subject = (yield* ask(sql.subject, String(row['subjectHash']))).rows[0];
  if (isCurrent(row['epoch'], subject?.['epoch'])) return row;
  return { ...row, revokedAt: subject?.['revokedAt'] ?? row['lastUsedAt'] };
}

function isCurrent(epoch: unknown, current: unknown): boolean {
  return current !== null && current !== undefined && Number(epoch) === Number(current);
}

/** By the clock of the database, after the row is locked, so that no rotation can be later. */
function* secondsSince(sql: Statements, milliseconds: unknown): Script<number> {
  const { now } = yield* one(sql.clock);
  return (Number(now) - Number(milliseconds)) / 1000;
}

function encoded(sql: Statements, name: keyof Session, session: Session): unknown {
  const value = session[name] ?? null;
  return typeof value === 'string' ? sql.encode(value) : value;
}

function sessionOf(row: Row): Session {
  const known = members.filter((name) => row[name] !== null);
  // Some drivers return 64 bits as text.
  const entries = known.map((name) => [name, texts.has(name) ? row[name] : Number(row[name])]);
  const session: unknown = Object.fromEntries(entries);
  return session as Session;
}

type Place = Pick<Session, 'id' | 'createdAt'>;

/** Descending by creation, then by id, letter by letter: every database would compare them differently. */
function newestFirst(one: Place, another: Place): number {
  if (one.createdAt !== another.createdAt) return another.createdAt - one.createdAt;
  if (one.id === another.id) return 0;
  return one.id < another.id ? 1 : -1;
}
