import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EntitySchema, EntitySchemaOptions, type DataSource } from 'typeorm';
import { StoreUnavailableError, type JwtManager } from '../../../src';
import { TypeOrmTokenStore, tokenStoreEntities } from '../../../src/typeorm';
import { describeOn, inProcess, sqlJs } from '../../support/databases';
import { testManager } from '../../support/manager';
import { refusalOf } from '../../support/rejected';

interface Note {
  id: number;
  text: string;
}

const noteEntity = new EntitySchema<Note>(
  Object.assign(new EntitySchemaOptions<Note>(), {
    name: 'Note',
    columns: { id: { type: 'integer', primary: true }, text: { type: 'varchar' } },
  }),
);

const revocation = { jti: 'jti', subject: 'ada', now: 1, expiresAt: 1 };
const entities = [...tokenStoreEntities, noteEntity];

describeOn(inProcess, 'a DataSource that store and application share', (database) => {
  let dataSource: DataSource;
  let jwtManager: JwtManager;

  beforeEach(async () => {
    dataSource = await database.open({ entities });
    jwtManager = testManager({ store: new TypeOrmTokenStore(dataSource), storeTimeout: 30 });
  });

  afterEach(async () => {
    await dataSource.dropDatabase();
    await dataSource.destroy();
  });

  const notes = () => dataSource.getRepository(noteEntity);

  it('lets the store wait for the end of a transaction that is open', async () => {
    const { refresh_token } = await jwtManager.createTokenPair('ada');
    const order: string[] = [];
    let refreshed: Promise<unknown> | undefined;
    await dataSource.transaction(async (manager) => {
      refreshed = jwtManager.refresh(refresh_token).then(() => order.push('refreshed'));
      await manager.insert(noteEntity, { id: 1, text: 'a' });
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push('over');
    });
    await refreshed;
    expect(order).to.deep.equal(['over', 'refreshed']);
    expect(await notes().count()).to.equal(1);
  });

  it('keeps what the store did when a transaction beside it is rolled back', async () => {
    const { refresh_token } = await jwtManager.createTokenPair('ada');
    const rolledBack = dataSource.transaction(async (manager) => {
      await manager.insert(noteEntity, { id: 1, text: 'a' });
      throw new Error('no');
    });
    const refreshed = jwtManager.refresh(refresh_token);
    await rolledBack.catch(() => undefined);
    await refreshed;
    const [session] = await jwtManager.listSessions('ada');
    expect(session?.generation).to.equal(1);
    expect(await notes().count()).to.equal(0);
  });

  it('answers 503 inside of a transaction, which is not touched by it', async () => {
    const hasty = testManager({ store: new TypeOrmTokenStore(dataSource), storeTimeout: 1 });
    await dataSource.transaction(async (manager) => {
      await manager.insert(noteEntity, { id: 1, text: 'a' });
      await refusalOf(hasty.createTokenPair('ada'), StoreUnavailableError);
      await manager.insert(noteEntity, { id: 2, text: 'b' });
    });
    expect(await notes().count()).to.equal(2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await jwtManager.listSessions('ada')).to.deep.equal([]);
    await jwtManager.createTokenPair('ada');
  });

  it('never mixes what both write at once', async () => {
    const { refresh_token } = await jwtManager.createTokenPair('ada');
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    const writing = (async () => {
      for (const id of numbers) await notes().save({ id, text: 'a' });
    })();
    let token = refresh_token;
    for (let turn = 0; turn < numbers.length; turn++) {
      token = (await jwtManager.refresh(token)).refresh_token;
    }
    await writing;
    expect(await notes().count()).to.equal(100);
    const [session] = await jwtManager.listSessions('ada');
    expect(session?.generation).to.equal(100);
  });

  it('is left without a transaction when a verb fails', async () => {
    const store = new TypeOrmTokenStore(dataSource);
    const session = {
      id: 'sid',
      subject: 'ada',
      generation: 0,
      rotatedAt: 1,
      createdAt: 1,
      lastUsedAt: 1,
      expiresAt: 9,
    };
    await store.createSession(session);
    expect((await refusalOf(store.createSession(session), Error)).message).to.match(/UNIQUE/);
    await dataSource.transaction((manager) => manager.insert(noteEntity, { id: 1, text: 'a' }));
    expect(await store.listSessions('ada', 1)).to.have.length(1);
  });

  it('does nothing when it has taken too long', async () => {
    const store = new TypeOrmTokenStore(dataSource);
    await dataSource.query(`CREATE TRIGGER slow BEFORE INSERT ON jwt_revoked_token BEGIN
      SELECT count(*) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 500000) SELECT x FROM c);
      END`);
    await refusalOf(store.revokeToken(revocation, { deadline: performance.now() + 20 }), Error);
    expect(
      await store.isRevoked({ jti: 'jti', subject: 'ada', issuedAt: 1, now: 1, graceSeconds: 0 }),
    ).to.equal(false);
    await refusalOf(store.revokeToken(revocation, { deadline: performance.now() - 1 }), Error);
  });

  it('says what was wrong even where SQLite has ended the transaction by itself', async () => {
    const store = new TypeOrmTokenStore(dataSource);
    await dataSource.query(
      `CREATE TRIGGER full BEFORE INSERT ON jwt_revoked_token BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END`,
    );
    expect((await refusalOf(store.revokeToken(revocation), Error)).message).to.match(/disk full/);
  });
});

describeOn([sqlJs], 'a sql.js database that is saved by itself', (database) => {
  it('is in its file when a verb has been answered', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jwt-sqljs-'));
    const location = join(folder, 'sessions.sqlite');
    const options = { location, autoSave: true, synchronize: false };
    const dataSource = await database.open({ ...options, synchronize: true });
    const store = new TypeOrmTokenStore(dataSource);
    const jwtManager = testManager({ store });
    const { refresh_token } = await jwtManager.createTokenPair('ada');
    const size = (await readFile(location)).length;
    expect(size).to.be.above(1000);
    const again = await database.open(options);
    const other = testManager({ store: new TypeOrmTokenStore(again) });
    await other.refresh(refresh_token);
    await Promise.all([dataSource.destroy(), again.destroy()]);
    await rm(folder, { recursive: true });
  });
});
