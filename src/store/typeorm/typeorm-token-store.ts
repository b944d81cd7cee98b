import { setImmediate } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { ConfigurationError } from '../../errors';
import { systemClock, unixSeconds } from '../../util/clock';
import type {
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  StoreLimits,
  TokenStore,
} from '../token-store';
import { checkDataSource, databaseFor, dialectFor } from './data-source';
import type { Database } from './script';
import { batchSize, statementsFor, type Statements } from './statements';
import * as verbs from './verbs';

/** Rows stay so many seconds longer than their tokens: a manager may tolerate clocks that differ. */
const slack = 300;
const millisecondsPerBatch = 10_000;
const millisecondsWithoutLimits = 3_600_000;

/**
 * A token store in a SQL database: PostgreSQL, MySQL, MariaDB, or SQLite by `better-sqlite3` or `sql.js`. Every process
 * that shares the database shares the sessions, and they survive a restart.
 *
 * The DataSource is the application's: it has {@link tokenStoreEntities} among its `entities`, the tables come from
 * {@link tokenStoreMigrations} or `synchronize`, and it is initialized before the first request. Its pool is shared
 * with the application; each verb takes one connection for a few round trips.
 *
 * - What does not answer within the manager's `storeTimeout` is given up, and its connection is closed. A connection
 *   that is only being made is the driver's to give up: set `connectTimeoutMS` for PostgreSQL, which knows no limit of
 *   its own. (MySQL and MariaDB: `connectTimeout`, 10 seconds unless you say otherwise.)
 * - MySQL and MariaDB: with `synchronize` the texts take the character set of the database. It must be `utf8mb4`; the
 *   migration sees to that by itself.
 * - SQLite has one connection for each DataSource. While the application has a transaction open on it, the store waits,
 *   and at the `storeTimeout` it answers 503: inside of that transaction, its own calls are never answered. So give the
 *   store a DataSource of its own there. Where several processes share a file, set `timeout` below the `storeTimeout`
 *   as well: while `better-sqlite3` waits for another process, nothing else runs.
 * - Nothing is deleted by itself: call {@link TypeOrmTokenStore.purgeExpired} now and then.
 *
 * @example
 * ```ts
 * import { DataSource } from 'typeorm';
 * import { JwtManager } from 'routing-controllers-jwt';
 * import { TypeOrmTokenStore, tokenStoreEntities, tokenStoreMigrations } from 'routing-controllers-jwt/typeorm';
 *
 * const dataSource = new DataSource({
 *   type: 'postgres',
 *   url: process.env.DATABASE_URL,
 *   connectTimeoutMS: 2000,
 *   entities: [...tokenStoreEntities],
 *   migrations: [...tokenStoreMigrations],
 *   migrationsRun: true,
 * });
 * const store = new TypeOrmTokenStore(dataSource);
 * const jwtManager = new JwtManager({ secret: process.env.JWT_SECRET_KEY, store });
 *
 * await dataSource.initialize();
 * setInterval(() => void store.purgeExpired().catch(console.error), 3_600_000).unref();
 * ```
 */
export class TypeOrmTokenStore implements TokenStore {
  readonly #dataSource: DataSource;
  readonly #database: Database;
  #statements: Statements | undefined;

  /**
   * @param dataSource may be initialized later, but before the first request
   * @throws ConfigurationError when it is no DataSource, not of a supported type, or does not know the entities
   */
  constructor(dataSource: DataSource) {
    checkDataSource(dataSource);
    this.#dataSource = dataSource;
    this.#database = databaseFor(dataSource);
  }

  async createSession(session: Session, limits?: StoreLimits): Promise<void> {
    const sql = this.#sql();
    await this.#database.write(() => verbs.createSession(sql, session), deadlineOf(limits));
  }

  async rotateSession(rotation: Rotation, limits?: StoreLimits): Promise<RotationResult> {
    const sql = this.#sql();
    return this.#database.write(() => verbs.rotateSession(sql, rotation), deadlineOf(limits));
  }

  async revokeSession(sessionId: string, now: number, limits?: StoreLimits): Promise<boolean> {
    const sql = this.#sql();
    return this.#database.write(() => verbs.revokeSession(sql, sessionId, now), deadlineOf(limits));
  }

  async revokeSubject(
    subject: string,
    now: number,
    options?: RevokeSubjectOptions,
    limits?: StoreLimits,
  ): Promise<void> {
    const sql = this.#sql();
    await this.#database.write(() => verbs.revokeSubject(sql, subject, now, options), deadlineOf(limits));
  }

  async listSessions(subject: string, now: number, limits?: StoreLimits): Promise<Session[]> {
    const sql = this.#sql();
    return this.#database.read(() => verbs.listSessions(sql, subject, now), deadlineOf(limits));
  }

  async revokeToken(jti: string, expiresAt: number, limits?: StoreLimits): Promise<void> {
    const sql = this.#sql();
    await this.#database.write(() => verbs.revokeToken(sql, jti, expiresAt), deadlineOf(limits));
  }

  /** One statement, without a transaction. */
  async isRevoked(token: RevocationQuery, limits?: StoreLimits): Promise<boolean> {
    const sql = this.#sql();
    return this.#database.read(() => verbs.isRevoked(sql, token), deadlineOf(limits));
  }

  /**
   * Deletes what has been over for five minutes: sessions, revoked tokens, revoked subjects. It goes in batches of 500
   * rows and one transaction each, so that nobody waits for it long; several processes may call it at once.
   *
   * @param now Unix seconds
   * @returns how many rows were deleted
   */
  async purgeExpired(now = unixSeconds(systemClock)): Promise<number> {
    let total = 0;
    for (const purge of this.#sql().purges) {
      let found = batchSize;
      while (found === batchSize) {
        const batch = await this.#purgeBatch(purge, now - slack);
        found = batch.found;
        total += batch.deleted;
        await setImmediate();
      }
    }
    return total;
  }

  #purgeBatch(purge: Statements['purges'][number], before: number): Promise<verbs.PurgedBatch> {
    const deadline = performance.now() + millisecondsPerBatch;
    return this.#database.write(() => verbs.purgeBatch(purge, before), deadline);
  }

  #sql(): Statements {
    if (!this.#dataSource.isInitialized) {
      throw new ConfigurationError('await dataSource.initialize() before the first request');
    }
    return (this.#statements ??= statementsFor(this.#dataSource, dialectFor(this.#dataSource)));
  }
}

function deadlineOf(limits: StoreLimits | undefined): number {
  return limits?.deadline ?? performance.now() + millisecondsWithoutLimits;
}
