import { ConfigurationError } from '../../errors/errors';
import { choice } from '../../util/option-parsers';

/**
 * The options of a `RedisTokenStore`.
 *
 * @example
 * ```ts
 * const store = new RedisTokenStore(client, { prefix: 'shop' });
 * ```
 */
export interface RedisTokenStoreOptions {
  /**
   * The start of the names of all keys. Applications that share a Redis need different prefixes.
   * @default 'routing-controllers-jwt'
   */
  readonly prefix?: string | undefined;
  /**
   * Where access tokens are checked.
   *
   * - `'strong'`: Redis is asked about each token.
   * - `'replica'`: this process follows what is revoked, and asks Redis only where it cannot decide. Other processes know of a
   *   revocation within milliseconds, and always within two seconds: a process that has not heard from Redis for two seconds
   *   asks again, and gets 503 if Redis does not respond.
   *
   * Refresh tokens, and everything that changes something, always go to Redis.
   * @default 'strong'
   */
  readonly consistency?: 'strong' | 'replica' | undefined;
}

/** How each option is read. */
export const redisStoreOptions = {
  prefix: checkPrefix,
  consistency: choice<'strong' | 'replica'>('strong', 'replica'),
};

function checkPrefix(prefix: unknown = 'routing-controllers-jwt'): string {
  if (typeof prefix === 'string' && /^[^{}]{1,200}$/.test(prefix)) return prefix;
  throw new ConfigurationError(
    'RedisTokenStore: prefix must be a string of 1 to 200 characters without braces',
  );
}
