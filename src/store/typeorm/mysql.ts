import { runBy, standard, wholeMilliseconds, type ServerDialect } from './dialect';

const isPrimary = `CONCAT(@@global.read_only) IN ('0', 'OFF')`;

/** MySQL and MariaDB. What is between `/*M!` and the end of the comment is for MariaDB alone. */
export const mysql: ServerDialect = {
  ...standard,
  // mysql2 writes parameters into the statement by itself, and quotes texts in a way that not every sql_mode reads.
  text: (placeholder) => `CONVERT(UNHEX(${placeholder}) USING utf8mb4)`,
  encode: (text) => Buffer.from(text).toString('hex'),
  onConflict: () => 'ON DUPLICATE KEY UPDATE',
  insertNew: 'INSERT IGNORE INTO',
  unlessPresent: '',
  clock: `(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)`,
  isPrimary,
  begin: (left) => {
    const seconds = String(Math.max(1, Math.ceil(left / 1000)));
    return [
      // Not on a primary, a subquery with two rows is an error. It costs no round trip, and users who may write on a
      // server that is read-only also get an error.
      `SET @jwt_primary = IF(${isPrimary}, 1, (SELECT 1 UNION SELECT 2)), @jwt_begun = UTC_TIMESTAMP(6),
      @jwt_wait = CAST(COALESCE(@jwt_wait, @@SESSION.wait_timeout) AS UNSIGNED),
      @jwt_lock_wait = CAST(COALESCE(@jwt_lock_wait, @@SESSION.innodb_lock_wait_timeout) AS UNSIGNED),
      @jwt_table_wait = CAST(COALESCE(@jwt_table_wait, @@SESSION.lock_wait_timeout) AS UNSIGNED),
      /*M! @jwt_statement = COALESCE(@jwt_statement, @@SESSION.max_statement_time) + 0E0,
      SESSION max_statement_time = ${inSeconds(left)}, */
      SESSION wait_timeout = ${seconds}, SESSION innodb_lock_wait_timeout = ${seconds},
      SESSION lock_wait_timeout = ${seconds}`,
      'SET TRANSACTION ISOLATION LEVEL READ COMMITTED',
      'START TRANSACTION',
    ];
  },
  commit: (left) => {
    const age = 'TIMESTAMPDIFF(MICROSECOND, @jwt_begun, UTC_TIMESTAMP(6))';
    const limit = String(wholeMilliseconds(left) * 1000);
    return `/*M! BEGIN NOT ATOMIC IF ${age} >= ${limit} THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the deadline of the store verb has passed'; END IF; */
      COMMIT /*M! ; END */`;
  },
  // Emptied at the end alone: a transaction that is begun again must not take its own limits for the application's.
  restore: [
    `SET /*M! SESSION max_statement_time = @jwt_statement + 0E0, @jwt_statement = NULL, */
      SESSION wait_timeout = @jwt_wait, SESSION innodb_lock_wait_timeout = @jwt_lock_wait,
      SESSION lock_wait_timeout = @jwt_table_wait,
      @jwt_wait = NULL, @jwt_lock_wait = NULL, @jwt_table_wait = NULL`,
  ],
  read: ({ runner }, { text, parameters }, left) => {
    const hint = `/*+ MAX_EXECUTION_TIME(${String(wholeMilliseconds(left))}) */`;
    const limit = `/*M! SET STATEMENT max_statement_time = ${inSeconds(left)} FOR */`;
    return runBy(runner, { text: text.replace(/^SELECT/, `${limit} SELECT ${hint}`), parameters });
  },
  destroy: (connection) => {
    const { stream } = connection as { stream: { destroy(): void } };
    // By itself, destroy() of mysql2 sends a message and waits for a response. It removes the connection from the
    // pool.
    stream.destroy();
    (connection as { destroy(): void }).destroy();
  },
};

function inSeconds(milliseconds: number): string {
  return (wholeMilliseconds(milliseconds) / 1000).toFixed(3);
}
