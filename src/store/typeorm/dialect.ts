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
   * The server gives up when the client does, even when it hears nothing more from it: no lock outlives the verb by
   * much, and a COMMIT that was held up on its way comes too late.
   *
   * @param left milliseconds that it may last
   */
  readonly begin: (left: number) => readonly string[];
  /** Takes back what would outlast the transaction. */
  readonly restore: readonly string[];
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
  begin: (left) => {
    const milliseconds = String(Math.max(1, Math.ceil(left)));
    // One round trip: without parameters, pg sends all of it at once.
    return [
      `START TRANSACTION ISOLATION LEVEL READ COMMITTED;
      SET LOCAL statement_timeout = ${milliseconds};
      SET LOCAL idle_in_transaction_session_timeout = ${milliseconds}`,
    ];
  },
  restore: [],
  destroy: (connection) => {
    // With a query under way pg does not say goodbye; it closes the socket.
    void (connection as { end(): Promise<void> }).end();
  },
};

export const mysql: ServerDialect = {
  ...standard,
  onConflict: () => 'ON DUPLICATE KEY UPDATE',
  begin: (left) => {
    const seconds = String(Math.max(1, Math.ceil(left / 1000)));
    return [
      `SET @jwt_wait = CAST(COALESCE(@jwt_wait, @@SESSION.wait_timeout) AS UNSIGNED),
      @jwt_lock_wait = CAST(COALESCE(@jwt_lock_wait, @@SESSION.innodb_lock_wait_timeout) AS UNSIGNED),
      SESSION wait_timeout = ${seconds}, SESSION innodb_lock_wait_timeout = ${seconds}`,
      'SET TRANSACTION ISOLATION LEVEL READ COMMITTED',
      'START TRANSACTION',
    ];
  },
  // Emptied at the end alone: a transaction that is begun again must not take its own limits for the application's.
  restore: [
    `SET SESSION wait_timeout = @jwt_wait, SESSION innodb_lock_wait_timeout = @jwt_lock_wait,
      @jwt_wait = NULL, @jwt_lock_wait = NULL`,
  ],
  destroy: (connection) => {
    // mysql2's own destroy() says goodbye and waits for an answer.
    (connection as { stream: { destroy(): void } }).stream.destroy();
  },
};
