import type { Logger, QueryRunner } from 'typeorm';
import type { Answer, Statement } from './script';

/** What one database expresses differently from another. */
export interface Dialect {
  readonly placeholder: (position: number) => string;
  /** Reads a text out of a parameter that {@link Dialect.encode} has written. */
  readonly text: (placeholder: string) => string;
  /** Writes a text as a parameter that no client library has to quote. */
  readonly encode: (text: string) => string;
  /** Ends a SELECT whose row is to stay as it is until the end of the transaction. */
  readonly forUpdate: string;
  /** Begins what an INSERT changes in the row that is there already. */
  readonly onConflict: (key: string) => string;
  /** Begins an INSERT that changes nothing where there is such a row already. */
  readonly insertNew: string;
  /** Ends it. */
  readonly unlessPresent: string;
  /** The time by the clock of the database in Unix milliseconds, the same for all processes. */
  readonly clock: string;
  /** A condition that holds on a primary only. */
  readonly isPrimary: string;
}

/** A database server, reached over the connections of a pool. */
export interface ServerDialect extends Dialect {
  /**
   * Begins a transaction that reads what is committed: waiting for a row and then deciding on an older snapshot would
   * be wrong, and locks on gaps would deadlock.
   *
   * The server gives up when the client does, even without a message from the client.
   *
   * @param left milliseconds that it may last
   */
  readonly begin: (left: number) => readonly string[];
  /**
   * Commits, unless the transaction began longer ago than this, by the clock of the server. A COMMIT that was delayed
   * on its way has no effect.
   *
   * @param left milliseconds
   */
  readonly commit: (left: number) => string;
  /** Undoes what would outlast the transaction. */
  readonly restore: readonly string[];
  /** Runs a SELECT in one round trip; the server ends it after the given milliseconds. */
  readonly read: (connected: Connected, statement: Statement, left: number) => Promise<Answer>;
  /** Closes a connection that does not answer, so that the pool opens a new one. */
  readonly destroy: (connection: unknown) => void;
}

/** A runner of TypeORM and the driver's connection that it uses. */
export interface Connected {
  readonly runner: QueryRunner;
  readonly connection: unknown;
  readonly logger: Logger;
}

const itself = (value: string) => value;

export const standard = {
  placeholder: () => '?',
  text: itself,
  encode: itself,
  forUpdate: ' FOR UPDATE',
  onConflict: (key: string) => `ON CONFLICT ("${key}") DO UPDATE SET`,
  insertNew: 'INSERT INTO',
  unlessPresent: ' ON CONFLICT DO NOTHING',
};

export const sqlite: Dialect = {
  ...standard,
  forUpdate: '',
  clock: `CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)`,
  isPrimary: '1 = 1',
};

/** Runs one statement by TypeORM. */
export async function runBy(runner: QueryRunner, { text, parameters }: Statement): Promise<Answer> {
  const { records, affected = 0 } = await runner.query(text, [...parameters], true);
  return { rows: records as Answer['rows'], affected };
}

/** What is left, as a limit that a server takes: 0 would be no limit. */
export function wholeMilliseconds(left: number): number {
  return Math.max(1, Math.ceil(left));
}
