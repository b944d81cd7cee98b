import type { QueryRunner } from 'typeorm';

/** The first eight bytes of SHA-256 of the package's name: no other program takes this lock by chance. */
const key = '7605342595381091670';
const name = 'routing-controllers-jwt';
const seconds = 60;

/** Does something that only one process may do at a time. SQLite locks its file by itself. */
export async function alone(runner: QueryRunner, type: string, work: () => Promise<void>): Promise<void> {
  // In a transaction the tables are seen by others at its end only, and so long the lock has to stay.
  if (type === 'postgres' && runner.isTransactionActive) {
    await runner.query(`SELECT pg_advisory_xact_lock(${key})`);
    return work();
  }
  const locks = locksFor(type);
  await runner.query(locks[0]);
  try {
    await work();
  } finally {
    await runner.query(locks[1]);
  }
}

function locksFor(type: string): readonly [take: string, release: string] {
  if (type === 'postgres') return [`SELECT pg_advisory_lock(${key})`, `SELECT pg_advisory_unlock(${key})`];
  if (type === 'mysql' || type === 'mariadb') {
    return [`SELECT GET_LOCK('${name}', ${String(seconds)})`, `SELECT RELEASE_LOCK('${name}')`];
  }
  return ['SELECT 1', 'SELECT 1'];
}
