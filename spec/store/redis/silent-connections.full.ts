import { expect } from 'chai';
import { createClient, createClientPool } from 'redis';
import { Redis } from 'ioredis';
import { RedisTokenStore } from '../../../src/redis';
import { ConnectionWatch } from '../../../src/store/redis/connection-watch';
import type { Connected } from '../../support/redis-clients';
import { newSession, queryOf } from '../../support/redis-sessions';
import { startProxy } from '../../support/tcp-proxy';
import { useOwnRedis } from '../../support/use-redis';

/** Milliseconds. A process that is held up for a moment must not look like a silent connection. */
const patience = 400;
/** Longer than the pause between two commands, and shorter than all of them take. */
const socketTimeout = 2000;
const type = 'JwtRedisConnectionWarning';

/** Collects the warnings of the store while a spec runs. */
async function warningsWhile(run: () => Promise<void> | void): Promise<string[]> {
  const warnings: string[] = [];
  const note = (warning: Error) => {
    if (warning.name === type) warnings.push(warning.message);
  };
  process.on('warning', note);
  await run();
  await new Promise(setImmediate);
  process.removeListener('warning', note);
  return warnings;
}

describe('A connection to Redis that is lost without notice', () => {
  const redis = useOwnRedis();

  const settings: [string, boolean, (url: string) => Promise<Connected>][] = [
    [
      'createClient',
      false,
      async (url) => {
        const client = createClient({ url, socket: { socketTimeout } });
        client.on('error', () => {});
        await client.connect();
        return {
          client,
          close: () => {
            client.destroy();
          },
        };
      },
    ],
    [
      'createClientPool with room for new connections',
      true,
      async (url) => {
        const client = createClientPool({ url }, { minimum: 2, maximum: 10 });
        client.on('error', () => {});
        await client.connect();
        return {
          client,
          close: () => {
            client.destroy();
          },
        };
      },
    ],
    ['new Redis', false, async (url) => ofIoredis(url, {})],
    ['new Redis with commandTimeout', false, async (url) => ofIoredis(url, { commandTimeout: patience })],
    ['new Redis with socketTimeout', true, async (url) => ofIoredis(url, { socketTimeout: patience })],
  ];

  function ofIoredis(url: string, options: object): Connected {
    const client = new Redis(url, { ...options, retryStrategy: () => 20 });
    client.on('error', () => {});
    return {
      client,
      close: () => {
        client.disconnect();
      },
    };
  }

  for (const [name, recovers, connect] of settings) {
    it(`${recovers ? 'is replaced' : 'stays, and the operator is told once what to set'}: ${name}`, async () => {
      const proxy = await startProxy(redis().port);
      const { client, close } = await connect(`redis://127.0.0.1:${String(proxy.port)}`);
      const store = new RedisTokenStore(client);
      const query = queryOf(newSession('sid'), { sessionId: undefined });
      const ask = () =>
        Promise.race([
          Promise.resolve(store.isRevoked(query, { deadline: performance.now() + patience })).catch(
            () => 'failed',
          ),
          new Promise((resolve) => setTimeout(resolve, patience, 'failed')),
        ]);
      while ((await ask()) !== false);
      proxy.isBlackHole = true;
      expect(await Promise.all([ask(), ask()])).to.deep.equal(['failed', 'failed']);
      proxy.isBlackHole = false;
      let answer: unknown;
      const warnings = await warningsWhile(async () => {
        for (let round = 0; round < 8 && answer !== false; round++) answer = await ask();
      });
      close();
      await proxy.close();
      expect(answer).to.equal(recovers ? false : 'failed');
      expect(warnings).to.have.length(recovers ? 0 : 1);
      if (!recovers) expect(warnings[0]).to.match(/createClientPool.*socketTimeout/);
    });
  }
});

describe('The watch over connections', () => {
  let isOpen: boolean;
  let watch: ConnectionWatch;
  beforeEach(() => {
    isOpen = true;
    watch = new ConnectionWatch(() => isOpen);
  });

  const cases: [string, number, () => void][] = [
    [
      'silent for longer than three times the patience',
      1,
      () => {
        watch.sent('a', 3001, 1000);
      },
    ],
    [
      'silent for three times the patience',
      0,
      () => {
        watch.sent('a', 3000, 1000);
      },
    ],
    [
      'silent, and asked again and again',
      1,
      () => {
        for (const at of [4000, 5000]) watch.sent('a', at, 1000);
      },
    ],
    [
      'silent for less than that, after a second attempt that had little time left',
      0,
      () => {
        watch.answered('a');
        watch.sent('a', 1960, 40);
        watch.sent('a', 2107, 1000);
      },
    ],
    [
      'silent for longer, after a second attempt that had little time left',
      1,
      () => {
        watch.answered('a');
        watch.sent('a', 1960, 40);
        for (const at of [2107, 4961]) watch.sent('a', at, 1000);
      },
    ],
    [
      'answered',
      0,
      () => {
        watch.answered('a');
        watch.sent('a', 9000, 1000);
      },
    ],
    [
      'silent in another slot',
      0,
      () => {
        watch.sent('b', 9000, 1000);
      },
    ],
    [
      'known to be broken',
      0,
      () => {
        isOpen = false;
        watch.sent('a', 9000, 1000);
        isOpen = true;
        watch.sent('a', 9001, 1000);
      },
    ],
  ];
  for (const [name, expected, act] of cases) {
    it(`warns ${expected === 0 ? 'of nothing' : 'once'} when Redis was ${name}`, async () => {
      const warnings = await warningsWhile(() => {
        watch.sent('a', 0, 1000);
        act();
      });
      expect(warnings).to.have.length(expected);
    });
  }

  it('is kept over so many slots only: ids may come from anywhere', async () => {
    const warnings = await warningsWhile(() => {
      for (let slot = 0; slot <= 256; slot++) watch.sent(String(slot), 0, 1000);
      watch.sent('256', 9000, 1000);
    });
    expect(warnings).to.deep.equal([]);
  });
});
