import {
  Table,
  type DataSource,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
} from 'typeorm';
import { namesIn } from './names';

const hash = { type: 'varchar', length: '64' };
const whole = { type: 'bigint' };
const text = (length: number) => ({ type: 'varchar', length: String(length) });
const primary = { isPrimary: true };
const nullable = { isNullable: true };

type Columns = Readonly<Record<string, Omit<TableColumnOptions, 'name'>>>;

/** As the tables were in the first version: a later version of the entities comes with a migration of its own. */
const tables: Readonly<Record<string, { readonly columns: Columns; readonly indices: readonly string[] }>> = {
  JwtSession: {
    columns: {
      idHash: { ...hash, ...primary },
      subjectHash: hash,
      id: text(255),
      subject: text(255),
      generation: whole,
      rotatedAt: whole,
      createdAt: whole,
      lastUsedAt: whole,
      expiresAt: whole,
      revokedAt: { ...whole, ...nullable },
      userAgent: { ...text(512), ...nullable },
      ip: { ...text(64), ...nullable },
      label: { ...text(255), ...nullable },
    },
    indices: ['subjectHash', 'expiresAt'],
  },
  JwtRevokedToken: {
    columns: { jtiHash: { ...hash, ...primary }, expiresAt: whole },
    indices: ['expiresAt'],
  },
  JwtRevokedSubject: {
    columns: {
      subjectHash: { ...hash, ...primary },
      subject: text(255),
      notBefore: whole,
      expiresAt: whole,
    },
    indices: ['expiresAt'],
  },
};

/** Creates the tables of the token store, under the names that the DataSource's own rules give them. */
class CreateJwtTokenStore1767225600000 implements MigrationInterface {
  readonly name = 'CreateJwtTokenStore1767225600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of tablesFor(queryRunner)) await queryRunner.createTable(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of tablesFor(queryRunner)) await queryRunner.dropTable(name);
  }
}

/**
 * The migration that creates the tables of {@link tokenStoreEntities}, for the `migrations` of the DataSource. It makes
 * the same schema as `synchronize`; on MySQL and MariaDB it also sees to it that every character fits (`utf8mb4`),
 * whatever the default of the database is.
 */
export const tokenStoreMigrations: (new () => MigrationInterface)[] = [CreateJwtTokenStore1767225600000];

function tablesFor(queryRunner: QueryRunner): Table[] {
  const dataSource = dataSourceOf(queryRunner);
  const { tablePath, column: nameOf } = namesIn(dataSource);
  const charset = charsetFor(dataSource);
  return Object.entries(tables).map(
    ([entity, { columns, indices }]) =>
      new Table({
        name: tablePath(entity),
        columns: Object.entries(columns).map(([property, column]) => ({
          name: nameOf(property),
          ...column,
          ...(column.type === 'varchar' && charset),
        })),
        indices: indices.map((property) => ({ columnNames: [nameOf(property)] })),
      }),
  );
}

function charsetFor({ options: { type } }: DataSource): { readonly charset?: string } {
  return type === 'mysql' || type === 'mariadb' ? { charset: 'utf8mb4' } : {};
}

/** TypeORM 0.3 called it the connection. */
function dataSourceOf(queryRunner: QueryRunner): DataSource {
  const { dataSource, connection } = queryRunner as { dataSource?: DataSource; connection: DataSource };
  return dataSource ?? connection;
}
