import { standard, wholeMilliseconds, type Connected, type ServerDialect } from './dialect';
import type { Answer, Row, Statement } from './script';

/** The part of a connection of `pg` that is used here. */
interface PgClient {
  query(text: string): Promise<readonly [limit: unknown, answer: { readonly rows: readonly Row[] }]>;
  end(): Promise<void>;
}

export const postgres: ServerDialect = {
  ...standard,
  placeholder: (position) => `$${String(position)}`,
  clock: 'CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)',
  // Read-only transactions are how an administrator stops the writes before a switch-over.
  isPrimary: `NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'`,
  begin: (left) => {
    const milliseconds = String(wholeMilliseconds(left));
    // One round trip: without parameters, pg sends all of it at once.
    return [
      `START TRANSACTION ISOLATION LEVEL READ COMMITTED;
      SET LOCAL statement_timeout = ${milliseconds};
      SET LOCAL idle_in_transaction_session_timeout = ${milliseconds}`,
    ];
  },
  // Too late, it divides by zero, and nothing after it is executed.
  commit: (left) => {
    const limit = `transaction_timestamp() + interval '${String(wholeMilliseconds(left))} milliseconds'`;
    return `SELECT 1 / CAST(clock_timestamp() < ${limit} AS integer) AS in_time; COMMIT`;
  },
  restore: [],
  read: readAtOnce,
  destroy: (connection) => {
    // With a query in progress, pg closes the socket without a message.
    void (connection as PgClient).end();
  },
};

/**
 * A limit for one statement has to precede it, and only a message without parameters can have two statements. They
 * are one transaction. TypeORM drops the rows of such a message, so this uses the driver directly.
 */
async function readAtOnce(connected: Connected, statement: Statement, left: number): Promise<Answer> {
  // In steps: statistics of statements shall not get an entry for each millisecond.
  const limit = Math.ceil(wholeMilliseconds(left) / 100) * 100;
  const text = `SET LOCAL statement_timeout = ${String(limit)}; ${withLiterals(statement)}`;
  connected.logger.logQuery(text, [], connected.runner);
  const [, answer] = await (connected.connection as PgClient).query(text);
  return { rows: answer.rows, affected: 0 };
}

function withLiterals({ text, parameters }: Statement): string {
  return text.replace(/\$(\d+)/g, (_, position: string) => literal(parameters[Number(position) - 1]));
}

/** The parameters of a read are numbers and hashes, so there is nothing to quote. */
function literal(parameter: unknown): string {
  if (Number.isSafeInteger(parameter)) return String(parameter);
  if (typeof parameter === 'string' && /^[0-9a-f]*$/.test(parameter)) return `'${parameter}'`;
  throw new TypeError('only whole numbers and hashes can be written into a statement');
}
