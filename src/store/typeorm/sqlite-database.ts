import { setTimeout } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { demandInTime, type Answer, type Database, type Row, type Script } from './script';

/** The part of a `better-sqlite3` database that is used here. */
interface BetterSqlite3 {
  prepare(text: string): {
    readonly reader: boolean;
    all(...parameters: unknown[]): Row[];
    run(...parameters: unknown[]): { readonly changes: number };
  };
}

/** The part of a `sql.js` database that is used here. */
interface SqlJs {
  prepare(text: string): {
    bind(parameters: readonly unknown[]): void;
    step(): boolean;
    getAsObject(): Row;
    free(): void;
  };
  getRowsModified(): number;
}

type Execute = (text: string, parameters?: readonly unknown[]) => Answer;

/** How long to wait for the transaction of another caller before the next attempt, in milliseconds. */
const pause = 2;

/**
 * SQLite: the DataSource has one connection, which the application uses as well. A script is run in one go, past
 * TypeORM's waiting, so that nothing of the application's gets into its transaction, and it waits while the
 * application has one open.
 */
export class SqliteDatabase implements Database {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  read<T>(script: () => Script<T>, deadline: number): Promise<T> {
    return this.#alone('BEGIN', script, deadline);
  }

  async write<T>(script: () => Script<T>, deadline: number): Promise<T> {
    const answer = await this.#alone('BEGIN IMMEDIATE', script, deadline);
    // sql.js is in memory: only now is it in the file, where there is one.
    await (this.#dataSource.driver as { autoSave?(): Promise<void> }).autoSave?.();
    return answer;
  }

  async #alone<T>(begin: string, script: () => Script<T>, deadline: number): Promise<T> {
    for (;;) {
      const connection: unknown = await this.#dataSource.createQueryRunner().connect();
      const execute =
        this.#dataSource.options.type === 'sqljs'
          ? sqlJs(connection as SqlJs)
          : betterSqlite3(connection as BetterSqlite3);
      try {
        demandInTime(deadline);
        return transaction(execute, begin, script(), deadline);
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
      await setTimeout(pause);
    }
  }
}

function transaction<T>(execute: Execute, begin: string, script: Script<T>, deadline: number): T {
  execute(begin);
  try {
    const answer = play(script, execute);
    demandInTime(deadline);
    execute('COMMIT');
    return answer;
  } catch (error) {
    rollBack(execute);
    throw error;
  }
}

function rollBack(execute: Execute): void {
  try {
    execute('ROLLBACK');
  } catch {
    // SQLite ends a transaction by itself where it cannot go on, as on a full disk.
  }
}

function play<T>(script: Script<T>, execute: Execute): T {
  let step = script.next();
  while (step.done !== true) step = script.next(execute(step.value.text, step.value.parameters));
  return step.value;
}

function betterSqlite3(connection: BetterSqlite3): Execute {
  return (text, parameters = []) => {
    const statement = connection.prepare(text);
    if (statement.reader) return { rows: statement.all(...parameters), affected: 0 };
    return { rows: [], affected: statement.run(...parameters).changes };
  };
}

function sqlJs(connection: SqlJs): Execute {
  return (text, parameters = []) => {
    const statement = connection.prepare(text);
    try {
      statement.bind(parameters);
      const rows: Row[] = [];
      while (statement.step()) rows.push(statement.getAsObject());
      return { rows, affected: connection.getRowsModified() };
    } finally {
      statement.free();
    }
  };
}

/** The application has a transaction open on this connection, or another process writes. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && /within a transaction|database is locked/.test(error.message);
}
