import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { ConfigurationError, type TokenStore } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { scripts } from '../../../src/store/redis/scripts';
import { shardOf } from '../../../src/store/shard';
import { shortList } from '../../support/full';
import { refusalOf } from '../../support/rejected';
import { clientKinds, nodeRedis, ownPrefix, type Connected } from '../../support/redis-clients';
import { ageFeeds, inAnHour, untilKnown, untilSync } from '../../support/redis-feed';
import { idOf, newSession, now, queryOf, rotationOf } from '../../support/redis-sessions';
import { useOwnRedis } from '../../support/use-redis';

/** Two processes, as far as Redis can tell: each has a client of its own. */
interface World {
  readonly own: RedisTokenStore;
  readonly other: RedisTokenStore;
  readonly prefix: string;
}

/** Ends of a session, by another process. */
const endings: Readonly<Record<string, (store: TokenStore, sessionId: string) => Promise<unknown>>> = {
  'is revoked': (store, id) => store.revokeSession(id, now),
  'is revoked for its subject': (store, id) => store.revokeSession(id, now, { subject: 'ada' }),
  'is found stolen': (store, sessionId) =>
    store.rotateSession({ ...rotationOf(newSession('')), sessionId, generation: -1, graceSeconds: 0 }),
  'makes room': (store) => store.createSession(newSession('next'), { maxSessions: 1 }),
  'is one of all': (store) => store.revokeSubject('ada', now),
  'is one of all but another': (store) =>
    store.revokeSubject('ada', now, { exceptSessionId: idOf('ada', 'other') }),
  'is forgotten': (store) => store.forgetSubject('ada', now),
};

