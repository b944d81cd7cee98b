import { MemoryTokenStore, type TokenStore } from '../../src';
import { RedisTokenStore } from '../../src/redis';
import { TypeOrmTokenStore } from '../../src/typeorm';
import { allKinds, describeOn } from './databases';
import { shortList } from './full';
import { clientKinds, nodeRedis, ownPrefix, type Connected } from './redis-clients';
import { hashOf } from './sessions';
import { useRedis } from './use-redis';

/** A store, and what is known of it past its verbs. */
export interface StoreAtWork {
  readonly store: TokenStore;
  /** What the store keeps says of a session's `revokedAt`; nothing can be asked past a store in memory. */
  readonly revokedAtOf?: (sessionId: string) => Promise<number | undefined>;
  /** Drops what has been over for long at that time, Unix seconds. */
  readonly purge?: (now: number) => Promise<unknown>;
  /** Where it has a clock that was moved: Unix seconds. */
  readonly now?: () => number;
}

type Body = (use: () => StoreAtWork) => void;

/** Describes what holds on each store that is shipped, with each client and on each database. */
export function describeOnEachStore(title: string, body: Body): void {
  describeOnMemory(title, body);
  for (const kind of shortList(Object.keys(clientKinds), 1)) describeOnRedis(title, kind, body);
  describeOn(allKinds, title, (database) => {
    let atWork: StoreAtWork;
    before(async () => {
      const dataSource = await database.open();
      const store = new TypeOrmTokenStore(dataSource);
      atWork = {
        store,
        purge: (now) => store.purgeExpired(now),
        revokedAtOf: async (sessionId) => {
          const [row] = await dataSource.query<{ revoked_at: unknown }[]>(
            `SELECT revoked_at FROM jwt_session WHERE id_hash = '${hashOf(sessionId)}'`,
          );
          return timeOf(row?.revoked_at);
        },
      };
    });
    body(() => atWork);
  });
}

function describeOnMemory(title: string, body: Body): void {
  describe(`${title} (MemoryTokenStore)`, () => {
    let milliseconds = Date.now();
    const store = new MemoryTokenStore({ clock: () => milliseconds });
    const purge = (now: number) => {
      milliseconds = Math.max(milliseconds, now * 1000);
      return store.purgeExpired();
    };
    const now = () => Math.ceil(milliseconds / 1000);
    body(() => ({ store, purge, now }));
  });
}

function describeOnRedis(title: string, kind: string, body: Body): void {
  describe(`${title} (Redis, ${kind})`, () => {
    const prefix = ownPrefix();
    const url = useRedis(prefix);
    let connected: Connected[] = [];
    let atWork: StoreAtWork;
    before(async () => {
      const client = await clientKinds[kind]?.(url());
      const other = await nodeRedis(url());
      if (!client) throw new Error('there is no such client');
      connected = [client, other];
      atWork = {
        store: new RedisTokenStore(client.client, { prefix }),
        revokedAtOf: async (sessionId) => {
          const name = `{${prefix}:${sessionId.slice(0, 2)}}:s:${sessionId}`;
          return timeOf(await other.client.hGet(name, 'd'));
        },
      };
    });
    after(() => {
      for (const { close } of connected) close();
    });
    body(() => atWork);
  });
}

function timeOf(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
