import { resolve } from 'node:path';
import { expect } from 'chai';
import { DataSource, EntitySchema, EntitySchemaOptions, type DataSourceOptions } from 'typeorm';
import { ConfigurationError, StoreUnavailableError } from '../../../src';
import { TypeOrmTokenStore, tokenStoreEntities } from '../../../src/typeorm';
import { testManager } from '../../support/manager';
import { refusalOf } from '../../support/rejected';

const other = new EntitySchema<{ id: string }>(
  Object.assign(new EntitySchemaOptions<{ id: string }>(), {
    name: 'Other',
    columns: { id: { type: 'varchar', primary: true } },
  }),
);

function sqlJs(changes: object = {}): DataSource {
  return new DataSource({ type: 'sqljs', entities: tokenStoreEntities, synchronize: true, ...changes });
}

function refused(dataSource: unknown): Promise<ConfigurationError> {
  return refusalOf(() => new TypeOrmTokenStore(dataSource as DataSource), ConfigurationError);
}

/** The warnings that the process prints while something is done. */
async function warningsOf(action: () => unknown): Promise<string[]> {
  const warnings: string[] = [];
  const listener = ({ name, message }: Error) => warnings.push(`${name}: ${message}`);
  process.on('warning', listener);
  action();
  await new Promise(setImmediate);
  process.off('warning', listener);
  return warnings;
}

describe('TypeOrmTokenStore is refused', () => {
  const strangers: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['options', { type: 'postgres' }],
    ['a repository', { options: {}, find: () => [] }],
    ['a pool', { options: { max: 10 }, createQueryRunner: () => undefined }],
  ];
  for (const [name, stranger] of strangers) {
    it(`${name} for a DataSource`, async () => {
      expect((await refused(stranger)).message).to.match(/dataSource must be a DataSource of TypeORM/);
    });
  }

  it('a DataSource of a type that it does not know, and says which it knows', async () => {
    const dataSource = { options: { type: 'mongodb' }, createQueryRunner: () => undefined };
    expect((await refused(dataSource)).message).to.equal(
      "TypeOrmTokenStore: the type of the DataSource must be one of postgres, mysql, mariadb, better-sqlite3, sqljs, not 'mongodb'",
    );
  });

  const incomplete: [string, object][] = [
    ['without entities', { entities: undefined }],
    ['with an empty list', { entities: [] }],
    ['with others only', { entities: [other] }],
    ['with some of them', { entities: tokenStoreEntities.slice(1) }],
    ['with a record of others', { entities: { other } }],
  ];
  for (const [name, options] of incomplete) {
    it(`a DataSource ${name}`, async () => {
      expect((await refused(sqlJs(options))).message).to.match(
        /Add \.\.\.tokenStoreEntities to its 'entities'/,
      );
    });

    it(`an initialized DataSource ${name}`, async () => {
      const dataSource = await sqlJs(options).initialize();
      expect((await refused(dataSource)).message).to.match(/Add \.\.\.tokenStoreEntities to its 'entities'/);
      await dataSource.destroy();
    });
  }
});

describe('TypeOrmTokenStore refuses', () => {
  for (const prefix of ['', 'x'.repeat(201), 7, null, {}]) {
    it(`the prefix ${JSON.stringify(prefix).slice(0, 20)}`, async () => {
      const { message } = await refusalOf(
        () => new TypeOrmTokenStore(sqlJs(), { prefix: prefix as string }),
        ConfigurationError,
      );
      expect(message).to.match(/^TypeOrmTokenStore: prefix must be/);
    });
  }

  it('an option that it does not have', async () => {
    const options = { prefixes: 'shop' } as object;
    await refusalOf(() => new TypeOrmTokenStore(sqlJs(), options), ConfigurationError);
  });
});

describe('TypeOrmTokenStore takes', () => {
  it('a DataSource that is initialized later, and works from then on', async () => {
    const dataSource = sqlJs({ entities: Object.fromEntries([...tokenStoreEntities, other].entries()) });
    const store = new TypeOrmTokenStore(dataSource);
    const early = await refusalOf(store.listSessions('ada', 0), ConfigurationError);
    expect(early.message).to.equal(
      'TypeOrmTokenStore: the DataSource is not initialized. Call await dataSource.initialize() before the first request',
    );
    const jwtManager = testManager({ store });
    await refusalOf(jwtManager.createTokenPair('ada'), StoreUnavailableError);
    await dataSource.initialize();
    await jwtManager.createTokenPair('ada');
    expect(await jwtManager.listSessions('ada')).to.have.length(1);
    await dataSource.destroy();
  });

  it('a DataSource whose entities are in files, and says at the first verb that they are not', async () => {
    const dataSource = sqlJs({ entities: [resolve(__dirname, 'no-such-*.js')] });
    const store = new TypeOrmTokenStore(dataSource);
    await dataSource.initialize();
    const { message } = await refusalOf(store.findSession('sid', 0), ConfigurationError);
    expect(message).to.match(/Add \.\.\.tokenStoreEntities to its 'entities'/);
    await dataSource.destroy();
  });

  it('a DataSource of MySQL', () => {
    const options: DataSourceOptions = { type: 'mysql', entities: tokenStoreEntities };
    expect(() => new TypeOrmTokenStore(new DataSource(options))).not.to.throw();
  });
});

describe('TypeOrmTokenStore warns of a pool that can fill up with connections that hang', () => {
  const entities = tokenStoreEntities;
  const cases: [string, DataSourceOptions, number][] = [
    ['PostgreSQL without a limit', { type: 'postgres', entities }, 1],
    ['PostgreSQL with a limit of 0, which is none', { type: 'postgres', entities, connectTimeoutMS: 0 }, 1],
    ['PostgreSQL with a limit', { type: 'postgres', entities, connectTimeoutMS: 2000 }, 0],
    [
      'PostgreSQL with a limit for pg',
      { type: 'postgres', entities, extra: { connectionTimeoutMillis: 9 } },
      0,
    ],
    ['MariaDB, whose driver has one', { type: 'mariadb', entities }, 0],
    ['SQLite', { type: 'sqljs', entities }, 0],
  ];
  for (const [name, options, count] of cases) {
    it(`${count === 0 ? 'not for' : 'for'} ${name}`, async () => {
      const warnings = await warningsOf(() => new TypeOrmTokenStore(new DataSource(options)));
      expect(warnings).to.have.length(count);
      for (const warning of warnings) expect(warning).to.match(/^JwtStoreWarning: .*connectTimeoutMS/);
    });
  }
});
