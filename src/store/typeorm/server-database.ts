import type { DataSource } from 'typeorm';
import { TimeoutError, within } from '../../util/within';
import { runBy, type Connected, type ServerDialect } from './dialect';
import {
  demandInTime,
  demandPrimary,
  NotPrimaryError,
  type Answer,
  type Database,
  type Script,
  type Statement,
} from './script';

/** How often a transaction is begun at most. */
const attempts = 5;

/** Two transactions conflicted, and the database has ended this one: 40P01, 40001; 1213, 1020. */
const conflicts: readonly unknown[] = ['40P01', '40001', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD'];

/** The server does not write: 25006; 1290, 1836, and the subquery in `begin`. */
const rejections: readonly unknown[] = [
  '25006',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_SUBQUERY_NO_1_ROW',
];

/** PostgreSQL, MySQL and MariaDB: each script has a connection of the DataSource's pool to itself. */
export class ServerDatabase implements Database {
  readonly #dataSource: DataSource;
  readonly #dialect: ServerDialect;

  constructor(dataSource: DataSource, dialect: ServerDialect) {
    this.#dataSource = dataSource;
    this.#dialect = dialect;
  }

  read<T>(script: () => Script<T>, deadline: number): Promise<T> {
    return this.#connected(deadline, (connected) =>
      play(script(), async (statement) => {
        const answer = await this.#dialect.read(connected, statement, deadline - performance.now());
        demandPrimary(answer);
        return answer;
      }),
    );
  }

  write<T>(script: () => Script<T>, deadline: number): Promise<T> {
    return this.#connected(deadline, async (connected) => {
      try {
        return await this.#attempt(script, connected, deadline);
      } finally {
        await this.#tidy(connected, this.#dialect.restore);
      }
    });
  }

  async #attempt<T>(
    script: () => Script<T>,
    connected: Connected,
    deadline: number,
    left = attempts,
  ): Promise<T> {
    try {
      return await this.#transaction(script(), connected, deadline);
    } catch (error) {
      await this.#tidy(connected, ['ROLLBACK']);
      if (left === 1 || !conflicts.includes(codeOf(error))) throw error;
      return this.#attempt(script, connected, deadline, left - 1);
    }
  }

  async #transaction<T>(script: Script<T>, { runner }: Connected, deadline: number): Promise<T> {
    for (const text of this.#dialect.begin(deadline - performance.now())) await runner.query(text);
    // The server has begun before now, so that what it measures from then on ends before the deadline.
    const left = deadline - performance.now();
    const answer = await play(script, (statement) => runBy(runner, statement));
    demandInTime(deadline);
    await runner.query(this.#dialect.commit(left));
    return answer;
  }

  /** No other user of the pool may get a connection that is not as it was. */
  async #tidy({ runner, connection }: Connected, texts: readonly string[]): Promise<void> {
    try {
      for (const text of texts) await runner.query(text);
    } catch {
      this.#dialect.destroy(connection);
    }
  }

  /**
   * The caller gets a result or an error at the deadline. A connection that has not responded by then, or whose
   * server is not a primary, is closed.
   */
  async #connected<T>(deadline: number, work: (connected: Connected) => Promise<T>): Promise<T> {
    // Replicas lag behind, and a revocation must take effect immediately.
    const runner = this.#dataSource.createQueryRunner('master');
    let connection: unknown;
    const used = async () => {
      try {
        demandInTime(deadline);
        return await work({ runner, connection, logger: this.#dataSource.logger });
      } catch (error) {
        throw this.#leave(connection, error);
      }
    };
    const working = async () => {
      connection = await runner.connect();
      return used().finally(() => runner.release());
    };
    try {
      return await within(deadline - performance.now(), working());
    } catch (error) {
      if (error instanceof TimeoutError && connection !== undefined) this.#dialect.destroy(connection);
      throw error;
    }
  }

  /** Closes a connection whose server has become a replica. @returns what the caller is told */
  #leave(connection: unknown, error: unknown): unknown {
    if (!isFromReplica(error)) return error;
    this.#dialect.destroy(connection);
    return new NotPrimaryError();
  }
}

async function play<T>(script: Script<T>, run: (statement: Statement) => Promise<Answer>): Promise<T> {
  let step = script.next();
  while (step.done !== true) step = script.next(await run(step.value));
  return step.value;
}

function isFromReplica(error: unknown): boolean {
  return error instanceof NotPrimaryError || rejections.includes(codeOf(error));
}

function codeOf(error: unknown): unknown {
  return (error as { driverError?: { code?: unknown } }).driverError?.code;
}
