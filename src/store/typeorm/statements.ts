import type { DataSource } from 'typeorm';
import type { Dialect } from './dialect';
import { batchSize, purgeStatements } from './purge-statements';
import { places, writerFor, type Write } from './writer';

/** What a session consists of. */
export const members = [
  'id',
  'subject',
  'generation',
  'rotatedAt',
  'createdAt',
  'lastUsedAt',
  'expiresAt',
  'revokedAt',
  'userAgent',
  'ip',
  'label',
] as const;

/** The members that are texts. */
export const texts: ReadonlySet<string> = new Set(['id', 'subject', 'userAgent', 'ip', 'label']);

/** What a rotation changes. */
export const moving = ['generation', 'rotatedAt', 'lastUsedAt', 'expiresAt', 'userAgent', 'ip'] as const;

/** The epoch of a session that was revoked alone. No subject ever has it. */
const revokedEpoch = '-1';

const row = members.map((name) => `s."${name}" AS [${name}]`).join(', ');
const placeOf = (name: string) => (texts.has(name) ? '?text' : '?');
const ended = `"revokedAt" = ?, "epoch" = ${revokedEpoch}`;
const erased = `${ended}, "userAgent" = NULL, "ip" = NULL, "label" = NULL`;
const currentEpoch = `(SELECT u."epoch" FROM {JwtSubject} u WHERE u."subjectHash" = s."subjectHash")`;

/** The statements of a store, written for its database. */
export type Statements = ReturnType<typeof statementsFor>;

/**
 * Writes the statements for a database.
 *
 * @throws {@link ConfigurationError} when the DataSource does not know the entities
 */
export function statementsFor(dataSource: DataSource, dialect: Dialect) {
  const write = writerFor(dataSource, dialect);
  return {
    encode: dialect.encode,
    ...sessionWrites(write, dialect.forUpdate),
    ...sessionReads(write),
    ...subjectStatements(write, dialect.onConflict),
    ...tokenStatements(write, dialect),
    ...purgeStatements(write),
  };
}

function sessionWrites(write: Write, forUpdate: string) {
  const columns = ['idHash', 'subjectHash', 'epoch', ...members].map((name) => `"${name}"`).join(', ');
  const values = ['?, ?, ?', ...members.map(placeOf)].join(', ');
  const moved = moving.map((name) => `"${name}" = ${placeOf(name)}`).join(', ');
  return {
    insertSession: write(`INSERT INTO {JwtSession} (${columns}, "rotatedClock") VALUES (${values}, @clock)`),
    lockSession: write(
      `SELECT ${row}, s."subjectHash" AS [subjectHash], s."rotatedClock" AS [rotatedClock],
      s."epoch" AS [epoch], ${currentEpoch} AS [currentEpoch] FROM {JwtSession} s WHERE s."idHash" = ?${forUpdate}`,
    ),
    clock: write('SELECT @clock AS [now]'),
    rotateSession: write(`UPDATE {JwtSession} SET ${moved}, "rotatedClock" = @clock WHERE "idHash" = ?`),
    endReused: write(`UPDATE {JwtSession} SET ${ended} WHERE "idHash" = ?`),
    endSession: write(`UPDATE {JwtSession} SET ${erased} WHERE "idHash" = ?`),
  };
}

function sessionReads(write: Write) {
  const isListed = (alias: string) =>
    `${alias}."subjectHash" = ? AND ${alias}."revokedAt" IS NULL AND ${alias}."expiresAt" > ? AND ${alias}."epoch" = (SELECT u."epoch" FROM {JwtSubject} u WHERE u."subjectHash" = ?)`;
  const lastUsedFirst = `SELECT "idHash" AS [idHash], "id" AS [id] FROM {JwtSession}
    WHERE "subjectHash" = ? AND "epoch" = ? AND "expiresAt" > ? ORDER BY "lastUsedAt" DESC, "createdAt" DESC, "idHash"`;
  const listed = `SELECT ${row} FROM {JwtSession} s WHERE ${isListed('s')}`;
  const lastOfPage = `SELECT p."createdAt" FROM {JwtSession} p WHERE ${isListed('p')} AND p."createdAt" < ?
    ORDER BY p."createdAt" DESC LIMIT 1 OFFSET ?`;
  return {
    findSession: write(
      `SELECT @primary, ${row} FROM (SELECT 1 AS [one]) o LEFT JOIN {JwtSession} s
      ON s."idHash" = ? AND s."revokedAt" IS NULL AND s."expiresAt" > ? AND s."epoch" = ${currentEpoch}`,
    ),
    /**
     * A page without its order: the sessions created before a time, and all that were created in the same second as the
     * last of them or as the one before the page. Databases order ids differently, so that is not done here.
     */
    listSessions: write(
      `SELECT @primary, l.* FROM (SELECT 1 AS [one]) o LEFT JOIN (
      SELECT * FROM (${listed} AND s."createdAt" < ? ORDER BY s."createdAt" DESC LIMIT ?) a
      UNION ALL ${listed} AND s."createdAt" = (${lastOfPage})
      UNION ALL ${listed} AND s."createdAt" = ?) l ON 1 = 1`,
    ),
    /** The ones used longest ago, behind so many others. */
    excessSessions: write(`${lastUsedFirst} LIMIT ${String(Number.MAX_SAFE_INTEGER)} OFFSET ?`),
    lastUsedSessions: write(`${lastUsedFirst} LIMIT ?`),
  };
}

