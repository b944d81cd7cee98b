import { expect } from 'chai';
import type { Session } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { testClock, testManager } from '../../support/manager';
import { keysWith, nodeRedis, ownPrefix } from '../../support/redis-clients';
import { useOwnRedis } from '../../support/use-redis';

type Client = Awaited<ReturnType<typeof nodeRedis>>['client'];

const now = Math.floor(Date.now() / 1000);
const day = 86_400;
const year = 365 * day;
/** Entries stay an hour longer than their tokens. */
const slack = 3600;

function newSession(id: string, subject = 'ada', members: Partial<Session> = {}): Session {
  const times = { rotatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: now + day };
  return { id, subject, generation: 0, ...times, ...members };
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

  const key = (name: string) => `{${prefix}}:${name}`;
  const isDead = (sessionId: string, subject = 'ada') =>
    store.isRevoked({ jti: 'jti', sessionId, subject, issuedAt: now });
  async function expectTtl(name: string, expected: number): Promise<void> {
    expect(await client.ttl(key(name)), name).to.be.within(expected - 5, expected + 1);
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
    const kinds = new Set(keys.map((name) => name.split(':')[1]));
    expect([...kinds].sort()).to.deep.equal(['revoked', 'session', 'sessions', 'subject']);
    for (const name of keys) {
      expect(name.startsWith(`{${prefix}}:`), name).to.equal(true);
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

  it('of a session are three: the row as JSON, its subject, and who is alive', async () => {
    const session = newSession('sid', 'ada', { userAgent: 'Firefox', label: 'laptop' });
    await store.createSession(session);
    expect((await keysWith(redis().url, prefix)).sort()).to.deep.equal(
      ['session:sid', 'sessions:ada', 'subject:ada'].map(key),
    );
    const { serial, ...row } = JSON.parse((await client.get(key('session:sid'))) ?? '') as Record<
      string,
      unknown
    >;
    expect(row).to.deep.equal(session);
    expect(serial).to.be.a('number');
  });

  it('of a session live as long as it, counted from its beginning, whatever the clock says', async () => {
    for (const skew of [-2 * year, -120, 0, 3600, 2 * year]) {
      const subject = `ada${String(skew)}`;
      const createdAt = now + skew;
      await store.createSession(newSession(subject, subject, { createdAt, expiresAt: createdAt + day }));
      for (const kind of ['session', 'subject', 'sessions'])
        await expectTtl(`${kind}:${subject}`, day + slack);
    }
  });

  it('F13: never have a time to live of nothing or less', async () => {
    await store.createSession(newSession('sid', 'ada', { expiresAt: now - year }));
    await store.revokeToken('jti', now - year);
    await store.revokeSubject('bob', now, { keepUntil: now - year });
    for (const name of ['session:sid', 'subject:ada', 'sessions:ada', 'revoked:jti', 'subject:bob']) {
      await expectTtl(name, slack);
    }
  });

  it('of a subject live as long as the longest-lived of its entries', async () => {
    await store.createSession(newSession('long'));
    await store.createSession(newSession('short', 'ada', { expiresAt: now + 60 }));
    await expectTtl('subject:ada', day + slack);
    await expectTtl('sessions:ada', day + slack);
    await store.revokeSubject('ada', now, { keepUntil: now + 2 * day, exceptSessionId: 'long' });
    await expectTtl('subject:ada', 2 * day + slack);
    await expectTtl('sessions:ada', day + slack);
    await store.revokeSubject('ada', now, { keepUntil: now + 60 });
    await expectTtl('subject:ada', 2 * day + slack);
  });

  it('remember a not-before for ten years where nobody says until when: no token lives longer', async () => {
    await store.revokeSubject('ada', now);
    await expectTtl('subject:ada', 10 * year + slack);
  });

  it('of a row keep their time to live when it moves on or dies', async () => {
    await store.createSession(newSession('sid'));
    await store.rotateSession({ sessionId: 'sid', generation: 0, now, graceSeconds: 0 });
    await expectTtl('session:sid', day + slack);
    await store.revokeSession('sid', now);
    await expectTtl('session:sid', day + slack);
  });

  it('of a token that is revoked twice live until the later end', async () => {
    const start = Math.ceil(Date.now() / 1000);
    for (const end of [start + 600, start + 900, start + 300]) await store.revokeToken('jti', end);
    await expectTtl('revoked:jti', 900 + slack);
  });

  it('do not list a session for ever: a later login drops what is long over', async () => {
    await store.createSession(newSession('old', 'ada', { expiresAt: now + 60 }));
    await store.createSession(newSession('young'));
    const after = now + 60 + slack;
    await store.createSession(newSession('next', 'ada', { createdAt: after, expiresAt: after + day }));
    expect(await client.zRange(key('sessions:ada'), 0, -1)).to.deep.equal(['young', 'next']);
  });

  it('list a session whose row is gone no more', async () => {
    await store.createSession(newSession('gone'));
    await store.createSession(newSession('here'));
    await client.del(key('session:gone'));
    expect((await store.listSessions('ada', now)).map(({ id }) => id)).to.deep.equal(['here']);
  });

  it('let no session live when its counter is lost, nor when a new one has counted on', async () => {
    for (const id of ['first', 'second']) await store.createSession(newSession(id));
    await client.del(key('subject:ada'));
    await untilLater(client);
    expect(await isDead('first')).to.equal(true);
    for (const id of ['third', 'fourth', 'fifth']) await store.createSession(newSession(id));
    const dead = [];
    for (const id of ['first', 'second', 'third', 'fourth', 'fifth']) dead.push(await isDead(id));
    expect(dead).to.deep.equal([true, true, false, false, false]);
    const rotation = { sessionId: 'first', now, graceSeconds: 10 };
    expect(await store.rotateSession({ ...rotation, generation: 0 })).to.deep.equal({ outcome: 'unknown' });
    expect(await store.revokeSession('second', now)).to.equal(false);
  });

  it('cost the same commands to log out one session or three hundred', async () => {
    const costs = [];
    for (const count of [1, 300]) {
      const subject = `ada${String(count)}`;
      for (let index = 0; index < count; index++)
        await store.createSession(newSession(`${subject}-${String(index)}`, subject));
      const commands = await commandsOf(client, () =>
        store.revokeSubject(subject, now, { exceptSessionId: `${subject}-0` }),
      );
      costs.push(commands);
      expect((await store.listSessions(subject, now)).map(({ id }) => id)).to.deep.equal([`${subject}-0`]);
    }
    expect(costs[0]).to.deep.equal(costs[1]);
    expect(costs[0]?.['unlink']).to.equal(1);
  });

  it('spare no session of another subject', async () => {
    await store.createSession(newSession('ours'));
    await store.createSession(newSession('theirs', 'bob'));
    await store.revokeSubject('ada', now, { exceptSessionId: 'theirs' });
    expect(await client.exists(key('sessions:ada'))).to.equal(0);
    expect(await isDead('ours')).to.equal(true);
    expect(await isDead('theirs', 'bob')).to.equal(false);
  });

  it('say when a session died with its subject', async () => {
    await store.createSession(newSession('sid'));
    await store.rotateSession({ sessionId: 'sid', generation: 0, now, graceSeconds: 0 });
    await store.revokeSubject('ada', now + 7);
    const reuse = { sessionId: 'sid', generation: 0, now: now + 9, graceSeconds: 0 };
    const { session, flipped } = await store.rotateSession(reuse);
    expect([session?.revokedAt, flipped]).to.deep.equal([now + 7, false]);
  });

  it('survive that Redis forgets all scripts', async () => {
    await store.createSession(newSession('sid'));
    await client.scriptFlush();
    expect(await isDead('sid')).to.equal(false);
    await client.scriptFlush();
    const results = await Promise.all(
      [1, 2, 3].map(() => store.rotateSession({ sessionId: 'sid', generation: 0, now, graceSeconds: 10 })),
    );
    expect(results.map(({ outcome }) => outcome)).to.deep.equal(['rotated', 'replayed', 'replayed']);
  });

  it('of two prefixes do not meet', async () => {
    const other = new RedisTokenStore(client, { prefix: `${prefix}x` });
    await store.createSession(newSession('sid'));
    await store.revokeToken('jti', now + 60);
    expect(await other.isRevoked({ jti: 'jti', subject: 'ada', issuedAt: now })).to.equal(false);
    expect(await other.isRevoked({ jti: 'a', sessionId: 'sid', subject: 'ada', issuedAt: now })).to.equal(
      true,
    );
  });

  it('start with the name of the library unless told otherwise', async () => {
    await new RedisTokenStore(client).revokeToken('jti', now + 60);
    expect(await client.exists('{routing-controllers-jwt}:revoked:jti')).to.equal(1);
  });
});

/** Waits until the clock of Redis is 10 ms on. */
async function untilLater(client: Client): Promise<void> {
  const milliseconds = async () =>
    Number(await client.eval("local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000"));
  const start = await milliseconds();
  while ((await milliseconds()) < start + 10);
}

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
