import { setImmediate } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { ConfigurationError } from '../../errors/errors';
import { systemClock, unixSeconds } from '../../util/clock';
import { readOptions } from '../../util/options';
import type { OnceEvent, OnceStore } from '../once-store';
import type {
  LoginLimits,
  LoginResult,
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  SessionPage,
  StoreLimits,
  TokenRevocation,
  TokenStore,
} from '../token-store';
import { checkDataSource, databaseFor, dialectFor } from './data-source';
import { hashFor, type Hash } from './hash';
import { createTables } from './migration';
import { Purger } from './purger';
import { forgetBatch } from './purging';
import type { Database, Script } from './script';
import { statementsFor, type Statements } from './statements';
import * as verbs from './verbs';

/**
 * The options of a {@link TypeOrmTokenStore}.
 *
 * @example
 * ```ts
 * const store = new TypeOrmTokenStore(dataSource, { prefix: 'shop' });
 * ```
 */
export interface TypeOrmTokenStoreOptions {
  /**
   * Applications that share the tables need different prefixes. No application then sees the sessions of another.
   * @default no prefix
   */
  readonly prefix?: string | undefined;
}

const millisecondsWithoutLimits = 3_600_000;
const firstPage: SessionPage = { limit: 100 };

/**
 * A token store in a SQL database: PostgreSQL, MySQL, MariaDB, or SQLite by `better-sqlite3` or `sql.js`. Every
 * process that shares the database shares the sessions, and they survive a restart.
 *
 * You bring the DataSource. Add {@link tokenStoreEntities} to its `entities`, create the tables with {@link
 * tokenStoreMigrations} or `synchronize`, and initialize it before the first request. The store shares its pool with
 * your application. Each call uses one connection for a few round trips.
 *
 * - If the database does not respond within the manager's `storeTimeout`, the call fails and its connection is
 *   closed. Opening a connection is limited by the driver: set `connectTimeoutMS` for PostgreSQL, which has no limit
 *   by default. (MySQL and MariaDB: `connectTimeout`, 10 seconds by default.)
 * - MySQL and MariaDB: with `synchronize`, texts use the character set of the database, which must be `utf8mb4`. The
 *   migration sets it itself.
 * - SQLite has one connection for each DataSource. While your application has a transaction open on it, the store
 *   waits, and the response is 503 after `storeTimeout`. Inside of that transaction, calls of the store cannot
 *   succeed. So give the store a DataSource of its own. If several processes share a file, set `timeout` below the
 *   `storeTimeout` as well: while `better-sqlite3` waits for another process, nothing else runs.
 * - Expired rows are deleted a few at a time after logins. {@link TypeOrmTokenStore.purgeExpired} deletes all of
 *   them.
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
 * ```
 */
export class TypeOrmTokenStore implements TokenStore, OnceStore {
  readonly #dataSource: DataSource;
  readonly #database: Database;
  readonly #purger: Purger;
  readonly #hash: Hash;
  #statements: Statements | undefined;

  /**
   * @param dataSource may be initialized later, but before the first request
   * @throws ConfigurationError when it is no DataSource, not of a supported type, or does not know the entities
   */
  constructor(dataSource: DataSource, options: TypeOrmTokenStoreOptions = {}) {
    checkDataSource(dataSource);
    const { prefix } = readOptions('TypeOrmTokenStore', options, ['prefix']);
    this.#dataSource = dataSource;
    this.#database = databaseFor(dataSource);
    this.#purger = new Purger(this.#database);
    this.#hash = hashFor(checkPrefix(prefix));
  }

  async createSession(session: Session, limits?: Partial<StoreLimits> & LoginLimits): Promise<LoginResult> {
    const result = await this.#write((tools) => verbs.createSession(tools, session, limits), limits);
    this.#purger.alongside(this.#tools().sql, session.createdAt);
    return result;
  }

  async findSession(
    sessionId: string,
    now: number,
    limits?: Partial<StoreLimits>,
  ): Promise<Session | undefined> {
    return this.#read((tools) => verbs.findSession(tools, sessionId, now), limits);
  }

  async rotateSession(rotation: Rotation, limits?: Partial<StoreLimits>): Promise<RotationResult> {
    return this.#write((tools) => verbs.rotateSession(tools, rotation), limits);
  }

