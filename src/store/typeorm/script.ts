/** A row as the driver hands it over. */
export type Row = Readonly<Record<string, unknown>>;

/** One statement and what belongs in its places. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** What the database answers to a statement. */
export interface Answer {
  readonly rows: readonly Row[];
  /** How many rows it has written. */
  readonly affected: number;
}

/**
 * A verb, statement by statement. It does not say how they are run: over a network with waiting in between, or on
 * SQLite in one go, so that nothing of the application's comes in between on the one connection that there is.
 */
export type Script<T> = Generator<Statement, T, Answer>;

/** Where scripts are run. */
export interface Database {
  /** Runs a script that only reads. */
  read<T>(script: () => Script<T>, deadline: number): Promise<T>;
  /**
   * Runs a script in a transaction of its own. It is committed when the promise is resolved; when the deadline comes
   * first nothing of it takes effect. The script is run again when the database asks for that.
   */
  write<T>(script: () => Script<T>, deadline: number): Promise<T>;
}

/** Nothing may take effect any more. */
export class LateError extends Error {
  override readonly name = 'LateError';
}

/** @throws LateError when the deadline has passed */
export function demandInTime(deadline: number): void {
  if (performance.now() >= deadline) throw new LateError('the deadline of the store verb has passed');
}
