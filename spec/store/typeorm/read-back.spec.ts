import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { RefreshReusedError, type JwtManager } from '../../../src';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { allKinds, describeOn } from '../../support/databases';
import { hashOf } from '../../support/sessions';
import { testClock, testManager, type TestClock } from '../../support/manager';
import { refusalOf } from '../../support/rejected';

/** The tables, past the store. */
describeOn(allKinds, 'the rows of TypeOrmTokenStore', (database, kind) => {
  let dataSource: DataSource;
  let other: DataSource;
  let jwtManager: JwtManager;
  let clock: TestClock;

  before(async () => {
    dataSource = await database.open();
    // Where there are several connections, one that has no part in it.
    other = kind.port === undefined ? dataSource : await database.open();
  });

  beforeEach(() => {
    clock = testClock();
    jwtManager = testManager({ store: new TypeOrmTokenStore(dataSource), clock });
  });

  async function rowOf(subject: string): Promise<Record<string, unknown>> {
    const rows = await other.query<Record<string, unknown>[]>(
      `SELECT id, id_hash, subject_hash, generation, rotated_at, revoked_at FROM jwt_session WHERE subject = '${subject}'`,
    );
    expect(rows).to.have.length(1);
    return rows[0] ?? {};
  }

  it('F3: say that a session is revoked when a replay was refused', async () => {
    const { refresh_token } = await jwtManager.createTokenPair('ada');
    await jwtManager.refresh(refresh_token);
    expect((await rowOf('ada'))['revoked_at']).to.equal(null);
    clock.advance(11);
    // The clock of the database does not move by itself.
    await other.query('UPDATE jwt_session SET rotated_clock = rotated_clock - 11000');
    await refusalOf(jwtManager.refresh(refresh_token), RefreshReusedError);
    const row = await rowOf('ada');
    expect(Number(row['revoked_at'])).to.equal(Math.floor(clock() / 1000));
    expect(Number(row['generation'])).to.equal(1);
  });

  it('say so too when the replay came to a route', async () => {
    const { refresh_token } = await jwtManager.createTokenPair('bob');
    await jwtManager.refresh((await jwtManager.refresh(refresh_token)).refresh_token);
    await refusalOf(jwtManager.verify(refresh_token, { type: 'refresh' }), RefreshReusedError);
    expect(Number((await rowOf('bob'))['revoked_at'])).to.equal(Math.floor(clock() / 1000));
  });

  it('are found by SHA-256 of the ids that stand beside it', async () => {
    await jwtManager.createTokenPair('cleo');
    const row = await rowOf('cleo');
    expect(row['id_hash']).to.equal(hashOf(String(row['id'])));
    expect(row['subject_hash']).to.equal(hashOf('cleo'));
  });

  it('say that a session goes on when it was rotated', async () => {
    const { refresh_token } = await jwtManager.createTokenPair('dora');
    clock.advance(60);
    await jwtManager.refresh(refresh_token);
    const row = await rowOf('dora');
    expect(Number(row['generation'])).to.equal(1);
    expect(Number(row['rotated_at'])).to.equal(Math.floor(clock() / 1000));
    expect(row['revoked_at']).to.equal(null);
  });
});
