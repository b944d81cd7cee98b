import { ask, padded } from './ask';
import { batchSize } from './purge-statements';
import type { Row, Script } from './script';
import type { Statements } from './statements';

/** What a login leaves alive of a subject, whose row is locked. */
export interface Room {
  readonly subjectHash: string;
  readonly epoch: number;
  readonly now: number;
  /** How many sessions may stay. */
  readonly others: number;
}

/** Ends the sessions above the limit. Returns their ids and the new epoch of the subject. */
export function* makeRoom(
  sql: Statements,
  room: Room,
): Script<{ readonly epoch: number; readonly ended: string[] }> {
  const { subjectHash, epoch, now, others } = room;
  const { rows } = yield* ask(sql.excessSessions, subjectHash, epoch, now, others);
  const ended = rows.map(({ id }) => String(id));
  // Very many are only there when the limit was lowered: they are left behind in their epoch.
  if (rows.length > batchSize) return { epoch: yield* leaveBehind(sql, room), ended };
  for (const { idHash } of rows) yield* ask(sql.endSession, now, idHash);
  return { epoch, ended };
}

function* leaveBehind(sql: Statements, { subjectHash, epoch, now, others }: Room): Script<number> {
  const { rows } = yield* ask(sql.lastUsedSessions, subjectHash, epoch, now, others);
  yield* ask(sql.nextEpoch, epoch + 1, subjectHash);
  for (let start = 0; start < rows.length; start += batchSize) {
    const batch = rows.slice(start, start + batchSize).map(({ idHash }: Row) => idHash);
    yield* ask(sql.takeAlong, epoch + 1, epoch, ...padded(batch));
  }
  return epoch + 1;
}
