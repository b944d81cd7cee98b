export type { IoredisClient, NodeRedisClient } from './store/redis/redis-client';
export { RedisTokenStore } from './store/redis/redis-token-store';
export type { RedisTokenStoreOptions } from './store/redis/redis-token-store-options';
