import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import type { Session } from '../../../src';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { allKinds, describeOn } from '../../support/databases';
import { inTime } from '../../support/in-time';
import { hashOf, newSession, now } from '../../support/sessions';
import { queryOf, rotationOf } from '../../support/sql-sessions';

describeOn(allKinds, 'the grace window of TypeOrmTokenStore', (database) => {
  let dataSource: DataSource;
  let store: TypeOrmTokenStore;
  let session: Session;

  before(async () => {
    dataSource = await database.open();
    store = new TypeOrmTokenStore(dataSource);
  });

  /** A session that was rotated so many milliseconds ago, by the clock of the database. */
  async function rotated(milliseconds: number): Promise<void> {
    session = newSession();
    await store.createSession(session);
    await store.rotateSession(rotationOf(session));
    await dataSource.query(
      `UPDATE jwt_session SET rotated_clock = rotated_clock - ${String(milliseconds)} WHERE id_hash = '${hashOf(session.id)}'`,
    );
  }

  const cases: [string, number, number, 'replayed' | 'reused'][] = [
    ['at once', 0, 10, 'replayed'],
    ['some seconds later', 5000, 10, 'replayed'],
    ['after its end', 10_001, 10, 'reused'],
    ['after a fraction of a second', 901, 0.9, 'reused'],
    ['where there is no window', 0, 0, 'reused'],
    ['when the clock was set back', -60_000, 10, 'reused'],
    ['when the clock was set back for ever', -60_000, 86_400, 'reused'],
  ];
  for (const [name, milliseconds, graceSeconds, outcome] of cases) {
    it(`is judged by the clock of the database, ${name}: ${outcome}`, async () => {
      await rotated(milliseconds);
      const query = queryOf(session, { generation: 0, graceSeconds });
      expect(await store.isRevoked(query)).to.equal(outcome === 'reused');
      expect((await store.rotateSession(rotationOf(session, { graceSeconds }))).outcome).to.equal(outcome);
      expect(await store.isRevoked(queryOf(session))).to.equal(outcome === 'reused');
    });
  }

  it('is judged by the clock of the database, within a fraction of a second: replayed', async () => {
    const graceSeconds = 0.9;
    await inTime(graceSeconds * 1000, async () => {
      await rotated(0);
      const query = queryOf(session, { generation: 0, graceSeconds });
      expect(await store.isRevoked(query)).to.equal(false);
      expect((await store.rotateSession(rotationOf(session, { graceSeconds }))).outcome).to.equal('replayed');
    });
    expect(await store.isRevoked(queryOf(session))).to.equal(false);
  });

  for (const ahead of [-11, 11, 3600]) {
    it(`F13: is the same for a process whose clock is ${String(ahead)} seconds off`, async () => {
      await rotated(0);
      const time = { now: now + ahead };
      expect(await store.isRevoked(queryOf(session, { ...time, now, generation: 0 }))).to.equal(false);
      const [one, another] = [
        rotationOf(session),
        rotationOf(session, { now: Math.min(now + ahead, now + 899) }),
      ];
      expect((await store.rotateSession(one)).outcome).to.equal('replayed');
      expect((await store.rotateSession(another)).outcome).to.equal('replayed');
    });
  }

  it('is not renewed', async () => {
    await inTime(500, async () => {
      await rotated(9500);
      expect(await store.isRevoked(queryOf(session, { generation: 0, graceSeconds: 10 }))).to.equal(false);
      expect((await store.rotateSession(rotationOf(session))).outcome).to.equal('replayed');
    });
    await dataSource.query('UPDATE jwt_session SET rotated_clock = rotated_clock - 501');
    expect((await store.rotateSession(rotationOf(session))).outcome).to.equal('reused');
  });

  it('holds for the generation before the current one alone', async () => {
    await rotated(0);
    expect(await store.isRevoked(queryOf(session, { generation: 1 }))).to.equal(false);
    expect(await store.isRevoked(queryOf(session, { generation: 2 }))).to.equal(true);
    await store.rotateSession(rotationOf(session, { generation: 1 }));
    expect(await store.isRevoked(queryOf(session, { generation: 0 }))).to.equal(true);
    expect((await store.rotateSession(rotationOf(session))).outcome).to.equal('reused');
  });

  it('is long enough for many who come at once', async () => {
    await rotated(0);
    const current = { ...session, generation: 1 };
    const results = await Promise.all(
      Array.from({ length: 30 }, () => store.rotateSession(rotationOf(current))),
    );
    const outcomes = results.map(({ outcome }) => outcome).sort();
    expect(outcomes).to.deep.equal([...Array<string>(29).fill('replayed'), 'rotated']);
  });
});
