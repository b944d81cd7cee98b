import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createSentinel } from 'redis';
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

describe('A RedisTokenStore behind a sentinel', function () {
  this.timeout(60_000);
  before(function () {
    requireService(this, 'redis-server', noRedisServer());
  });

  for (const [kind, connect] of Object.entries(clients)) {
    for (const [how, fail] of Object.entries(failures)) {
      it(`works again with the new primary, and lets in nothing that was revoked: ${how}, ${kind}`, async () => {
        const sentinel = await startSentinel();
        const { client, close } = await connect(sentinel.port);
        const store = new RedisTokenStore(client);
        const [alive, dead] = [newSession('alive', 'ada'), newSession('dead', 'bob')];
        const limits = () => ({ deadline: performance.now() + 500 });
        const answer = async (session: typeof alive) =>
          Promise.race([
            store.isRevoked(queryOf(session), limits()).catch(() => 'failed'),
            setTimeout(500, 'failed'),
          ]);
        for (const session of [alive, dead]) await store.createSession(session);
        await store.revokeSession(dead.id, now);
        // What is confirmed is on its way to the replica: this is about what has arrived.
        await setTimeout(300);
        const failedAt = performance.now();
        await fail(sentinel);
        const wrong: unknown[] = [];
        let good = 0;
        let lastError = 0;
        while (good < 20 && performance.now() < failedAt + 40_000) {
          const [living, gone] = await Promise.all([answer(alive), answer(dead)]);
          if (living === true || gone === false) wrong.push([living, gone]);
          if (living === 'failed' || gone === 'failed') {
            good = 0;
            lastError = performance.now() - failedAt;
          } else good++;
          await setTimeout(20);
        }
        if (process.env['SAY']) console.log(how, kind, Math.round(lastError));
        close();
        await sentinel.remove();
        expect(wrong).to.deep.equal([]);
        expect(good).to.equal(20);
      });
    }
  }
});
