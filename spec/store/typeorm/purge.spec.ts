import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { allKinds, describeOn } from '../../support/databases';
import { hashOf, newSession, now } from '../../support/sessions';
import { rotationOf } from '../../support/sql-sessions';

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

  it('is not needed: logins and revocations delete a few expired rows alongside', async () => {
    const old = { expiresAt: 1 };
    const numbers = Array.from({ length: 300 }, (_, index) => String(index));
    const tokens = numbers.map((jtiHash) => ({ jtiHash, ...old }));
    const subjects = numbers.map((subjectHash) => ({
      subjectHash,
      epoch: 1,
      notBefore: 1,
      revokedAt: 1,
      ...old,
    }));
    await dataSource.getRepository('JwtRevokedToken').insert(tokens);
    await dataSource.getRepository('JwtSubject').insert(subjects);
    const other = new TypeOrmTokenStore(dataSource);
    await other.createSession(newSession());
    const left = async () => (await count('jwt_revoked_token')) + (await count('jwt_subject'));
    // Only the session's own subject stays, and what specs before this one have left.
    while ((await left()) > 20) await setTimeout(5);
    await dataSource.getRepository('JwtRevokedToken').insert(tokens);
    for (let verbs = 1; verbs < 17; verbs++)
      await other.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now });
    while ((await left()) > 20) await setTimeout(5);
    await store.purgeExpired(now + 3600);
  });

  it('keeps the subject of a session that went on, and looks at it again a week later', async () => {
    const session = newSession({ expiresAt: now + 10 });
    await store.createSession(session);
    await store.rotateSession(rotationOf(session, { expiresAt: now + 1_000_000 }));
    const later = now + 10 + 301;
    expect(await store.purgeExpired(later)).to.equal(0);
    expect(await store.findSession(session.id, later)).to.include({ generation: 1 });
    const endOf = async () => {
      const [row] = await dataSource.query<{ expires_at: unknown }[]>(
        `SELECT expires_at FROM jwt_subject WHERE subject_hash = '${hashOf(session.subject)}'`,
      );
      return Number(row?.expires_at);
    };
    expect(await endOf()).to.equal(later - 300 + 604_800);
    expect(await store.purgeExpired(now + 1_000_000 + 301)).to.equal(2);
    expect(await store.findSession(session.id, now)).to.equal(undefined);
  });
});
