import { expect } from 'chai';
import type { Session, TokenRevocation } from '../../../src/store/token-store';
import { RedisTokenStore } from '../../../src/redis';
import { shardOf } from '../../../src/store/shard';
import { testClock, testManager } from '../../support/manager';
import { keysWith, nodeRedis, ownPrefix } from '../../support/redis-clients';
import { day, hashOfSubject, idOf, newSession, now, queryOf, rotationOf } from '../../support/redis-sessions';
import { useOwnRedis } from '../../support/use-redis';

type Client = Awaited<ReturnType<typeof nodeRedis>>['client'];

const year = 365 * day;
/** Entries stay an hour longer than their tokens. */
const slack = 3600;

function revocationOf(jti: string, expiresAt: number): TokenRevocation {
  return { jti, subject: 'ada', now, expiresAt };
}

describe('The keys of a RedisTokenStore', () => {
  const redis = useOwnRedis();
  let client: Client;
  let close: () => void;
  let prefix: string;
  let store: RedisTokenStore;

  before(async () => {
    ({ client, close } = await nodeRedis(redis().url));
  });
  after(() => {
    close?.();
  });
  beforeEach(() => {
    prefix = ownPrefix();
    store = new RedisTokenStore(client, { prefix });
  });

  const keyOf = (subject: string, name: string) => `{${prefix}:${shardOf(subject)}}:${name}`;
  const rowOf = (name: string, subject = 'ada') => keyOf(subject, `s:${idOf(subject, name)}`);
  const [subjectOf, listOf, detailsOf] = ['u', 'l', 'd'].map(
    (kind) => (subject: string) => keyOf(subject, `${kind}:${hashOfSubject(subject)}`),
  ) as [(subject: string) => string, (subject: string) => string, (subject: string) => string];
  const isDead = (name: string, subject = 'ada') => store.isRevoked(queryOf(newSession(name, subject)));
  async function expectTtl(name: string, expected: number): Promise<void> {
    expect(await client.ttl(name), name).to.be.within(expected - 5, expected + 1);
  }

  /** Everything that is in Redis, as text. */
  async function dump(): Promise<string> {
    const keys = await keysWith(redis().url, prefix);
    const values = await Promise.all(keys.map((name) => valueOf(name)));
    return JSON.stringify([keys, values]);
  }

  async function valueOf(name: string): Promise<unknown> {
    const type = await client.type(name);
    if (type === 'hash') return client.hGetAll(name);
    if (type === 'stream') return client.xRange(name, '-', '+');
    return type === 'zset' ? client.zRangeWithScores(name, 0, -1) : client.get(name);
  }

  /** All that a manager does, theft included. */
  async function wholeScenario(): Promise<string[]> {
    const manager = testManager({ store, clock: testClock(Date.now()), rotationGrace: 0 });
    const pairs = [];
    for (const label of ['laptop', 'phone', 'tablet']) {
      pairs.push(
        await manager.createTokenPair('ada', { session: { label, userAgent: 'Firefox', ip: '::1' } }),
      );
    }
    const [first, second, third] = pairs as [(typeof pairs)[0], (typeof pairs)[0], (typeof pairs)[0]];
    const next = await manager.refresh(first.refresh_token);
    await manager.refresh(first.refresh_token).catch(() => {});
    const { sessionId = '' } = await manager.verify(second.access_token);
    await manager.revoke(third.access_token);
    await manager.revokeSession(sessionId);
    await manager.revokeAll('ada', { except: (await manager.listSessions('ada'))[0]?.id ?? '' });
    await manager.revokeAll('bob');
    const alone = await manager.createAccessToken('ada');
    return [...pairs, next].flatMap((pair) => [pair.access_token, pair.refresh_token]).concat(alone);
  }

  it('all have a time to live and one hash tag', async () => {
    await wholeScenario();
    const keys = await keysWith(redis().url, prefix);
    const kinds = new Set(keys.map((name) => name.split(':')[2]));
    expect([...kinds].sort()).to.deep.equal(['d', 'l', 'r', 's', 'u', 'x']);
    for (const name of keys) {
      expect(name.startsWith(`{${prefix}:`), name).to.equal(true);
      expect(await client.ttl(name), name).to.be.within(slack, 10 * year + slack);
    }
  });

  it('F10: and values hold no text of a token, no part of it', async () => {
    const texts = await wholeScenario();
    const everything = await dump();
    for (const text of texts) {
      for (const part of text.split('.')) expect(everything).not.to.include(part.slice(0, 40));
    }
    expect(everything).to.include('Firefox');
  });

  it('of a session are four: its row, who is alive, and what is known of the person under their own key', async () => {
    const session = newSession('sid', 'ada', { userAgent: 'Firefox', label: 'laptop' });
    await store.createSession(session);
    expect((await keysWith(redis().url, prefix)).sort()).to.deep.equal([
      detailsOf('ada'),
      listOf('ada'),
      rowOf('sid'),
    ]);
    const { m, ...row } = await client.hGetAll(rowOf('sid'));
    const [g, moment, e] = ['0', String(now), String(now + day)];
    expect(row).to.deep.equal({ s: hashOfSubject('ada'), g, r: moment, c: moment, u: moment, e });
    expect(Number(m)).to.be.closeTo(Date.now(), 60_000);
  });

  it('have the shard of the subject in their hash tag: all of one subject are in one slot', async () => {
    await store.createSession(newSession('sid', 'ada'));
    await store.revokeToken(revocationOf('jti', now + 60));
    await store.revokeSubject('ada', now);
    for (const name of await keysWith(redis().url, prefix))
      expect(name.startsWith(`{${prefix}:${shardOf('ada')}}:`), name).to.equal(true);
  });

  it('of a session live as long as it, counted from its beginning, whatever the clock says', async () => {
    for (const skew of [-2 * year, -120, 0, 3600, 2 * year]) {
      const subject = `ada${String(skew)}`;
      const createdAt = now + skew;
      await store.createSession(newSession('sid', subject, { createdAt, expiresAt: createdAt + day }));
      for (const name of [rowOf('sid', subject), listOf(subject), detailsOf(subject)])
        await expectTtl(name, day + slack);
    }
  });

  it('F13: never have a time to live of nothing or less', async () => {
    await store.createSession(newSession('sid', 'ada', { expiresAt: now - year }));
    await store.revokeToken(revocationOf('jti', now - year));
    await store.revokeSubject('bob', now, { keepUntil: now - year });
    const names = [rowOf('sid'), listOf('ada'), detailsOf('ada'), keyOf('ada', 'r:jti'), subjectOf('bob')];
    for (const name of names) await expectTtl(name, slack);
  });

  it('of a subject live as long as the longest-lived of its entries', async () => {
    const long = newSession('long');
    await store.createSession(long);
    await store.createSession(newSession('short', 'ada', { expiresAt: now + 60 }));
    for (const name of [listOf('ada'), detailsOf('ada')]) await expectTtl(name, day + slack);
    await store.revokeSubject('ada', now, { keepUntil: now + 2 * day, exceptSessionId: long.id });
    await expectTtl(subjectOf('ada'), 2 * day + slack);
    for (const name of [listOf('ada'), detailsOf('ada')]) await expectTtl(name, day + slack);
    await store.revokeSubject('ada', now, { keepUntil: now + 60 });
    await expectTtl(subjectOf('ada'), 2 * day + slack);
  });

  it('remember a not-before for ten years where nobody says until when: no token lives longer', async () => {
    await store.revokeSubject('ada', now);
    await expectTtl(subjectOf('ada'), 10 * year + slack);
  });

  it('of a row live until the session ends, which each rotation sets anew', async () => {
    const session = newSession('sid');
    await store.createSession(session);
    await store.rotateSession(rotationOf(session, { expiresAt: now + 2 * day }));
    for (const name of [rowOf('sid'), listOf('ada'), detailsOf('ada')])
      await expectTtl(name, 2 * day + slack);
    await store.rotateSession(rotationOf(session, { generation: 1, expiresAt: now + 600 }));
    await expectTtl(rowOf('sid'), 600 + slack);
    await store.revokeSession(session.id, now);
    await expectTtl(rowOf('sid'), 600 + slack);
  });

  it('of a token that is revoked twice live until the later end', async () => {
    for (const end of [now + 600, now + 900, now + 300]) await store.revokeToken(revocationOf('jti', end));
    await expectTtl(keyOf('ada', 'r:jti'), 900 + slack);
  });

  it('do not list a session for ever: a later login drops what is long over', async () => {
    await store.createSession(newSession('old', 'ada', { expiresAt: now + 60, label: 'laptop' }));
    await store.createSession(newSession('young'));
    const createdAt = now + 60 + slack;
    await store.createSession(newSession('next', 'ada', { createdAt, expiresAt: createdAt + day }));
    const members = await client.zRange(listOf('ada'), 0, -1);
    expect(members.filter((member) => member.endsWith('old'))).to.deep.equal([]);
    expect(await client.hKeys(detailsOf('ada'))).to.deep.equal(['subject']);
  });

  it('list a session whose row is gone no more', async () => {
    await store.createSession(newSession('gone'));
    await store.createSession(newSession('here'));
    await client.del(rowOf('gone'));
    expect((await store.listSessions('ada', now)).map(({ id }) => id)).to.deep.equal([idOf('ada', 'here')]);
    expect(await isDead('gone')).to.equal(true);
    expect(await store.findSession(idOf('ada', 'gone'), now)).to.equal(undefined);
  });

  it('let no session live when the list of those that are alive is lost, nor when a new one is there', async () => {
    await store.createSession(newSession('first'));
    await client.del(listOf('ada'));
    expect(await isDead('first')).to.equal(true);
    await store.createSession(newSession('second'));
    expect([await isDead('first'), await isDead('second')]).to.deep.equal([true, false]);
    expect(await store.rotateSession(rotationOf(newSession('first')))).to.deep.equal({ outcome: 'unknown' });
    expect(await store.revokeSession(idOf('ada', 'first'), now)).to.equal(false);
  });

  it('cost the same commands with two sessions or three hundred, whatever the verb', async () => {
    const costs = [];
    for (const count of [2, 300]) {
      const subject = `ada${String(count)}`;
      for (let index = 0; index < count; index++)
        await store.createSession(newSession(String(index), subject));
      const session = newSession('0', subject);
      const works: (() => unknown)[] = [
        () => store.isRevoked(queryOf(session)),
        () => store.findSession(session.id, now),
        () => store.rotateSession(rotationOf(session)),
        () => store.createSession(newSession('next', subject), { maxSessions: count }),
        () => store.revokeSession(idOf(subject, 'next'), now),
        () => store.revokeSubject(subject, now, { exceptSessionId: session.id }),
      ];
      const counts = [];
      for (const work of works) counts.push(await commandsOf(client, async () => work()));
      costs.push(counts);
    }
    expect(costs[0]).to.deep.equal(costs[1]);
    expect(costs[0]?.[5]?.['unlink']).to.equal(1);
  });

  it('cost few commands when a lower limit ends very many sessions at once', async () => {
    for (let index = 0; index < 600; index++) await store.createSession(newSession(String(index)));
    const commands = await commandsOf(client, () =>
      store.createSession(newSession('last'), { maxSessions: 3 }),
    );
    const sum = Object.values(commands).reduce((total, count) => total + count, 0);
    expect(sum).to.be.below(100);
    expect(await store.listSessions('ada', now)).to.have.length(3);
  });

  it('spare no session of another subject', async () => {
    const theirs = newSession('theirs', 'bob');
    await store.createSession(newSession('ours'));
    await store.createSession(theirs);
    await store.revokeSubject('ada', now, { exceptSessionId: theirs.id });
    expect(await client.exists(listOf('ada'))).to.equal(0);
    expect(await isDead('ours')).to.equal(true);
    expect(await isDead('theirs', 'bob')).to.equal(false);
  });

  it('say when a session died with its subject', async () => {
    const session = newSession('sid');
    await store.createSession(session);
    await store.rotateSession(rotationOf(session));
    await store.revokeSubject('ada', now + 7);
    const reuse = await store.rotateSession(rotationOf(session, { now: now + 9, graceSeconds: 0 }));
    expect([reuse.outcome, reuse.session?.revokedAt, reuse.flipped]).to.deep.equal([
      'reused',
      now + 7,
      false,
    ]);
  });

  const endings: [string, (session: Session) => Promise<unknown>][] = [
    ['it is revoked', ({ id }) => store.revokeSession(id, now)],
    ['all of the subject are', ({ subject }) => store.revokeSubject(subject, now)],
    [
      'its refresh token is used twice',
      async (session) => {
        await store.rotateSession(rotationOf(session, { graceSeconds: 0 }));
        await store.rotateSession(rotationOf(session, { graceSeconds: 0 }));
      },
    ],
    [
      'it makes room for the next login',
      ({ subject }) => store.createSession(newSession('b', subject), { maxSessions: 1 }),
    ],
    ['the subject is forgotten', ({ subject }) => store.forgetSubject(subject, now)],
  ];
  for (const [name, end] of endings) {
    it(`keep nothing of where a session came from once it has ended: ${name}`, async () => {
      await store.createSession(
        newSession('sid', 'ada-lovelace', { userAgent: 'Firefox', ip: '203.0.113.7', label: 'laptop' }),
      );
      expect(await dump()).to.include('203.0.113.7');
      await end(newSession('sid', 'ada-lovelace'));
      const everything = await dump();
      for (const text of ['Firefox', '203.0.113.7', 'laptop']) expect(everything).not.to.include(text);
    });
  }

  it('name no subject once its last session has ended, and hold its hash only', async () => {
    await store.createSession(newSession('a', 'ada-lovelace'));
    await store.createSession(newSession('b', 'ada-lovelace'));
    await store.revokeSession(idOf('ada-lovelace', 'a'), now);
    expect(await dump()).to.include('ada-lovelace');
    await store.revokeSession(idOf('ada-lovelace', 'b'), now);
    await store.createSession(newSession('c', 'ada-lovelace'));
    await store.revokeSubject('ada-lovelace', now);
    expect(await dump()).not.to.include('ada-lovelace');
  });

  it('of a subject that is forgotten are its not-before and the feed, which know its hash only', async () => {
    for (let index = 0; index < 700; index++) await store.createSession(newSession(String(index)));
    await store.forgetSubject('ada', now, { notBefore: now + 5, keepUntil: now + day });
    const keys = [keyOf('ada', 'x'), subjectOf('ada')];
    expect((await keysWith(redis().url, prefix)).sort()).to.deep.equal(keys.sort());
    await expectTtl(subjectOf('ada'), day + slack);
    expect(await isDead('0')).to.equal(true);
    const alone = { jti: 'jti', subject: 'ada', now, graceSeconds: 10 };
    const dead = [5, 6].map(async (later) => store.isRevoked({ ...alone, issuedAt: now + later }));
    expect(await Promise.all(dead)).to.deep.equal([true, false]);
    await store.forgetSubject('nobody', now, { keepUntil: now });
  });

  it('survive that Redis forgets all scripts', async () => {
    const session = newSession('sid');
    await store.createSession(session);
    await client.scriptFlush();
    expect(await isDead('sid')).to.equal(false);
    await client.scriptFlush();
    const results = await Promise.all([1, 2, 3].map(() => store.rotateSession(rotationOf(session))));
    expect(results.map(({ outcome }) => outcome)).to.deep.equal(['rotated', 'replayed', 'replayed']);
  });

  it('of two prefixes do not meet', async () => {
    const other = new RedisTokenStore(client, { prefix: `${prefix}x` });
    const session = newSession('sid');
    await store.createSession(session);
    await store.revokeToken(revocationOf('jti', now + 60));
    expect(await other.isRevoked(queryOf(session, { sessionId: undefined }))).to.equal(false);
    expect(await other.isRevoked(queryOf(session, { jti: 'other' }))).to.equal(true);
  });

  it('start with the name of the library unless told otherwise', async () => {
    await new RedisTokenStore(client).revokeToken(revocationOf('jti', now + 60));
    expect(await client.exists(`{routing-controllers-jwt:${shardOf('ada')}}:r:jti`)).to.equal(1);
  });
});

/** How often which command ran meanwhile, in scripts too. */
async function commandsOf(client: Client, run: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await commandCounts(client);
  await run();
  const after = await commandCounts(client);
  const counts = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return Object.fromEntries(counts.filter(([name, count]) => count > 0 && name !== 'info'));
}

async function commandCounts(client: Client): Promise<Record<string, number>> {
  const text = await client.info('commandstats');
  return Object.fromEntries(
    [...text.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)].map(([, name = '', calls]) => [name, Number(calls)]),
  );
}
