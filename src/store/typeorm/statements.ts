import type { DataSource } from 'typeorm';
import type { Dialect } from './dialect';
import { namesIn } from './names';

/** How many rows are deleted at once. */
export const batchSize = 500;

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

const row = members.map((name) => `"${name}" AS [${name}]`).join(', ');
/** What a rotation or a theft changes. */
export const moving = ['generation', 'rotatedAt', 'lastUsedAt', 'revokedAt', 'userAgent', 'ip'] as const;

const inserted = ['idHash', 'subjectHash', ...members];

/** The tables by what a row of them is found by. */
const keys = { JwtSession: 'idHash', JwtRevokedToken: 'jtiHash', JwtRevokedSubject: 'subjectHash' } as const;

/** The statements of a store, in the words of its database. */
export type Statements = ReturnType<typeof statementsFor>;

/** Puts a text into the words of a database: `{Entity}` is a table, `"property"` a column, `[name]` a name in the answer, `?` a parameter. */
type Write = (text: string) => string;

/**
 * Writes the statements for a database.
 *
 * @throws {@link ConfigurationError} when the DataSource does not know the entities
 */
export function statementsFor(dataSource: DataSource, dialect: Dialect) {
  const write = writerFor(dataSource, dialect);
  return {
    ...sessionStatements(write, dialect.forUpdate),
    ...revocationStatements(write, dialect.onConflict),
    purges: Object.entries(keys).map(([entity, key]) => purgeStatements(write, entity, key)),
  };
}

function sessionStatements(write: Write, forUpdate: string) {
  const columns = inserted.map((name) => `"${name}"`).join(', ');
  return {
    insertSession: write(`INSERT INTO {JwtSession} (${columns}) VALUES (${places(inserted.length)})`),
    lockSession: write(`SELECT ${row} FROM {JwtSession} WHERE "idHash" = ?${forUpdate}`),
    updateSession: write(
      `UPDATE {JwtSession} SET ${moving.map((name) => `"${name}" = ?`).join(', ')} WHERE "idHash" = ?`,
    ),
    revokeSession: write(
      'UPDATE {JwtSession} SET "revokedAt" = ? WHERE "idHash" = ? AND "revokedAt" IS NULL AND "expiresAt" > ?',
    ),
    revokeSessions: write(
      'UPDATE {JwtSession} SET "revokedAt" = ? WHERE "subjectHash" = ? AND "revokedAt" IS NULL AND "idHash" <> ?',
    ),
    listSessions: write(
      `SELECT ${row} FROM {JwtSession} WHERE "subjectHash" = ? AND "revokedAt" IS NULL AND "expiresAt" > ? ORDER BY "createdAt"`,
    ),
  };
}

function revocationStatements(write: Write, onConflict: Dialect['onConflict']) {
  return {
    revokeToken: write(
      `INSERT INTO {JwtRevokedToken} ("jtiHash", "expiresAt") VALUES (?, ?)
      ${onConflict('jtiHash')} ${larger('{JwtRevokedToken}', 'expiresAt')}`,
    ),
    revokeSubject: write(
      `INSERT INTO {JwtRevokedSubject} ("subjectHash", "subject", "notBefore", "expiresAt") VALUES (?, ?, ?, ?)
      ${onConflict('subjectHash')} ${larger('{JwtRevokedSubject}', 'notBefore')}, ${larger('{JwtRevokedSubject}', 'expiresAt')}`,
    ),
    isDeadInSession: write(
      isDeadWhen(
        'NOT EXISTS (SELECT 1 FROM {JwtSession} WHERE "idHash" = ? AND "subjectHash" = ? AND "revokedAt" IS NULL AND "generation" BETWEEN ? AND ?)',
      ),
    ),
    isDeadAlone: write(
      isDeadWhen('EXISTS (SELECT 1 FROM {JwtRevokedSubject} WHERE "subjectHash" = ? AND "notBefore" >= ?)'),
    ),
  };
}

function purgeStatements(write: Write, entity: string, key: string) {
  return {
    find: write(`SELECT "${key}" AS [key] FROM {${entity}} WHERE "expiresAt" < ? LIMIT ${String(batchSize)}`),
    // A row may have been given more time since it was found.
    delete: write(`DELETE FROM {${entity}} WHERE "expiresAt" < ? AND "${key}" IN (${places(batchSize)})`),
  };
}

function writerFor(dataSource: DataSource, dialect: Dialect): Write {
  const { tablePath, column } = namesIn(dataSource);
  const quoted = (name: string) => dataSource.driver.escape(name);
  return (text) => {
    let position = 0;
    return text.replace(
      /\{(\w+)\}|"(\w+)"|\[(\w+)\]|\?/g,
      (_, entity?: string, property?: string, name?: string) => {
        if (entity !== undefined) return tablePath(entity).split('.').map(quoted).join('.');
        if (property !== undefined) return quoted(column(property));
        return name === undefined ? dialect.placeholder(++position) : quoted(name);
      },
    );
  };
}

function places(count: number): string {
  return Array<string>(count).fill('?').join(', ');
}

/** Sets a column to what is given, twice, if that is more than what is there. */
function larger(table: string, column: string): string {
  const current = `${table}."${column}"`;
  return `"${column}" = CASE WHEN ${current} < ? THEN ? ELSE ${current} END`;
}

function isDeadWhen(condition: string): string {
  return `SELECT CASE WHEN EXISTS (SELECT 1 FROM {JwtRevokedToken} WHERE "jtiHash" = ?) OR ${condition} THEN 1 ELSE 0 END AS [dead]`;
}
