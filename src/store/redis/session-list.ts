import type { Session, SessionPage, StoreLimits } from '../token-store';
import type { KeyNames } from './names';
import type { ScriptRunner } from './script-runner';
import { scripts } from './scripts';
import { sessionsOf } from './session-row';

/** How many sessions one script reads at most: others wait for it. */
const batch = 500;

/** What is needed to query Redis. */
export interface Access {
  readonly runner: ScriptRunner;
  readonly names: KeyNames;
  readonly limits: Partial<StoreLimits> | undefined;
}

/**
 * The ids of a page are read first, then their rows, so that every key is declared. A session that ended in between is
 * left out, and the next ones take its place.
 */
export async function pageOf(
  access: Access,
  subject: string,
  now: number,
  { limit, after }: SessionPage,
): Promise<Session[]> {
  const sessions: Session[] = [];
  let last = after;
  while (sessions.length < limit) {
    const count = Math.min(limit - sessions.length, batch);
    const found = await idsOf(access, subject, count, last);
    sessions.push(...(await rowsOf(access, subject, now, found)));
    last = found.at(-1);
    if (found.length < count) break;
  }
  return sessions;
}

type Place = Pick<Session, 'id' | 'createdAt'>;

async function idsOf(
  { runner, names, limits }: Access,
  subject: string,
  count: number,
  after: Place | undefined,
): Promise<Place[]> {
  const keys = [names.ofSubject(subject).sessions];
  const given = [String(count), String(after?.createdAt ?? ''), after?.id ?? ''];
  const [, ...texts] = await runner.run(scripts.page, keys, given, limits);
  return texts.flatMap((id, index) => (index % 2 === 0 ? { id, createdAt: Number(texts[index + 1]) } : []));
}

async function rowsOf(
  { runner, names, limits }: Access,
  subject: string,
  now: number,
  places: readonly Place[],
): Promise<Session[]> {
  if (places.length === 0) return [];
  const { sessions, details } = names.ofSubject(subject);
  const ids = places.map(({ id }) => id);
  const keys = [sessions, details, ...ids.map((id) => names.ofSession(id))];
  // The numbers of a key and of its id are the same in the script.
  const [, , ...texts] = await runner.run(scripts.sessions, keys, [String(now), ...ids], limits);
  return sessionsOf(texts, subject);
}

/** Erases the rows of sessions that have ended already. */
export async function forgetRows(
  runner: ScriptRunner,
  names: KeyNames,
  subject: string,
  limits: Partial<StoreLimits> | undefined,
): Promise<void> {
  const { forgotten } = names.ofSubject(subject);
  for (;;) {
    const [, ...ids] = await runner.run(scripts.forgotten, [forgotten], [String(batch)], limits);
    if (ids.length === 0) return;
    const keys = [forgotten, ...ids.map((id) => names.ofSession(id))];
    await runner.run(scripts.erase, keys, ids, limits);
  }
}
