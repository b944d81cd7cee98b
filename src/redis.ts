export type { IoredisClient, NodeRedisClient } from './store/redis/redis-client';
export { RedisTokenStore, type RedisTokenStoreOptions } from './store/redis/redis-token-store';
