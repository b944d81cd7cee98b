import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { tokenStoreEntities } from '../../src/typeorm';
import { betterSqlite3, isBetterSqlite3Installed } from './better-sqlite3-stand-in';
import { isFull, shortList } from './full';
import { requireService } from './require-service';

/** A database that is there for one group of specs. */
export interface TestDatabase {
  /** Opens it, with the tables unless the options say otherwise. It is closed at the end. */
  open(options?: object): Promise<DataSource>;
  /** What a DataSource needs to find it. */
  readonly options: DataSourceOptions;
}

/** A kind of database that the store works on. */
export interface DatabaseKind {
  readonly name: string;
  /** The port where the server answers; a database without one is a part of the process. */
  readonly port?: number;
  /** It is not there, and nobody has promised it. */
  readonly isMissing?: boolean;
  create(): Promise<DataSourceOptions>;
  drop?(options: DataSourceOptions): Promise<void>;
}

const host = '127.0.0.1';

const postgres = (port: number, database: string): DataSourceOptions => ({
  type: 'postgres',
  host,
  port,
  username: 'postgres',
  database,
  connectTimeoutMS: 30_000,
});

const mariadb = (port: number, database: string): DataSourceOptions => ({
  type: 'mariadb',
  host,
  port,
  username: 'root',
  password: '',
  database,
  connectTimeout: 30_000,
});

export const postgreSql: DatabaseKind = {
  name: 'PostgreSQL',
  port: 5432,
  create: async () => {
    const options = await createOnServer(postgres, 5432);
    // It does not die here, and so need not wait for its disk.
    const faster = `ALTER DATABASE ${nameOf(options)} SET synchronous_commit = off`;
    await asAdministrator(postgres(5432, 'test'), faster);
    return options;
  },
  drop: (options) => asAdministrator(postgres(5432, 'test'), `DROP DATABASE ${nameOf(options)} WITH (FORCE)`),
};

export const mariaDb: DatabaseKind = {
  name: 'MariaDB',
  port: 3306,
  create: () => createOnServer(mariadb, 3306),
  drop: (options) => asAdministrator(mariadb(3306, 'test'), `DROP DATABASE ${nameOf(options)}`),
};

export const sqlJs: DatabaseKind = {
  name: 'sql.js',
  create: () => Promise.resolve({ type: 'sqljs' }),
};

export const betterSqlite: DatabaseKind = {
  name: isBetterSqlite3Installed() ? 'better-sqlite3' : 'better-sqlite3 (a stand-in)',
  create: async () => ({ type: 'better-sqlite3', database: ':memory:', driver: await betterSqlite3() }),
};

const folder = join(tmpdir(), `jwt-sqlite-${randomBytes(6).toString('hex')}`);

/** A file, which several processes may open. */
const sqliteFile: DatabaseKind = {
  name: 'better-sqlite3 on a file',
  isMissing: !isBetterSqlite3Installed(),
  create: () =>
    Promise.resolve({
      type: 'better-sqlite3',
      database: join(folder, 'sessions.sqlite'),
      enableWAL: true,
      timeout: 500,
    }),
  drop: () => rm(folder, { recursive: true }),
};

/** What has a server of its own. */
export const servers = [postgreSql, mariaDb] as const;
/** One of them in the short form: they share all but the driver. */
export const inProcess = shortList([sqlJs, betterSqlite], 1);
/** What survives its process. */
export const durable = [...servers, sqliteFile] as const;
export const allKinds: readonly DatabaseKind[] = [...servers, ...inProcess];

/** Describes what holds on each kind of database; each has a new one for it, which is dropped afterwards. */
export function describeOn(
  kinds: readonly DatabaseKind[],
  title: string,
  body: (database: TestDatabase, kind: DatabaseKind) => void,
): void {
  for (const kind of kinds) {
    describe(`${title} (${kind.name})`, function () {
      this.timeout(isFull ? 180_000 : 60_000);
      const opened: DataSource[] = [];
      let options: DataSourceOptions | undefined;
      const database: TestDatabase = {
        get options() {
          if (!options) throw new Error('there is no database yet');
          return options;
        },
        open: async (changes = {}) => {
          const dataSource = new DataSource({
            ...database.options,
            entities: tokenStoreEntities,
            synchronize: true,
            ...changes,
          });
          opened.push(dataSource);
          return dataSource.initialize();
        },
      };

      before(async function () {
        if (kind.isMissing === true)
          requireService(this, 'better-sqlite3', 'npm install --no-save better-sqlite3@12');
        requireService(this, kind.name, await whyNotThere(kind.port));
        options = await kind.create();
      });

      after(async () => {
        if (!options) return;
        const open = opened.filter(({ isInitialized }) => isInitialized);
        await Promise.all(open.map((dataSource) => dataSource.destroy()));
        await kind.drop?.(options);
      });

      body(database, kind);
    });
  }
}

async function createOnServer(
  optionsFor: (port: number, database: string) => DataSourceOptions,
  port: number,
): Promise<DataSourceOptions> {
  const name = `jwt_${randomBytes(6).toString('hex')}`;
  await asAdministrator(optionsFor(port, 'test'), `CREATE DATABASE ${name}`);
  return optionsFor(port, name);
}

async function asAdministrator(options: DataSourceOptions, statement: string): Promise<void> {
  const dataSource = await new DataSource(options).initialize();
  try {
    await dataSource.query(statement);
  } finally {
    await dataSource.destroy();
  }
}

function nameOf({ database }: DataSourceOptions): string {
  return database as string;
}

async function whyNotThere(port: number | undefined): Promise<string | undefined> {
  if (port === undefined) return undefined;
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return undefined;
  } catch {
    return `nothing answers on ${host}:${String(port)}`;
  } finally {
    socket.destroy();
  }
}
