/** A row as the driver returns it. */
export type Row = Readonly<Record<string, unknown>>;

/** One statement and its parameters. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** The result of a statement. */
export interface Answer {
  readonly rows: readonly Row[];
  /** How many rows it has written. */
  readonly affected: number;
}

/**
 * A verb, statement by statement. How they are run is left open: over a network with waiting in between, or on SQLite
 * in one go, so that nothing of the application comes in between on the one connection that there is.
 */
export type Script<T> = Generator<Statement, T, Answer>;

/** Where scripts are run. */
export interface Database {
  /** Runs a script of one SELECT, whose column `primary` proves that a primary responded. */
  read<T>(script: () => Script<T>, deadline: number): Promise<T>;
  /**
   * Runs a script in a transaction of its own. It is committed when the promise resolves. If the deadline comes
   * first, nothing of it takes effect. The script is run again if the database requires it.
   */
  write<T>(script: () => Script<T>, deadline: number): Promise<T>;
}

/** Nothing may take effect any more. */
export class LateError extends Error {
  override readonly name = 'LateError';
}

/** The server is not, or no longer, the one that is written to. */
export class NotPrimaryError extends Error {
  override readonly name = 'NotPrimaryError';
  override readonly message = 'the database server is not the primary';
}

/** @throws LateError when the deadline has passed */
export function demandInTime(deadline: number): void {
  if (performance.now() >= deadline) throw new LateError('the deadline of the store verb has passed');
}

/** @throws NotPrimaryError unless the result comes from a primary */
export function demandPrimary({ rows }: Answer): void {
  const primary = rows[0]?.['primary'];
  if (primary !== true && Number(primary) !== 1) throw new NotPrimaryError();
}
