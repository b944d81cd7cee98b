import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { allKinds, describeOn } from '../../support/databases';
import { newSession, now } from '../../support/sessions';

describeOn(allKinds, 'TypeOrmTokenStore.purgeExpired', (database) => {
  let dataSource: DataSource;
  let store: TypeOrmTokenStore;

  before(async () => {
    dataSource = await database.open();
    store = new TypeOrmTokenStore(dataSource);
  });

  const revoke = (jti: string, expiresAt: number) =>
    store.revokeToken({ jti, subject: 'bob', now: expiresAt, expiresAt });

  const count = async (table: string) => {
    const [row] = await dataSource.query<{ rows_left: unknown }[]>(
      `SELECT count(*) AS rows_left FROM ${table}`,
    );
    return Number(row?.rows_left);
  };

  it('deletes what has been over for more than five minutes, and nothing else', async () => {
    const session = newSession({ expiresAt: now + 900 });
    await store.createSession(session);
    await revoke('jti', now + 900);
    await store.revokeSubject('ada', now, { keepUntil: now + 900 });
    await store.revokeSubject('for ever', now);
    expect(await store.purgeExpired(now + 900 + 300)).to.equal(0);
    expect(await store.listSessions(session.subject, now)).to.have.length(1);
    expect(
      await store.isRevoked({ jti: 'jti', subject: 'bob', issuedAt: now, now, graceSeconds: 0 }),
    ).to.equal(true);
    expect(
      await store.isRevoked({ jti: 'other', subject: 'ada', issuedAt: now, now, graceSeconds: 0 }),
    ).to.equal(true);
    // The session, its subject, the token, the other subject.
    expect(await store.purgeExpired(now + 900 + 301)).to.equal(4);
    expect(await store.listSessions(session.subject, now)).to.deep.equal([]);
    expect(
      await store.isRevoked({ jti: 'jti', subject: 'bob', issuedAt: now, now, graceSeconds: 0 }),
    ).to.equal(false);
    expect(
      await store.isRevoked({ jti: 'other', subject: 'ada', issuedAt: now, now, graceSeconds: 0 }),
    ).to.equal(false);
    expect(
      await store.isRevoked({ jti: 'other', subject: 'for ever', issuedAt: now, now, graceSeconds: 0 }),
    ).to.equal(true);
    expect(await store.purgeExpired(now + 900 + 301)).to.equal(0);
  });

  it('keeps what was revoked again, until the later end', async () => {
    for (const end of [900, 60]) {
      await revoke('twice', now + end);
      await store.revokeSubject('twice', now, { keepUntil: now + end });
    }
    expect(await store.purgeExpired(now + 60 + 301)).to.equal(0);
    expect(await store.purgeExpired(now + 900 + 301)).to.equal(2);
  });

  it('goes by the clock of the process when it is told no time', async () => {
    // Not `now`: the specs may have been running for longer than entries are kept.
    const present = Math.floor(Date.now() / 1000);
    await revoke('old', present - 3600);
    await revoke('new', present);
    expect(await store.purgeExpired()).to.equal(1);
    expect(
      await store.isRevoked({ jti: 'new', subject: 'bob', issuedAt: present, now, graceSeconds: 0 }),
    ).to.equal(true);
    await store.purgeExpired(present + 3600);
  });

  it('takes many rows in batches, and twice at once no row twice', async () => {
    const rows = Array.from({ length: 1234 }, (_, index) => ({ jtiHash: String(index), expiresAt: 1 }));
    await dataSource.getRepository('JwtRevokedToken').insert(rows);
    await revoke('alive', now);
    const [one, another] = await Promise.all([store.purgeExpired(now), store.purgeExpired(now)]);
    expect(one + another).to.equal(1234);
    expect(await count('jwt_revoked_token')).to.equal(1);
    await store.purgeExpired(now + 3600);
  });

  it('lets others get on in between', async () => {
    const rows = Array.from({ length: 9000 }, (_, index) => ({ jtiHash: String(index), expiresAt: 1 }));
    // A connection that is only opened now would be later than the purge.
    await Promise.all([count('jwt_session'), count('jwt_session'), count('jwt_session')]);
    await dataSource.getRepository('JwtRevokedToken').insert(rows);
    let turns = 0;
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    let isOver = false;
    setImmediate(turn);
    const purging = store.purgeExpired(now);
    const session = newSession();
    await store.createSession(session);
    await store.rotateSession({
      sessionId: session.id,
      subject: session.subject,
      generation: 0,
      now,
      expiresAt: now + 900,
      graceSeconds: 10,
    });
    const left = await count('jwt_revoked_token');
    await purging;
    isOver = true;
    expect(left).to.be.above(0);
    expect(turns).to.be.at.least(18);
  });
});