function subjectStatements(write: Write, onConflict: Dialect['onConflict']) {
  const insert = `INSERT INTO {JwtSubject} ("subjectHash", "epoch", "notBefore", "revokedAt", "expiresAt")`;
  const later = (name: string) => larger('{JwtSubject}', name);
  return {
    /** Keeps the row of a subject for a session. From then on it is locked. */
    keepSubject: write(
      `${insert} VALUES (?, @clock, -1, -1, ?) ${onConflict('subjectHash')} ${later('expiresAt')}`,
    ),
    subject: write(
      'SELECT "epoch" AS [epoch], "revokedAt" AS [revokedAt] FROM {JwtSubject} WHERE "subjectHash" = ?',
    ),
    revokeSubject: write(
      `${insert} VALUES (?, @clock, ?, ?, ?) ${onConflict('subjectHash')} "epoch" = {JwtSubject}."epoch" + 1,
      ${later('notBefore')}, ${later('revokedAt')}, ${later('expiresAt')}`,
    ),
    nextEpoch: write('UPDATE {JwtSubject} SET "epoch" = ? WHERE "subjectHash" = ?'),
    takeAlong: write(
      `UPDATE {JwtSession} SET "epoch" = ? WHERE "epoch" = ? AND "idHash" IN (${places(batchSize)})`,
    ),
    /** One session goes along into the new epoch of its subject. */
    spareSession: write(
      `UPDATE {JwtSession} SET "epoch" = ? WHERE "idHash" = ? AND "subjectHash" = ? AND "epoch" = ? AND "expiresAt" > ?`,
    ),
  };
}

function tokenStatements(write: Write, { onConflict, insertNew, unlessPresent }: Dialect) {
  const isDead = (condition: string) =>
    write(`SELECT CASE WHEN EXISTS (SELECT 1 FROM {JwtRevokedToken} WHERE "jtiHash" = ?) OR ${condition}
      THEN 1 ELSE 0 END AS [dead], @primary`);
  const lacksSession = (condition: string) => `NOT EXISTS (SELECT 1 FROM {JwtSession} s
    INNER JOIN {JwtSubject} u ON u."subjectHash" = s."subjectHash" AND u."epoch" = s."epoch"
    WHERE s."idHash" = ? AND s."subjectHash" = ? AND s."revokedAt" IS NULL AND s."expiresAt" > ?${condition})`;
  return {
    revokeToken: write(
      `INSERT INTO {JwtRevokedToken} ("jtiHash", "expiresAt") VALUES (?, ?)
      ${onConflict('jtiHash')} ${larger('{JwtRevokedToken}', 'expiresAt')}`,
    ),
    /** A row is inserted for one of all callers. */
    remember: write(`${insertNew} {JwtRevokedToken} ("jtiHash", "expiresAt") VALUES (?, ?)${unlessPresent}`),
    isDeadInSession: isDead(lacksSession('')),
    /** A refresh token: the row is where the token is, or one ahead within the window. */
    isDeadRefresh: isDead(
      lacksSession(` AND (s."generation" = ? OR s."generation" = ?
        AND @clock - s."rotatedClock" BETWEEN 0 AND ?)`),
    ),
    isDeadAlone: isDead('EXISTS (SELECT 1 FROM {JwtSubject} WHERE "subjectHash" = ? AND "notBefore" >= ?)'),
  };
}

/** Sets a column to what is given, twice, if that is more than what is there. */
function larger(table: string, column: string): string {
  const current = `${table}."${column}"`;
  return `"${column}" = CASE WHEN ${current} < ? THEN ? ELSE ${current} END`;
}
