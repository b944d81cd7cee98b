import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { RedisTokenStore } from '../../../src/redis';
import { clientKinds, nodeRedis, ownPrefix, type Connected } from '../../support/redis-clients';
import { ageFeeds, inAnHour, untilKnown, untilSync } from '../../support/redis-feed';
import { startRedis } from '../../support/redis-server';
import { newSession, now, queryOf } from '../../support/redis-sessions';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy';
import { useOwnRedis } from '../../support/use-redis';

/** Milliseconds for which nothing but Redis vouches. */
const bound = 2000;

type Redis = ReturnType<ReturnType<typeof useOwnRedis>>;

describe('F17: a replica that has lost Redis', function () {
  this.timeout(120_000);
  const redis = useOwnRedis();
  const alive = queryOf(newSession('sid'));
  let proxy: TcpProxy;
  let opened: Connected[] = [];
  let stores: RedisTokenStore[] = [];
  let prefix = '';

  beforeEach(async () => {
    prefix = ownPrefix();
    proxy = await startProxy(redis().port);
    await ageFeeds(redis().url, prefix);
  });
  afterEach(async () => {
    for (const store of stores) store.close();
    for (const { close } of opened) close();
    [opened, stores] = [[], []];
    await proxy.close();
  });

  async function open(
    url: string,
    kind = 'a client of redis',
    consistency: 'replica' | 'strong' = 'replica',
  ) {
    const connected = await (clientKinds[kind] as (url: string) => Promise<Connected>)(url);
    opened.push(connected);
    const store = new RedisTokenStore(connected.client, { prefix, consistency });
    stores.push(store);
    return store;
  }

  const losses: Record<
    string,
    [lose: () => unknown, regain: () => unknown, otherUrl?: (redis: Redis) => string]
  > = {
    'the line loses everything without notice': [
      () => (proxy.isBlackHole = true),
      () => {
        proxy.isBlackHole = false;
        proxy.cut();
      },
    ],
    'the connection is broken': [() => proxy.shut(), () => proxy.open()],
    'the line keeps everything until later': [
      () => {
        proxy.hold();
      },
      () => {
        proxy.release();
      },
    ],
  };
  for (const kind of Object.keys(clientKinds)) {
    for (const [name, [lose, regain]] of Object.entries(losses)) {
      it(`lets nothing in that was revoked ${String(bound)} ms ago: ${name}, with ${kind}`, async () => {
        const own = await open(`redis://127.0.0.1:${String(proxy.port)}`, kind);
        const other = await open(redis().url, 'a client of redis', 'strong');
        await other.createSession(newSession('sid'));
        expect(await untilSync(own, alive)).to.equal(false);
        await lose();
        await other.revokeSession(alive.sessionId ?? '', now);
        const revokedAt = performance.now();
        const late: unknown[] = [];
        while (performance.now() < revokedAt + bound + 300) {
          const askedAt = performance.now();
          const answer = own.isRevoked(alive, { deadline: askedAt + 100 });
          if (answer === false && askedAt > revokedAt + bound) late.push(askedAt - revokedAt);
          if (typeof answer !== 'boolean') void answer.catch(() => undefined);
          await setTimeout(5);
        }
        expect(late).to.deep.equal([]);
        expect(own.isRevoked(alive, { deadline: performance.now() + 100 })).to.be.a('promise');
        await regain();
        await untilKnown(own, alive, true);
      });
    }
  }

  it('asks a Redis that hangs, as without a replica, and goes on when it is back', async () => {
    const own = await open(redis().url);
    await untilSync(own, alive);
    redis().signal('SIGSTOP');
    while (own.isRevoked(alive, { deadline: performance.now() + 50 }) === false) await setTimeout(20);
    redis().signal('SIGCONT');
    expect(await untilSync(own, alive)).to.equal(false);
  });

  it('knows what it has missed when Redis was started again', async () => {
    const own = await open(redis().url);
    await untilSync(own, alive);
    await redis().kill();
    await redis().start();
    const other = await open(redis().url, 'a client of redis', 'strong');
    await other.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now + 60 });
    await untilKnown(own, alive, true);
  });

  it('lets in no session that Redis has lost with its last logins', async () => {
    const forgetful = await startRedis('--appendonly', 'no');
    try {
      await ageFeeds(forgetful.url, prefix);
      const { client, close } = await nodeRedis(forgetful.url);
      await client.sendCommand(['SAVE']);
      close();
      const own = await open(forgetful.url);
      await own.createSession(newSession('sid'));
      expect(await untilSync(own, alive)).to.equal(false);
      await forgetful.kill();
      await forgetful.start();
      while (!(await Promise.resolve(own.isRevoked(alive)).catch(() => false))) await setTimeout(20);
      const next = await open(forgetful.url);
      await untilSync(next, { ...alive, issuedAt: inAnHour() });
      expect(await next.isRevoked(alive)).to.equal(true);
    } finally {
      await forgetful.remove();
    }
  });

  for (const kind of Object.keys(clientKinds)) {
    it(`gives up its own connection when the application closes its client: ${kind}`, async () => {
      const { client, close } = await nodeRedis(redis().url);
      const subscribed = async () => (await client.pubSubNumSub(`${prefix}:feed`))[`${prefix}:feed`];
      const store = await open(redis().url, kind);
      while ((await subscribed()) !== 1) await setTimeout(5);
      for (const connected of opened.splice(0)) connected.close();
      while ((await subscribed()) !== 0) await setTimeout(5);
      await Promise.resolve(store.isRevoked(alive)).catch(() => undefined);
      store.close();
      close();
    });
  }

  it('is not closed with the store: the client of the application stays open', async () => {
    const store = await open(redis().url);
    await untilSync(store, alive);
    store.close();
    const answer = store.isRevoked(alive);
    expect(answer).to.be.a('promise');
    expect(await answer).to.equal(true);
    await store.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now + 60 });
  });

  it('hears of nothing by a channel that it may not subscribe to, says so once, and still knows soon', async () => {
    const warnings: string[] = [];
    const note = ({ name }: Error) => warnings.push(name);
    process.on('warning', note);
    const admin = await nodeRedis(redis().url);
    await admin.client.aclSetUser('deaf', ['reset', 'on', '>deaf', '~*', '+@all', 'resetchannels']);
    for (const kind of Object.keys(clientKinds)) {
      const own = await open(redis().url.replace('//', '//deaf:deaf@'), kind);
      await untilSync(own, { ...alive, jti: kind });
      await own.revokeToken({ jti: kind, subject: 'ada', now, expiresAt: now + 60 });
      const other = await open(redis().url, 'a client of redis', 'strong');
      await other.revokeToken({ jti: `${kind} too`, subject: 'ada', now, expiresAt: now + 60 });
      await untilKnown(own, { ...alive, jti: `${kind} too` }, true);
    }
    while (warnings.length < Object.keys(clientKinds).length) await setTimeout(5);
    process.off('warning', note);
    expect(new Set(warnings)).to.deep.equal(new Set(['JwtRedisFeedWarning']));
    admin.close();
  });
});
