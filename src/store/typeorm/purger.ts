import { setImmediate } from 'node:timers/promises';
import { systemClock, unixSeconds } from '../../util/clock';
import { batchSize, type Purge } from './purge-statements';
import { expiredKeys, removeExpired } from './purging';
import type { Database } from './script';
import type { Statements } from './statements';

/** Rows stay so many seconds longer than their tokens: a manager may tolerate clocks that differ. */
const slack = 300;
const millisecondsPerBatch = 10_000;
/** A batch of expired rows is deleted with one of so many verbs that add rows. */
const verbsPerPurge = 16;

/** Deletes expired rows in batches. */
export class Purger {
  readonly #database: Database;
  #added = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Deletes everything that expired some time ago. Returns the number of rows. */
  async purge({ purges }: Statements, now: number): Promise<number> {
    let total = 0;
    for (const purge of purges) {
      let found = batchSize;
      while (found === batchSize) {
        const batch = await this.#batch(purge, now - slack);
        found = batch.found;
        total += batch.deleted;
        await setImmediate();
      }
    }
    return total;
  }

  /** A row was added. Now and then a batch of expired ones is deleted for it, without the caller waiting. */
  alongside(statements: Statements, now: number): void {
    if (this.#added++ % verbsPerPurge !== 0) return;
    // Neither a caller nor a process whose clock is ahead ends what others still use.
    const before = Math.min(now, unixSeconds(systemClock)) - slack;
    this.#some(statements, before).catch(ignore);
  }

  async #some({ purges }: Statements, before: number): Promise<void> {
    for (const purge of purges) await this.#batch(purge, before);
  }

  async #batch(purge: Purge, before: number): Promise<{ found: number; deleted: number }> {
    const deadline = performance.now() + millisecondsPerBatch;
    const keys = await this.#database.read(() => expiredKeys(purge, before), deadline);
    if (keys.length === 0) return { found: 0, deleted: 0 };
    const deleted = await this.#database.write(() => removeExpired(purge, keys, before), deadline);
    return { found: keys.length, deleted };
  }
}

function ignore(): void {
  // The rows stay until the next time. Other calls report a database that fails.
}
