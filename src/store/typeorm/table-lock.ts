import type { QueryRunner } from 'typeorm';

/** The first eight bytes of SHA-256 of the package's name: no other program takes this lock by chance. */
const key = '7605342595381091670';
const name = 'routing-controllers-jwt';
const seconds = 60;

/** Does something that only one process may do at a time. SQLite locks its file by itself. */
export async function alone(runner: QueryRunner, type: string, work: () => Promise<void>): Promise<void> {
  if (type === 'postgres') return inTransaction(runner, work);
  if (type !== 'mysql' && type !== 'mariadb') return work();
  await runner.query(`SELECT GET_LOCK('${name}', ${String(seconds)})`);
  try {
    await work();
  } finally {
    await runner.query(`SELECT RELEASE_LOCK('${name}')`);
  }
}

/** In a transaction the tables are seen by others at its end only, and so long the lock stays. */
async function inTransaction(runner: QueryRunner, work: () => Promise<void>): Promise<void> {
  const isOurs = !runner.isTransactionActive;
  if (isOurs) await runner.startTransaction();
  try {
    await runner.query(`SELECT pg_advisory_xact_lock(${key})`);
    await work();
    if (isOurs) await runner.commitTransaction();
  } catch (error) {
    if (isOurs) await runner.rollbackTransaction();
    throw error;
  }
}
