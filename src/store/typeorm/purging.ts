import { ask, padded } from './ask';
import { batchSize, subjectStay, type Purge } from './purge-statements';
import type { Script } from './script';
import type { Tools } from './verbs';

/** The keys of one batch of rows that expired before the given time. */
export function* expiredKeys({ find }: Purge, before: number): Script<unknown[]> {
  const { rows } = yield* ask(find, before);
  return rows.map(({ key }) => key).filter((key) => key !== null);
}

/** Deletes these rows unless their end has moved. Returns how many. */
export function* removeExpired(
  { remove, keep }: Purge,
  keys: readonly unknown[],
  before: number,
): Script<number> {
  const { affected } = yield* ask(remove, before, ...padded(keys));
  if (keep !== undefined) yield* ask(keep, before + subjectStay, before, ...padded(keys));
  return affected;
}

/** Deletes one batch of the sessions of earlier epochs. Returns whether there may be more. */
export function* forgetBatch({ sql, hash }: Tools, subject: string, epoch: number): Script<boolean> {
  const { rows } = yield* ask(sql.findForgotten, hash(subject), epoch);
  if (rows.length > 0) yield* ask(sql.removeForgotten, ...padded(rows.map(({ key }) => key)));
  return rows.length === batchSize;
}
