import type { DataSource, QueryRunner } from 'typeorm';
import { TimeoutError, within } from '../../util/within';
import type { ServerDialect } from './dialect';
import { demandInTime, type Database, type Script } from './script';

/** How often a transaction is begun at most. */
const attempts = 5;

/** Two transactions were in each other's way, and the database has ended this one: 40P01, 40001; 1213, 1020. */
const conflicts: readonly unknown[] = ['40P01', '40001', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD'];

/** PostgreSQL, MySQL and MariaDB: each script has a connection of the DataSource's pool to itself. */
export class ServerDatabase implements Database {
  readonly #dataSource: DataSource;
  readonly #dialect: ServerDialect;

  constructor(dataSource: DataSource, dialect: ServerDialect) {
    this.#dataSource = dataSource;
    this.#dialect = dialect;
  }

  read<T>(script: () => Script<T>, deadline: number): Promise<T> {
    return this.#connected(deadline, (runner) => play(script(), runner));
  }

  write<T>(script: () => Script<T>, deadline: number): Promise<T> {
    return this.#connected(deadline, async (runner, connection) => {
      try {
        return await this.#attempt(script, runner, connection, deadline);
      } finally {
        await this.#tidy(runner, connection, this.#dialect.restore);
      }
    });
  }

  async #attempt<T>(
    script: () => Script<T>,
    runner: QueryRunner,
    connection: unknown,
    deadline: number,
    left = attempts,
  ): Promise<T> {
    try {
      return await this.#transaction(script(), runner, deadline);
    } catch (error) {
      await this.#tidy(runner, connection, ['ROLLBACK']);
      if (left === 1 || !isConflict(error)) throw error;
      return this.#attempt(script, runner, connection, deadline, left - 1);
    }
  }

  async #transaction<T>(script: Script<T>, runner: QueryRunner, deadline: number): Promise<T> {
    for (const text of this.#dialect.begin(deadline - performance.now())) await runner.query(text);
    const answer = await play(script, runner);
    demandInTime(deadline);
    await runner.query('COMMIT');
    return answer;
  }

  /** Nobody else may get a connection that is not as it was. */
  async #tidy(runner: QueryRunner, connection: unknown, texts: readonly string[]): Promise<void> {
    try {
      for (const text of texts) await runner.query(text);
    } catch {
      this.#dialect.destroy(connection);
    }
  }

  /** Whoever waits gets an answer at the deadline; a connection that has none until then is given up. */
  async #connected<T>(
    deadline: number,
    work: (runner: QueryRunner, connection: unknown) => Promise<T>,
  ): Promise<T> {
    // Replicas lag behind: what was revoked must be dead at once.
    const runner = this.#dataSource.createQueryRunner('master');
    let connection: unknown;
    const working = async () => {
      connection = await runner.connect();
      try {
        demandInTime(deadline);
        return await work(runner, connection);
      } finally {
        await runner.release();
      }
    };
    try {
      return await within(deadline - performance.now(), working());
    } catch (error) {
      if (error instanceof TimeoutError && connection !== undefined) this.#dialect.destroy(connection);
      throw error;
    }
  }
}

async function play<T>(script: Script<T>, runner: QueryRunner): Promise<T> {
  let step = script.next();
  while (step.done !== true) {
    const { text, parameters } = step.value;
    const { records, affected = 0 } = await runner.query(text, [...parameters], true);
    step = script.next({ rows: records, affected });
  }
  return step.value;
}

function isConflict(error: unknown): boolean {
  const { driverError } = error as { driverError?: { code?: unknown } };
  return conflicts.includes(driverError?.code);
}
