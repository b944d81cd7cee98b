import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import type { RevocationQuery, Session } from '../../../src';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { allKinds, describeOn } from '../../support/databases';
import { refusalOf } from '../../support/rejected';
import { hashOf, newSession, now } from '../../support/sessions';

describeOn(allKinds, 'all sessions of a subject in TypeOrmTokenStore', (database, kind) => {
  let dataSource: DataSource;
  let store: TypeOrmTokenStore;

  before(async () => {
    dataSource = await database.open();
    store = new TypeOrmTokenStore(dataSource);
  });

  async function created(members: Partial<Session> = {}): Promise<Session> {
    const session = newSession(members);
    expect(await store.createSession(session)).to.deep.equal({ created: true, ended: [] });
    return session;
  }

  const query = (session: Session, members: Partial<RevocationQuery> = {}): RevocationQuery => ({
    jti: 'unknown',
    sessionId: session.id,
    subject: session.subject,
    issuedAt: now,
    now,
    graceSeconds: 10,
    ...members,
  });

  const rotation = (session: Session, generation: number, time = now) => ({
    sessionId: session.id,
    subject: session.subject,
    generation,
    now: time,
    expiresAt: time + 900,
    graceSeconds: 10,
  });

  async function aliveOf(subject: string): Promise<string[]> {
    return (await store.listSessions(subject, now)).map(({ id }) => id);
  }

  it('end at once, and none is alive by any verb', async () => {
    const sessions = [await created()];
    const [{ subject }] = sessions as [Session];
    for (let count = 0; count < 3; count++) sessions.push(await created({ subject }));
    await store.revokeSubject(subject, now + 5);
    for (const session of sessions) {
      expect(await store.findSession(session.id, now)).to.equal(undefined);
      expect(await store.isRevoked(query(session))).to.equal(true);
      expect(await store.isRevoked(query(session, { generation: 0 }))).to.equal(true);
      expect(await store.revokeSession(session.id, now)).to.equal(false);
      expect(await store.rotateSession(rotation(session, 0))).to.deep.include({ outcome: 'unknown' });
    }
    expect(await aliveOf(subject)).to.deep.equal([]);
    const later = await created({ subject });
    expect(await aliveOf(subject)).to.deep.equal([later.id]);
    expect(await store.isRevoked(query(later))).to.equal(false);
  });

  it('leave the one that was spared, which goes on and ends like any other', async () => {
    const spared = await created();
    const { subject } = spared;
    const other = await created({ subject });
    for (let count = 0; count < 3; count++) {
      await store.revokeSubject(subject, now, { exceptSessionId: spared.id });
    }
    expect(await aliveOf(subject)).to.deep.equal([spared.id]);
    expect(await store.findSession(spared.id, now)).to.deep.equal(spared);
    expect(await store.isRevoked(query(other))).to.equal(true);
    expect((await store.rotateSession(rotation(spared, 0))).outcome).to.equal('rotated');
    await store.revokeSubject(subject, now);
    expect(await aliveOf(subject)).to.deep.equal([]);
  });

  const unspared: [string, (session: Session, other: Session) => Promise<string>][] = [
    ['of another subject', (_, other) => Promise.resolve(other.id)],
    ['that is unknown', () => Promise.resolve('unknown')],
    ['that was revoked', async ({ id }) => (await store.revokeSession(id, now), id)],
    [
      'that ended with all others before',
      async ({ id, subject }) => (await store.revokeSubject(subject, now), id),
    ],
  ];
  for (const [name, prepare] of unspared) {
    it(`all end when the one to be spared is one ${name}`, async () => {
      const session = await created();
      const other = await created();
      const exceptSessionId = await prepare(session, other);
      await store.revokeSubject(session.subject, now, { exceptSessionId });
      expect(await aliveOf(session.subject)).to.deep.equal([]);
      expect(await aliveOf(other.subject)).to.deep.equal([other.id]);
    });
  }

  it('say when they were revoked to a replay, which flips nothing', async () => {
    const session = await created();
    await store.rotateSession(rotation(session, 0));
    await store.revokeSubject(session.subject, now + 7);
    const { outcome, flipped, session: row } = await store.rotateSession(rotation(session, 0));
    expect([outcome, flipped, row?.revokedAt]).to.deep.equal(['reused', false, now + 7]);
  });

  it('cannot be added to by a login that began before they were revoked', async () => {
    const { subject } = await created();
    await store.revokeSubject(subject, now);
    const session = newSession({ subject });
    for (const authenticatedAt of [now - 1, now]) {
      const result = await store.createSession(session, { authenticatedAt });
      expect(result).to.deep.equal({ created: false, ended: [] });
    }
    expect(await aliveOf(subject)).to.deep.equal([]);
    const result = await store.createSession(session, { authenticatedAt: now + 1 });
    expect(result).to.deep.equal({ created: true, ended: [] });
  });

  it('are as many as is allowed, the ones used last', async () => {
    const limits = { maxSessions: 3 };
    const first = newSession({ createdAt: now - 9, lastUsedAt: now - 9 });
    const { subject } = first;
    await store.createSession(first, limits);
    const others = [-8, -7].map((age) =>
      newSession({ subject, createdAt: now + age, lastUsedAt: now + age, userAgent: 'Firefox' }),
    );
    for (const session of others) await store.createSession(session, limits);
    await store.rotateSession(rotation(first, 0));
    const last = newSession({ subject });
    const [oldest, another] = others as [Session, Session];
    expect(await store.createSession(last, limits)).to.deep.equal({ created: true, ended: [oldest.id] });
    expect(await aliveOf(subject)).to.deep.equal([last.id, another.id, first.id]);
    const lower = await store.createSession(newSession({ subject }), { maxSessions: 1 });
    expect(lower.ended).to.have.members([first.id, another.id, last.id]);
    expect(await aliveOf(subject)).to.have.length(1);
  });

  it('are exactly as many after 20 logins at once', async () => {
    const { subject } = newSession();
    const logins = Array.from({ length: 20 }, () =>
      store.createSession(newSession({ subject }), { maxSessions: 3 }),
    );
    const results = await Promise.all(logins);
    expect(results.flatMap(({ ended }) => ended)).to.have.length(17);
    expect(await aliveOf(subject)).to.have.length(3);
  });

  it('are as many as a lower limit allows after one login, where there were very many', async () => {
    const first = newSession();
    const { subject } = first;
    await store.createSession(first);
    const sessions = dataSource.getRepository('JwtSession');
    const [row] = await sessions.findBy({ id: first.id });
    const rows = Array.from({ length: 1200 }, (_, index) => {
      const id = `${first.id}-${String(index)}`;
      return { ...row, id, idHash: hashOf(id), lastUsedAt: now - 2000 + index };
    });
    for (let start = 0; start < rows.length; start += 50)
      await sessions.insert(rows.slice(start, start + 50));
    const { ended } = await store.createSession(newSession({ subject }), { maxSessions: 600 });
    expect(ended).to.have.members(rows.slice(0, 602).map(({ id }) => id));
    const alive = await store.listSessions(subject, now, { limit: 2000 });
    expect(alive).to.have.length(600);
    expect(alive.map(({ id }) => id)).to.include.members([first.id, ...rows.slice(602).map(({ id }) => id)]);
  });

  it('give room to nothing that fails', async () => {
    const session = await created();
    const { subject } = session;
    await refusalOf(store.createSession(session, { maxSessions: 1 }), Error);
    expect(await aliveOf(subject)).to.deep.equal([session.id]);
  });

  it('are listed a page at a time, newest first', async () => {
    const { subject } = newSession();
    const places = [1, 5, 5, 5, 3, 2, 5, 4].map((age, index) => ({
      id: `${subject}-${String('aBAb0Zzé'[index])}`,
      age,
    }));
    for (const { id, age } of places) await created({ id, subject, createdAt: now - age });
    const expected = [...places]
      .sort((one, another) => one.age - another.age || (one.id < another.id ? 1 : -1))
      .map(({ id }) => id);
    for (const limit of [1, 2, 3, 5, 8, 9]) {
      const seen: Session[] = [];
      let page = await store.listSessions(subject, now, { limit });
      while (page.length > 0) {
        expect(page).to.have.length.at.most(limit);
        seen.push(...page);
        page = await store.listSessions(subject, now, { limit, after: seen.at(-1) });
      }
      expect(seen.map(({ id }) => id)).to.deep.equal(expected);
    }
  });

  it('are erased when the subject is forgotten, which goes on to be logged out', async () => {
    const session = await created({ userAgent: 'Firefox', ip: '::1', label: 'mine' });
    const { subject } = session;
    const other = await created();
    await created({ subject });
    await store.revokeSession((await created({ subject })).id, now);
    await store.forgetSubject(subject, now, { keepUntil: now + 900 });
    const alone = { jti: 'unknown', subject, issuedAt: now, now, graceSeconds: 0 };
    expect(await store.isRevoked(alone)).to.equal(true);
    expect(await store.isRevoked({ ...alone, issuedAt: now + 1 })).to.equal(false);
    expect(await store.isRevoked(query(session))).to.equal(true);
    const rows = await dataSource.query<unknown[]>(`SELECT * FROM jwt_session WHERE subject = '${subject}'`);
    expect(rows).to.deep.equal([]);
    expect(await aliveOf(other.subject)).to.deep.equal([other.id]);
    const again = await created({ subject });
    expect(await aliveOf(subject)).to.deep.equal([again.id]);
  });

  it('are those of one prefix', async () => {
    const one = new TypeOrmTokenStore(dataSource, { prefix: 'one' });
    const session = newSession();
    await one.createSession(session);
    for (const stranger of [store, new TypeOrmTokenStore(dataSource, { prefix: 'two' })]) {
      expect(await stranger.listSessions(session.subject, now)).to.deep.equal([]);
      expect(await stranger.findSession(session.id, now)).to.equal(undefined);
      expect(await stranger.revokeSession(session.id, now)).to.equal(false);
      await stranger.revokeSubject(session.subject, now);
      await stranger.createSession(session);
    }
    await one.revokeToken({ jti: 'mine', subject: session.subject, now, expiresAt: now + 900 });
    expect(await store.isRevoked(query(session, { jti: 'mine' }))).to.equal(false);
    expect(await one.isRevoked(query(session, { jti: 'mine' }))).to.equal(true);
    expect(await one.findSession(session.id, now)).to.deep.equal(session);
  });

  it('are dead where the row of their subject was lost', async () => {
    const session = await created();
    await store.rotateSession(rotation(session, 0));
    await dataSource.query(`DELETE FROM jwt_subject WHERE subject_hash = '${hashOf(session.subject)}'`);
    expect(await store.isRevoked(query(session))).to.equal(true);
    expect(await store.revokeSession(session.id, now)).to.equal(false);
    expect(await store.rotateSession(rotation(session, 0))).to.include({ outcome: 'reused', flipped: false });
  });

  if (kind.port !== undefined) {
    it('go on where one was spared while its refresh waited for that', async () => {
      const session = await created();
      const runner = dataSource.createQueryRunner();
      await runner.startTransaction();
      for (const [table, hash] of [
        ['jwt_subject', `subject_hash = '${hashOf(session.subject)}'`],
        ['jwt_session', `id_hash = '${hashOf(session.id)}'`],
      ] as const) {
        await runner.query(`UPDATE ${table} SET epoch = epoch + 1 WHERE ${hash}`);
      }
      const refreshing = store.rotateSession(rotation(session, 0));
      await store.isRevoked(query(session));
      await store.isRevoked(query(session));
      await runner.commitTransaction();
      await runner.release();
      expect((await refreshing).outcome).to.equal('rotated');
      expect(await store.isRevoked(query(session))).to.equal(false);
    });
  }
});
