import { createRequire } from 'node:module';

interface SqlJsStatement {
  bind(parameters: unknown[]): void;
  step(): boolean;
  getAsObject(): object;
  getColumnNames(): string[];
  free(): void;
}

interface SqlJsDatabase {
  prepare(text: string): SqlJsStatement;
  getRowsModified(): number;
  close(): void;
}

/** The `better-sqlite3` of TypeORM's `driver` option; the stand-in where nobody has installed it. */
export async function betterSqlite3(): Promise<unknown> {
  const load = createRequire(__filename);
  if (isBetterSqlite3Installed()) return load('better-sqlite3');
  const initialize = load('sql.js') as () => Promise<{ Database: new () => SqlJsDatabase }>;
  const { Database } = await initialize();
  return class extends StandIn {
    constructor() {
      super(new Database());
    }
  };
}

export function isBetterSqlite3Installed(): boolean {
  try {
    createRequire(__filename).resolve('better-sqlite3');
    return true;
  } catch {
    return false;
  }
}

/** What TypeORM and the store use of `better-sqlite3`, in memory by `sql.js`. */
class StandIn {
  readonly #database: SqlJsDatabase;

  constructor(database: SqlJsDatabase) {
    this.#database = database;
  }

  prepare(text: string) {
    const statement = this.#database.prepare(text);
    const reader = statement.getColumnNames().length > 0;
    statement.free();
    const all = (...parameters: unknown[]) => this.#run(text, parameters);
    const run = (...parameters: unknown[]) => {
      this.#run(text, parameters);
      return { changes: this.#database.getRowsModified(), lastInsertRowid: 0 };
    };
    return { reader, all, run };
  }

  pragma(text: string): object[] {
    return this.#run(`PRAGMA ${text}`, []);
  }

  close(): void {
    this.#database.close();
  }

  #run(text: string, parameters: unknown[]): object[] {
    const statement = this.#database.prepare(text);
    try {
      statement.bind(parameters);
      const rows: object[] = [];
      while (statement.step()) rows.push(statement.getAsObject());
      return rows;
    } finally {
      statement.free();
    }
  }
}
