/** What one database says otherwise than another. */
export interface Dialect {
  readonly placeholder: (position: number) => string;
  /** Ends a SELECT whose row is to stay as it is until the end of the transaction. */
  readonly forUpdate: string;
  /** Begins what an INSERT changes in the row that is there already. */
  readonly onConflict: (key: string) => string;
}

/** A database of its own process, which is talked to over connections of a pool. */
export interface ServerDialect extends Dialect {
  /**
   * Begins a transaction that reads what is committed: waiting for a row and then deciding on an older snapshot would
   * be a lie, and locks on gaps would deadlock.
   *
   * @param left milliseconds that it may last
   */
  readonly begin: (left: number) => readonly string[];
  /** Closes a connection that does not answer, so that the pool makes a new one. */
  readonly destroy: (connection: unknown) => void;
}

const standard = {
  placeholder: () => '?',
  forUpdate: ' FOR UPDATE',
  onConflict: (key: string) => `ON CONFLICT ("${key}") DO UPDATE SET`,
};

export const sqlite: Dialect = { ...standard, forUpdate: '' };

export const postgres: ServerDialect = {
  ...standard,
  placeholder: (position) => `$${String(position)}`,
  begin: (left) => [['START TRANSACTION ISOLATION LEVEL READ COMMITTED', ...timeouts(left)].join('; ')],
  destroy: (connection) => {
    // With a query under way pg does not say goodbye; it closes the socket.
    void (connection as { end(): Promise<void> }).end();
  },
};

export const mysql: ServerDialect = {
  ...standard,
  onConflict: () => 'ON DUPLICATE KEY UPDATE',
  begin: () => ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'START TRANSACTION'],
  destroy: (connection) => {
    // mysql2's own destroy() says goodbye and waits for an answer.
    (connection as { stream: { destroy(): void } }).stream.destroy();
  },
};

/**
 * The server gives up when the client does, even when it hears nothing more from it: a lock does not outlive the verb,
 * and a COMMIT that was held up on its way comes too late.
 */
function timeouts(left: number): string[] {
  if (left === Infinity) return [];
  const milliseconds = String(Math.max(1, Math.ceil(left)));
  return ['statement_timeout', 'idle_in_transaction_session_timeout'].map(
    (name) => `SET LOCAL ${name} = ${milliseconds}`,
  );
}
