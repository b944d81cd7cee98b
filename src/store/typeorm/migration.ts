import {
  Table,
  TableIndex,
  type DataSource,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
} from 'typeorm';
import { namesIn } from './names';
import { alone } from './table-lock';

const hash = { type: 'varchar', length: '64' };
const whole = { type: 'bigint' };
const text = (length: number) => ({ type: 'varchar', length: String(length) });
const primary = { isPrimary: true };
const nullable = { isNullable: true };

type Columns = Readonly<Record<string, Omit<TableColumnOptions, 'name'>>>;

interface TableShape {
  readonly columns: Columns;
  readonly indices: readonly (readonly string[])[];
}

/** As the tables were in the first version: a later version of the entities comes with a migration of its own. */
const tables: Readonly<Record<string, TableShape>> = {
  JwtSession: {
    columns: {
      idHash: { ...hash, ...primary },
      subjectHash: hash,
      epoch: whole,
      rotatedClock: whole,
      id: text(255),
      subject: text(640),
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
    indices: [['subjectHash', 'epoch', 'createdAt'], ['expiresAt']],
  },
  JwtRevokedToken: {
    columns: { jtiHash: { ...hash, ...primary }, expiresAt: whole },
    indices: [['expiresAt']],
  },
  JwtSubject: {
    columns: {
      subjectHash: { ...hash, ...primary },
      epoch: whole,
      notBefore: whole,
      revokedAt: whole,
      expiresAt: whole,
    },
    indices: [['expiresAt']],
  },
};

/** Creates the tables of the token store, under the names that the DataSource's own rules give them. */
class CreateJwtTokenStore1767225600000 implements MigrationInterface {
  readonly name = 'CreateJwtTokenStore1767225600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTables(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of tablesFor(dataSourceOf(queryRunner))) await queryRunner.dropTable(name, true);
  }
}

/**
 * The migration that creates the tables of {@link tokenStoreEntities}, for the `migrations` of the DataSource. It
 * creates the same schema as `synchronize`. On MySQL and MariaDB it also sets the character set `utf8mb4`, whatever
 * the default of the database is.
 *
 * It creates what is missing: after a crash, after `synchronize`, and in several processes at once.
 *
 * @example
 * ```ts
 * const dataSource = new DataSource({ type: 'postgres', url, migrations: [...tokenStoreMigrations] });
 * ```
 */
export const tokenStoreMigrations: (new () => MigrationInterface)[] = [CreateJwtTokenStore1767225600000];

/** Creates missing tables and indices, in one process at a time. */
export async function createTables(queryRunner: QueryRunner): Promise<void> {
  const dataSource = dataSourceOf(queryRunner);
  await alone(queryRunner, dataSource.options.type, async () => {
    for (const table of tablesFor(dataSource)) await createMissing(queryRunner, table);
  });
}

async function createMissing(queryRunner: QueryRunner, table: Table): Promise<void> {
  const present = await queryRunner.getTable(table.name);
  if (!present) return queryRunner.createTable(table);
  const has = (index: TableIndex) =>
    present.indices.some((other) => String(other.columnNames) === String(index.columnNames));
  for (const index of table.indices) if (!has(index)) await queryRunner.createIndex(present, index);
}

function tablesFor(dataSource: DataSource): Table[] {
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
        indices: indices.map((properties) => ({ columnNames: properties.map(nameOf) })),
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
