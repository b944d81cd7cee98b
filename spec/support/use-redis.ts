import { removeKeysWith } from './redis-clients';
import { startCluster, type RedisCluster } from './redis-cluster';
import { noRedisServer, someRedis, startRedis, type RedisServer } from './redis-server';
import { requireService } from './require-service';

/** Finds a Redis before the specs of the suite run, and removes every key with the prefix after them. */
export function useRedis(prefix: string): () => string {
  let redis: Awaited<ReturnType<typeof someRedis>>;
  before(async function () {
    redis = await someRedis();
    if (typeof redis === 'string') requireService(this, 'Redis', redis);
  });
  after(async () => {
    if (typeof redis === 'string') return;
    await removeKeysWith(redis.url, prefix);
    await redis.remove();
  });
  return () => (typeof redis === 'string' ? '' : redis.url);
}

/** Starts a Redis for this suite alone. */
export function useOwnRedis(): () => RedisServer {
  return useServer(startRedis);
}

/** Starts a cluster for this suite alone. */
export function useCluster(): () => RedisCluster {
  return useServer(startCluster);
}

function useServer<S extends { remove(): Promise<void> }>(start: () => Promise<S>): () => S {
  let server: S | undefined;
  before(async function () {
    this.timeout(120_000);
    requireService(this, 'redis-server', noRedisServer());
    server = await start();
  });
  after(() => server?.remove());
  return () => server as S;
}