describe('F17: a RedisTokenStore with a replica', () => {
  const redis = useOwnRedis();
  let opened: Connected[] = [];
  let stores: RedisTokenStore[] = [];
  let prefix = '';
  beforeEach(() => {
    prefix = ownPrefix();
  });
  afterEach(() => {
    for (const store of stores) store.close();
    for (const { close } of opened) close();
    [opened, stores] = [[], []];
  });

  async function open(kind = 'a client of redis', consistency: 'replica' | 'strong' = 'replica') {
    const connected = await (clientKinds[kind] as (url: string) => Promise<Connected>)(redis().url);
    opened.push(connected);
    const store = new RedisTokenStore(connected.client, { prefix, consistency });
    stores.push(store);
    return store;
  }

  async function world(): Promise<World> {
    await ageFeeds(redis().url, prefix);
    return { own: await open(), other: await open(), prefix };
  }

  const alive = queryOf(newSession('sid'));

  async function untilRevoked(store: TokenStore): Promise<void> {
    while (!(await store.isRevoked(alive))) await setTimeout(2);
  }

  for (const kind of shortList(Object.keys(clientKinds), 1)) {
    it(`answers at once, and knows what another process has revoked, with ${kind}`, async () => {
      await ageFeeds(redis().url, prefix);
      const [own, other] = [await open(kind), await open(kind)];
      await other.createSession(newSession('sid'));
      expect(await untilSync(own, alive)).to.equal(false);
      await other.revokeSession(idOf('ada', 'sid'), now);
      await untilKnown(own, alive, true);
    });
  }

  for (const [name, end] of Object.entries(endings)) {
    it(`knows of a session that ${name}`, async () => {
      const { own, other } = await world();
      await other.createSession(newSession('sid'));
      expect(await untilSync(own, alive)).to.equal(false);
      await end(other, alive.sessionId ?? '');
      await untilRevoked(own);
      expect(await other.isRevoked(alive)).to.equal(true);
    });
  }

  it('knows of a token that is revoked alone', async () => {
    const { own, other } = await world();
    await other.createSession(newSession('sid'));
    await untilSync(own, alive);
    await other.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now + 60 });
    await untilKnown(own, alive, true);
    expect(own.isRevoked({ ...alive, jti: 'another' })).to.equal(false);
  });

  it('knows until when tokens without a session are revoked', async () => {
    const { own, other } = await world();
    const alone = { ...alive, sessionId: undefined };
    await untilSync(own, alone);
    await other.revokeSubject('ada', now, { notBefore: now + 5 });
    await other.revokeSubject('ada', now, { notBefore: now - 5 });
    await untilKnown(own, { ...alone, issuedAt: now + 5 }, true);
    expect(own.isRevoked({ ...alone, issuedAt: now + 6 })).to.equal(false);
    expect(own.isRevoked({ ...alone, subject: 'bob' })).to.equal(
      await untilSync(own, { ...alone, subject: 'bob' }),
    );
  });

  it('knows the session that a logout everywhere has spared, and asks once about one that may be new', async () => {
    const { own, other } = await world();
    await other.createSession(newSession('sid'));
    await untilSync(own, alive);
    await other.revokeSubject('ada', now, { exceptSessionId: alive.sessionId });
    await other.createSession(newSession('next'));
    const next = queryOf(newSession('next'), { jti: 'next' });
    while (typeof own.isRevoked(next) === 'boolean') await setTimeout(2);
    expect(await untilSync(own, alive)).to.equal(false);
    const dead = queryOf(newSession('gone'), { jti: 'gone' });
    expect(await own.isRevoked(dead)).to.equal(true);
    expect(await own.isRevoked(next)).to.equal(false);
    expect(own.isRevoked(next)).to.equal(false);
    expect(own.isRevoked({ ...next, now: now + 86_400 })).not.to.equal(false);
    expect(own.isRevoked({ ...next, sessionId: dead.sessionId })).not.to.equal(false);
    await other.revokeSubject('ada', now);
    while (!(await own.isRevoked(next))) await setTimeout(2);
    expect(await own.isRevoked(alive)).to.equal(true);
  });

  it('is complete at its start: thousands of revocations, most of them in one shard', async () => {
    await ageFeeds(redis().url, prefix);
    const other = await open('a client of redis', 'strong');
    const revoke = (jti: string) => other.revokeToken({ jti, subject: 'ada', now, expiresAt: now + 60 });
    for (let number = 0; number < 4500; number += 500)
      await Promise.all(Array.from({ length: 500 }, (_, index) => revoke(String(number + index))));
    await other.revokeToken({ jti: 'bob', subject: 'bob', now, expiresAt: now + 60 });
    const own = await open();
    await untilSync(own, alive);
    for (let number = 0; number < 4500; number++)
      expect(own.isRevoked({ ...alive, jti: String(number) })).to.equal(true);
    expect(await untilSync(own, { ...alive, sessionId: undefined, subject: 'bob', jti: 'bob' })).to.equal(
      true,
    );
  });

  it('knows at once what this process itself has revoked', async () => {
    const { own } = await world();
    await own.createSession(newSession('sid'));
    await untilSync(own, alive);
    for (const [name, end] of Object.entries(endings)) {
      const session = newSession(name);
      await own.createSession(session);
      const query = queryOf(session, { jti: name });
      expect(await own.isRevoked(query), name).to.equal(false);
      await end(own, session.id);
      expect(await own.isRevoked(query), name).to.equal(true);
    }
  });

  it('asks about refresh tokens, whose generation changes without a revocation', async () => {
    const { own } = await world();
    const session = newSession('sid');
    await own.createSession(session);
    await untilSync(own, alive);
    for (let generation = 0; generation < 2; generation++)
      await own.rotateSession(rotationOf(session, { generation }));
    const answers = [0, 1, 2, 3].map((generation) => own.isRevoked({ ...alive, generation }));
    for (const answer of answers) expect(answer).to.be.a('promise');
    expect(await Promise.all(answers.map(async (answer) => answer))).to.deep.equal([
      true,
      false,
      false,
      true,
    ]);
  });

  it('takes the session of a token for alive if nothing was told of its end, as only a login issues such a token', async () => {
    const { own } = await world();
    expect(await untilSync(own, alive)).to.equal(false);
    expect(await own.isRevoked({ ...alive, sessionId: `${shardOf('bob')}sid` })).to.equal(true);
  });

  it('asks about tokens that are older than the feed, once each while nothing happens to them', async () => {
    const own = await open();
    await own.createSession(newSession('sid'));
    const young = { ...alive, issuedAt: inAnHour() };
    await untilSync(own, young);
    const first = own.isRevoked(alive);
    expect(first).to.be.a('promise');
    expect(await first).to.equal(false);
    expect(own.isRevoked(alive)).to.equal(false);
    expect(await own.isRevoked(queryOf(newSession('unknown'), { jti: 'x' }))).to.equal(true);
    await own.revokeSession(idOf('ada', 'sid'), now);
    await untilKnown(own, alive, true);
  });

  it('does not learn that a token is alive from an answer that may be older than its end', async () => {
    const { own, other } = await world();
    const session = newSession('sid');
    await other.createSession(session);
    await untilSync(own, alive);
    await other.revokeSubject('ada', now - 1, { exceptSessionId: session.id });
    const old = { ...alive, issuedAt: now - 4000 };
    await untilSync(own, { ...alive, issuedAt: inAnHour() });
    const answer = own.isRevoked(old);
    await other.revokeSession(session.id, now);
    await answer;
    while (!(await own.isRevoked(old))) await setTimeout(2);
  });

  it('queries Redis for all tokens when Redis has lost its data', async () => {
    const { own } = await world();
    await own.createSession(newSession('sid'));
    expect(await untilSync(own, alive)).to.equal(false);
    const { client, close } = await nodeRedis(redis().url);
    await client.flushAll();
    close();
    await untilRevoked(own);
    await untilSync(own, { ...alive, issuedAt: inAnHour() });
    expect(own.isRevoked(alive)).to.be.a('promise');
  });

  it('queries Redis for all tokens when a feed has lost its last entries, as after a failover', async () => {
    const { own } = await world();
    await own.createSession(newSession('sid'));
    await own.revokeToken({ jti: 'other', subject: 'ada', now, expiresAt: now + 60 });
    await untilKnown(own, { ...alive, jti: 'other' }, true);
    const { client, close } = await nodeRedis(redis().url);
    const feed = `{${prefix}:${shardOf('ada')}}:x`;
    const [last] = (await client.xRevRange(feed, '+', '-', { COUNT: 1 })) ?? [];
    await client.xDel(feed, last?.id ?? '');
    close();
    while (own.isRevoked(alive) === false) await setTimeout(2);
    await untilSync(own, { ...alive, issuedAt: inAnHour() });
    expect(await own.isRevoked(alive)).to.equal(false);
    expect(own.isRevoked({ ...alive, jti: 'other' })).to.equal(true);
  });

  it('queries Redis for all tokens after a failover, which may have lost logins', async () => {
    const { own, other } = await world();
    await own.createSession(newSession('sid'));
    expect(await untilSync(own, alive)).to.equal(false);
    const { client, close } = await nodeRedis(redis().url);
    const tag = `{${prefix}:${shardOf('ada')}}`;
    const row = `${tag}:s:${alive.sessionId ?? ''}`;
    await client.del([row, ...(await client.keys(`${tag}:[ld]:*`))]);
    expect(await client.ttl(`${tag}:n`)).to.be.within(14_300, 14_400);
    await client.hSet(`${tag}:n`, 'server', 'the one before');
    close();
    await untilRevoked(own);
    expect(await own.revokeSession(alive.sessionId ?? '', now)).to.equal(false);
    const next = await open();
    for (const store of [own, other, next]) {
      await untilRevoked(store);
      await untilSync(store, { ...alive, issuedAt: inAnHour() });
      expect(await store.isRevoked(alive)).to.equal(true);
    }
  });

  it('follows the feed of a service that reports no run_id', async () => {
    const { client, close } = await nodeRedis(redis().url);
    const [feed, server] = [`{${prefix}:00}:x`, `{${prefix}:00}:n`];
    const nameless = scripts.readFeed.text.replace(
      "redis.call('INFO', 'server')",
      "redis.call('INFO', 'cpu')",
    );
    expect(nameless).not.to.equal(scripts.readFeed.text);
    const read = (after: string) =>
      client.eval(nameless, { keys: [feed, server], arguments: ['', '100', after] });
    const [, verdict, , , first] = (await read('')) as unknown[];
    expect(verdict).to.equal('read');
    expect(await read(String(first))).to.have.length(3);
    close();
  });

  it('keeps a feed for two hours, and always the entry before the last one', async () => {
    const own = await open('a client of redis', 'strong');
    const { client, close } = await nodeRedis(redis().url);
    const feed = `{${prefix}:${shardOf('ada')}}:x`;
    for (let number = 0; number < 300; number++)
      await client.xAdd(feed, `${String((now - 9000) * 1000 + number)}-0`, { token: 'x' });
    await own.revokeToken({ jti: 'one', subject: 'ada', now, expiresAt: now + 60 });
    expect(await client.xLen(feed)).to.be.within(2, 202);
    await own.revokeToken({ jti: 'two', subject: 'ada', now, expiresAt: now + 60 });
    expect(await client.ttl(feed)).to.be.within(14_390, 14_400);
    close();
  });

  it('is not used by a process whose clock is more than half an hour off, which is warned once', async () => {
    const warnings: string[] = [];
    const note = ({ name }: Error) => warnings.push(name);
    process.on('warning', note);
    const { own } = await world();
    await own.createSession(newSession('sid'));
    await untilSync(own, alive);
    for (const away of [-1900, 1900, 1900])
      expect(await own.isRevoked({ ...alive, now: now + away })).to.equal(false);
    expect(own.isRevoked({ ...alive, now: now - 1900 })).to.be.a('promise');
    await setTimeout(1);
    process.off('warning', note);
    expect(warnings).to.deep.equal(['JwtRedisClockWarning']);
  });

  it('may not be told of a not-before that is further ahead than the feed is kept', async () => {
    const { own } = await world();
    await refusalOf(() => own.revokeSubject('ada', now, { notBefore: now + 3601 }), Error);
    await own.revokeSubject('ada', now, { notBefore: now + 3600 });
  });

  it('must be wanted: one of two words', () => {
    const client = { evalSha: async () => [], eval: async () => [] };
    for (const consistency of ['eventual', true, null] as never[])
      expect(() => new RedisTokenStore(client, { consistency })).to.throw(
        ConfigurationError,
        /^RedisTokenStore: consistency must be/,
      );
  });
});
