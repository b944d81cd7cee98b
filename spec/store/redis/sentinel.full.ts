import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createSentinel } from 'redis';
import type { Session, TokenStore } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import type { Connected } from '../../support/redis-clients';
import { newSession, now, queryOf } from '../../support/redis-sessions';
import { sentinelName, startSentinel, type RedisSentinel } from '../../support/redis-sentinel';
import { noRedisServer } from '../../support/redis-server';
import { requireService } from '../../support/require-service';

const host = '127.0.0.1';

const clients: Record<string, (port: number) => Promise<Connected>> = {
  'createSentinel of redis': async (port) => {
    const sentinelRootNodes = [{ host, port }];
    const client = createSentinel({ name: sentinelName, sentinelRootNodes, scanInterval: 200 });
    client.on('error', () => {});
    await client.connect();
    return {
      client,
      close: () => {
        void client.destroy();
      },
    };
  },
  'Redis of ioredis': async (port) => {
    const client = new Redis({ sentinels: [{ host, port }], name: sentinelName, socketTimeout: 1000 });
    client.on('error', () => {});
    return {
      client,
      close: () => {
        client.disconnect();
      },
    };
  },
};

const failures: Record<string, (sentinel: RedisSentinel) => Promise<void>> = {
  'is killed': ({ primary }) => primary.kill(),
  hangs: async ({ primary }) => {
    primary.signal('SIGSTOP');
  },
  'is replaced by command': (sentinel) => sentinel.failover(),
};

/** Reads two sessions over and over until twenty reads in a row succeed. */
class Watch {
  /** Answers that were wrong: a living session is dead, or one that was revoked is alive. */
  readonly wrong: unknown[] = [];
  successes = 0;
  readonly #store: TokenStore;

  constructor(store: TokenStore) {
    this.#store = store;
  }

  async run(alive: Session, dead: Session): Promise<void> {
    const end = performance.now() + 40_000;
    while (this.successes < 20 && performance.now() < end) {
      const [living, gone] = await Promise.all([this.#read(alive), this.#read(dead)]);
      if (living === true || gone === false) this.wrong.push([living, gone]);
      this.successes = living === 'failed' || gone === 'failed' ? 0 : this.successes + 1;
      await setTimeout(20);
    }
  }

  async #read(session: Session): Promise<boolean | 'failed'> {
    const answer = this.#store.isRevoked(queryOf(session), { deadline: performance.now() + 500 });
    return Promise.race([
      Promise.resolve(answer).catch(() => 'failed' as const),
      setTimeout(500, 'failed' as const),
    ]);
  }
}

describe('A RedisTokenStore behind a sentinel', function () {
  this.timeout(120_000);
  before(function () {
    requireService(this, 'redis-server', noRedisServer());
  });

  for (const [kind, connect] of Object.entries(clients)) {
    for (const [how, fail] of Object.entries(failures)) {
      for (const consistency of ['strong', 'replica'] as const) {
        it(`works again with the new primary, and lets in nothing that was revoked: ${how}, ${kind}, ${consistency}`, async () => {
          const sentinel = await startSentinel();
          const { client, close } = await connect(sentinel.port);
          const store = new RedisTokenStore(client, { consistency });
          const [alive, dead] = [newSession('alive', 'ada'), newSession('dead', 'bob')];
          for (const session of [alive, dead]) await store.createSession(session);
          await store.revokeSession(dead.id, now);
          // A confirmed write is still on its way to the replica: this is about what has arrived.
          await sentinel.untilReplicated();
          await fail(sentinel);
          const watch = new Watch(store);
          await watch.run(alive, dead);
          close();
          await sentinel.remove();
          expect(watch.wrong).to.deep.equal([]);
          expect(watch.successes).to.equal(20);
          store.close();
        });
      }
    }
  }
});
