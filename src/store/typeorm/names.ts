import type { DataSource } from 'typeorm';
import { ConfigurationError } from '../../errors/errors';
import { tokenStoreEntities } from './entities';

/** How the tables and columns are called in a DataSource: prefix, schema and naming strategy are the user's. */
export interface Names {
  /** @param entity such as `JwtSession` */
  readonly tablePath: (entity: string) => string;
  /** @param property such as `expiresAt`; it has the same name in every table */
  readonly column: (property: string) => string;
}

/** @throws {@link ConfigurationError} when the DataSource does not know the entities */
export function namesIn(dataSource: DataSource): Names {
  const metadata = tokenStoreEntities.map((entity) => {
    if (!dataSource.hasMetadata(entity)) throw withoutEntities();
    return dataSource.getMetadata(entity);
  });
  const tables = Object.fromEntries(metadata.map(({ name, tablePath }) => [name, tablePath]));
  const columns = Object.fromEntries(
    metadata.flatMap((table) =>
      table.columns.map(({ propertyName, databaseName }) => [propertyName, databaseName]),
    ),
  );
  return {
    tablePath: (entity) => String(tables[entity]),
    column: (property) => String(columns[property]),
  };
}

/** What is wrong when the entities are not there. */
export function withoutEntities(): ConfigurationError {
  return new ConfigurationError(
    "TypeOrmTokenStore: the DataSource has no tables of the token store. Add ...tokenStoreEntities to its 'entities'",
  );
}
