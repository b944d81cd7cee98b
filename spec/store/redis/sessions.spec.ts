import { expect } from 'chai';
import { shardOf } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { nodeRedis, ownPrefix, type Connected } from '../../support/redis-clients';
import { idOf, newSession, now, queryOf, rotationOf } from '../../support/redis-sessions';
import { useRedis } from '../../support/use-redis';

describe('The sessions of a RedisTokenStore', () => {
  const prefix = ownPrefix();
  const url = useRedis(prefix);
  let connected: Connected;
  let store: RedisTokenStore;
  const shards = new Set<string>();
  let count = 0;
  let subject: string;

  before(async () => {
    connected = await nodeRedis(url());
    store = new RedisTokenStore(connected.client, { prefix });
  });
  after(() => {
    connected?.close();
  });
  beforeEach(() => {
    // Ids of the same name differ by the shards of their subjects.
    do subject = `ada${String(count++)}`;
    while (shards.has(shardOf(subject)));
    shards.add(shardOf(subject));
  });

  const namesOf = async (page?: { limit: number }) =>
    (await store.listSessions(subject, now, page)).map(({ id }) => id.slice(2));

  it('are found by their id with all that was stored', async () => {
    const details = { userAgent: 'Fire"fox \ud83d\ude00', ip: '::1', label: '\ud800 half' };
    const session = newSession('sid', subject, details);
    expect(await store.createSession(session)).to.deep.equal({ created: true, ended: [] });
    expect(await store.findSession(session.id, now)).to.deep.equal(session);
    expect(await store.findSession(session.id, session.expiresAt)).to.equal(undefined);
    expect(await store.findSession(idOf(subject, 'other'), now)).to.equal(undefined);
    await store.revokeSession(session.id, now);
    expect(await store.findSession(session.id, now)).to.equal(undefined);
  });

  it('are rejected when their id has the shard of another subject', async () => {
    const session = { ...newSession('sid', subject), id: 'zz-sid' };
    let message = '';
    await store.createSession(session).catch((error: unknown) => (message = String(error)));
    expect(message).to.include('must start with the shard of its subject');
    expect(await store.isRevoked(queryOf(session))).to.equal(true);
    expect((await store.rotateSession(rotationOf(session))).outcome).to.equal('unknown');
    expect(await store.revokeSession(session.id, now, { subject })).to.equal(false);
  });

  it('are listed newest first, page by page, also after a session that has ended', async () => {
    for (let index = 0; index < 7; index++) {
      const createdAt = now + Math.floor(index / 3);
      await store.createSession(newSession(String(index), subject, { createdAt }));
    }
    expect(await namesOf()).to.deep.equal(['6', '5', '4', '3', '2', '1', '0']);
    expect(await namesOf({ limit: 2 })).to.deep.equal(['6', '5']);
    const after = { id: idOf(subject, '4'), createdAt: now + 1 };
    const next = async () =>
      (await store.listSessions(subject, now, { limit: 3, after })).map(({ id }) => id.slice(2));
    expect(await next()).to.deep.equal(['3', '2', '1']);
    await store.revokeSession(after.id, now);
    expect(await next()).to.deep.equal(['3', '2', '1']);
    expect(await namesOf({ limit: 0 })).to.deep.equal([]);
  });

  it('fill a page although some of them have expired', async () => {
    for (let index = 0; index < 6; index++) {
      const members = { createdAt: now + index, expiresAt: now + (index % 2 === 0 ? 1000 : 100) };
      await store.createSession(newSession(String(index), subject, members));
    }
    const sessions = await store.listSessions(subject, now + 500, { limit: 3 });
    expect(sessions.map(({ id }) => id.slice(2))).to.deep.equal(['4', '2', '0']);
  });

  it('end at a login when they are too many: the ones used longest ago', async () => {
    const ended: string[] = [];
    for (const [index, lastUsedAt] of [5, 1, 3, 9].entries()) {
      const session = newSession(String(index), subject, { lastUsedAt: now + lastUsedAt });
      const result = await store.createSession(session, { maxSessions: 2 });
      ended.push(...result.ended.map((id) => id.slice(2)));
    }
    expect(ended).to.deep.equal(['1', '2']);
    expect(await namesOf()).to.deep.equal(['3', '0']);
    expect(await store.isRevoked(queryOf(newSession('1', subject)))).to.equal(true);
    expect(await store.findSession(idOf(subject, '1'), now)).to.equal(undefined);
    const reuse = await store.rotateSession(rotationOf(newSession('1', subject)));
    expect(reuse.outcome).to.equal('unknown');
    const { outcome, flipped, session } = await store.rotateSession(
      rotationOf(newSession('1', subject), { generation: -1 }),
    );
    expect([outcome, flipped, session?.revokedAt]).to.deep.equal(['reused', false, now]);
  });

  for (const most of [1, 3]) {
    it(`end at one login when the limit was lowered, ${String(most)} of 600 with all that is known of them`, async () => {
      const others = Array.from({ length: 600 }, (_, index) => {
        const times = { createdAt: now - index, lastUsedAt: now + index };
        return newSession(String(index), subject, {
          ...times,
          userAgent: `agent ${String(index)}`,
          ip: '::1',
        });
      });
      for (const session of others) await store.createSession(session);
      await store.createSession(newSession('short', subject, { lastUsedAt: now + 900, expiresAt: now + 1 }));
      const last = newSession('last', subject, { createdAt: now + 10, lastUsedAt: now, label: 'laptop' });
      const result = await store.createSession(last, { maxSessions: most });
      const stay = others.slice(601 - most).reverse();
      const ended = others.slice(0, 601 - most);
      expect(new Set(result.ended)).to.deep.equal(new Set(ended.map(({ id }) => id)));
      const listed = await store.listSessions(subject, now + 10, { limit: 10 });
      expect(listed).to.deep.equal([last, ...stay.sort((one, other) => other.createdAt - one.createdAt)]);
      expect(await store.isRevoked(queryOf(newSession('0', subject)))).to.equal(true);
      for (const session of stay) expect(await store.isRevoked(queryOf(session))).to.equal(false);
    });
  }

  it('that have expired do not count, and are forgotten at a later login', async () => {
    await store.createSession(newSession('short', subject, { expiresAt: now + 10 }));
    await store.createSession(newSession('long', subject, { lastUsedAt: now - 1 }));
    const later = { createdAt: now + 20, lastUsedAt: now + 20, expiresAt: now + 9000 };
    const second = await store.createSession(newSession('next', subject, later), { maxSessions: 2 });
    expect(second.ended).to.deep.equal([]);
    const third = await store.createSession(newSession('last', subject, later), { maxSessions: 2 });
    expect(third.ended).to.deep.equal([idOf(subject, 'long')]);
    expect(await store.findSession(idOf(subject, 'short'), now)).to.not.equal(undefined);
  });

  it('are exactly as many as may be after twenty logins at once', async () => {
    const logins = Array.from({ length: 20 }, (_, index) =>
      store.createSession(newSession(String(index), subject), { maxSessions: 3 }),
    );
    const ended = (await Promise.all(logins)).flatMap((result) => result.ended);
    expect(new Set(ended).size).to.equal(17);
    expect(await namesOf()).to.have.length(3);
  });

  it('are not created by a login that began before all were revoked', async () => {
    await store.revokeSubject(subject, now, { notBefore: now + 5 });
    const session = newSession('sid', subject);
    expect(await store.createSession(session, { authenticatedAt: now })).to.deep.equal({
      created: false,
      ended: [],
    });
    expect(await store.findSession(session.id, now)).to.equal(undefined);
    expect((await store.createSession(session, { authenticatedAt: now + 1 })).created).to.equal(true);
    expect((await store.createSession(newSession('b', subject))).created).to.equal(true);
  });

  it('are spared with all that is known of them when all others are revoked, and only if alive', async () => {
    const spared = newSession('spared', subject, { userAgent: 'Firefox', label: 'laptop' });
    await store.createSession(spared);
    await store.createSession(newSession('other', subject));
    await store.revokeSubject(subject, now, { exceptSessionId: spared.id });
    expect(await store.listSessions(subject, now)).to.deep.equal([spared]);
    expect(await store.findSession(spared.id, now)).to.deep.equal(spared);
    await store.revokeSubject(subject, now, { exceptSessionId: idOf(subject, 'other') });
    expect(await store.listSessions(subject, now)).to.deep.equal([]);
  });

  it('move on, count as used, and live until their next refresh token ends', async () => {
    const session = newSession('sid', subject, { ip: '::1', expiresAt: now + 50 });
    await store.createSession(session);
    const seen = { userAgent: 'Firefox', ip: undefined };
    const rotation = rotationOf(session, { now: now + 5, expiresAt: now + 500, seen });
    const row = { ...session, generation: 1, rotatedAt: now + 5, lastUsedAt: now + 5, expiresAt: now + 500 };
    const rotated = { ...row, userAgent: 'Firefox' };
    expect(await store.rotateSession(rotation)).to.deep.equal({ outcome: 'rotated', session: rotated });
    expect(await store.rotateSession(rotation)).to.deep.equal({ outcome: 'replayed', session: rotated });
    expect(await store.listSessions(subject, now + 400)).to.deep.equal([rotated]);
    expect(await store.listSessions(subject, now + 500)).to.deep.equal([]);
    expect(await store.rotateSession({ ...rotation, graceSeconds: 0 })).to.deep.equal({
      outcome: 'reused',
      session: { ...rotated, revokedAt: now + 5 },
      flipped: true,
    });
    const again = await store.rotateSession({ ...rotation, graceSeconds: 0 });
    expect([again.outcome, again.session?.revokedAt, again.flipped]).to.deep.equal([
      'reused',
      now + 5,
      false,
    ]);
    const current = await store.rotateSession({ ...rotation, generation: 1 });
    expect(current).to.deep.equal({ outcome: 'unknown' });
  });

  it('are ended for their own subject only, by their id alone or with the subject', async () => {
    for (const name of ['a', 'b']) await store.createSession(newSession(name, subject));
    const [one, other] = [idOf(subject, 'a'), idOf(subject, 'b')];
    expect(await store.revokeSession(one, now, { subject: 'somebody' })).to.equal(false);
    expect(await store.revokeSession(one, now, { subject })).to.equal(true);
    expect(await store.revokeSession(one, now, { subject })).to.equal(false);
    expect(await store.revokeSession(other, now)).to.equal(true);
    expect(await store.revokeSession(other, now)).to.equal(false);
    expect(await store.revokeSession(idOf(subject, 'c'), now)).to.equal(false);
  });

  it('judge a refresh token by its generation and the grace window on every route', async () => {
    const session = newSession('sid', subject);
    await store.createSession(session);
    const isDead = (generation: number, graceSeconds = 10) =>
      store.isRevoked(queryOf(session, { generation, graceSeconds }));
    expect([await isDead(-1), await isDead(0), await isDead(1)]).to.deep.equal([false, false, true]);
    await store.rotateSession(rotationOf(session));
    await store.rotateSession(rotationOf(session, { generation: 1 }));
    const dead = [await isDead(0), await isDead(1), await isDead(1, 0), await isDead(2), await isDead(3)];
    expect(dead).to.deep.equal([true, false, true, false, true]);
  });
});