  async revokeSession(
    sessionId: string,
    now: number,
    limits?: Partial<StoreLimits> & { readonly subject?: string | undefined },
  ): Promise<boolean> {
    return this.#write((tools) => verbs.revokeSession(tools, sessionId, now, limits?.subject), limits);
  }

  async revokeSubject(
    subject: string,
    now: number,
    options?: RevokeSubjectOptions,
    limits?: Partial<StoreLimits>,
  ): Promise<void> {
    await this.#write((tools) => verbs.revokeSubject(tools, subject, now, options), limits);
  }

  /** Deletes 500 sessions at a time. Where the deadline comes first, the next call goes on with the rest. */
  async forgetSubject(
    subject: string,
    now: number,
    options: Pick<RevokeSubjectOptions, 'notBefore' | 'keepUntil'> = {},
    limits?: Partial<StoreLimits>,
  ): Promise<void> {
    const { notBefore, keepUntil } = options;
    const revoke = { notBefore, keepUntil };
    const epoch = await this.#write((tools) => verbs.revokeSubject(tools, subject, now, revoke), limits);
    while (await this.#write((tools) => forgetBatch(tools, subject, epoch), limits)) await setImmediate();
  }

  async listSessions(
    subject: string,
    now: number,
    page = firstPage,
    limits?: Partial<StoreLimits>,
  ): Promise<Session[]> {
    return this.#read((tools) => verbs.listSessions(tools, subject, now, page), limits);
  }

  async revokeToken(revocation: TokenRevocation, limits?: Partial<StoreLimits>): Promise<void> {
    await this.#write((tools) => verbs.revokeToken(tools, revocation), limits);
    this.#purger.alongside(this.#tools().sql, revocation.now);
  }

  async remember(event: OnceEvent, limits?: Partial<StoreLimits>): Promise<boolean> {
    const isNews = await this.#write((tools) => verbs.remember(tools, event), limits);
    this.#purger.alongside(this.#tools().sql, event.now);
    return isNews;
  }

  /** One statement, in one round trip. */
  async isRevoked(token: RevocationQuery, limits?: Partial<StoreLimits>): Promise<boolean> {
    return this.#read((tools) => verbs.isRevoked(tools, token), limits);
  }

  /**
   * Creates the tables that are missing. Any number of processes may do so at once, and again.
   * {@link tokenStoreMigrations} and `synchronize` are the other two ways.
   */
  async createTables(): Promise<void> {
    this.#tools();
    const runner = this.#dataSource.createQueryRunner('master');
    try {
      await createTables(runner);
    } finally {
      await runner.release();
    }
  }

  /**
   * Deletes what expired more than five minutes ago: sessions, revoked tokens, revoked subjects. It goes in batches of
   * 500 rows and one transaction each, so that no verb waits for it long. Several processes may call it at once.
   *
   * @param now Unix seconds
   * @returns how many rows were deleted
   */
  async purgeExpired(now = unixSeconds(systemClock)): Promise<number> {
    return this.#purger.purge(this.#tools().sql, now);
  }

  async #read<T>(script: (tools: verbs.Tools) => Script<T>, limits?: Partial<StoreLimits>): Promise<T> {
    const tools = this.#tools();
    return this.#database.read(() => script(tools), deadlineOf(limits));
  }

  async #write<T>(script: (tools: verbs.Tools) => Script<T>, limits?: Partial<StoreLimits>): Promise<T> {
    const tools = this.#tools();
    return this.#database.write(() => script(tools), deadlineOf(limits));
  }

  #tools(): verbs.Tools {
    if (!this.#dataSource.isInitialized) {
      throw new ConfigurationError(
        'TypeOrmTokenStore: the DataSource is not initialized. Call await dataSource.initialize() before the first request',
      );
    }
    const sql = (this.#statements ??= statementsFor(this.#dataSource, dialectFor(this.#dataSource)));
    return { sql, hash: this.#hash };
  }
}

function deadlineOf({ deadline }: Partial<StoreLimits> = {}): number {
  return deadline ?? performance.now() + millisecondsWithoutLimits;
}

function checkPrefix(prefix: unknown): string | undefined {
  if (prefix === undefined || (typeof prefix === 'string' && /^.{1,200}$/s.test(prefix))) return prefix;
  throw new ConfigurationError('TypeOrmTokenStore: prefix must be a string of 1 to 200 characters');
}
