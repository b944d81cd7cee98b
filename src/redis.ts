/**
 * The token store on Redis.
 *
 * @module routing-controllers-jwt/redis
 */

export type { IoredisClient, NodeRedisClient } from './store/redis/redis-client';
export { RedisTokenStore } from './store/redis/redis-token-store';
export type { RedisTokenStoreOptions } from './store/redis/redis-token-store-options';
