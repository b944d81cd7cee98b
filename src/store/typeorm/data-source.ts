import type { DataSource, DataSourceOptions } from 'typeorm';
import { ConfigurationError } from '../../errors/errors';
import { sqlite, type Dialect, type ServerDialect } from './dialect';
import { tokenStoreEntities } from './entities';
import { mysql } from './mysql';
import { namesIn, withoutEntities } from './names';
import { postgres } from './postgres';
import type { Database } from './script';
import { ServerDatabase } from './server-database';
import { SqliteDatabase } from './sqlite-database';

const servers: Readonly<Record<string, ServerDialect>> = { postgres, mysql, mariadb: mysql };
const files = ['better-sqlite3', 'sqljs'];

/**
 * @throws {@link ConfigurationError} when it is no DataSource, not of a supported type, or does not know the entities
 */
export function checkDataSource(dataSource: unknown): asserts dataSource is DataSource {
  if (!isDataSource(dataSource)) {
    throw new ConfigurationError('TypeOrmTokenStore: dataSource must be a DataSource of TypeORM');
  }
  const { options } = dataSource;
  const types = [...Object.keys(servers), ...files];
  if (!types.includes(options.type)) {
    throw new ConfigurationError(
      `TypeOrmTokenStore: the type of the DataSource must be one of ${types.join(', ')}, not '${options.type}'`,
    );
  }
  if (dataSource.isInitialized) namesIn(dataSource);
  else if (lacksEntities(options)) throw withoutEntities();
}

/** Where scripts are run. */
export function databaseFor(dataSource: DataSource): Database {
  const dialect = servers[dataSource.options.type];
  if (!dialect) return new SqliteDatabase(dataSource);
  if (hangsForEver(dataSource.options)) {
    process.emitWarning(
      'TypeOrmTokenStore: set connectTimeoutMS of the DataSource. Without it, a connection attempt without a response occupies the pool forever.',
      { type: 'JwtStoreWarning' },
    );
  }
  return new ServerDatabase(dataSource, dialect);
}

/** The form of statements for the DataSource. */
export function dialectFor({ options: { type } }: DataSource): Dialect {
  return servers[type] ?? sqlite;
}

function isDataSource(value: unknown): value is DataSource {
  const { options, createQueryRunner } = (value ?? {}) as Partial<DataSource>;
  return typeof options?.type === 'string' && typeof createQueryRunner === 'function';
}

/** What a file pattern finds is not known before the DataSource is initialized. */
function lacksEntities({ entities = [] }: DataSourceOptions): boolean {
  const given: unknown[] = Object.values(entities);
  if (given.some((entity) => typeof entity === 'string')) return false;
  return !tokenStoreEntities.every((entity) => given.includes(entity));
}

function hangsForEver(options: DataSourceOptions): boolean {
  if (options.type !== 'postgres') return false;
  const { connectionTimeoutMillis } = (options.extra ?? {}) as { connectionTimeoutMillis?: unknown };
  return !(options.connectTimeoutMS ?? connectionTimeoutMillis);
}
