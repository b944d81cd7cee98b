import { getMetadataStorage } from 'class-validator';
import { ConfigurationError } from '../../errors/errors';
import type { Duration } from '../../util/duration';
import { callback, count, duration, optional, text, unchecked } from '../../util/option-parsers';
import { parseOptions } from '../../util/options';

/**
 * How many attempts are allowed in which time.
 *
 * @example
 * ```ts
 * const limit: AttemptLimit = { attempts: 5, per: '15m' };
 * ```
 */
export interface AttemptLimit {
  /** The number of attempts that may fail. */
  readonly attempts?: number | undefined;
  /** The time that they are counted in, from the first one on. At most a day. */
  readonly per?: Duration | undefined;
}

/**
 * The option `throttle` of {@link createTokenController}.
 *
 * @typeParam T the class of the credentials
 * @example
 * ```ts
 * const throttle: ThrottleOptions<LoginDto> = { redis, account: { attempts: 10, per: '1h' } };
 * ```
 */
export interface ThrottleOptions<T extends object = object> {
  /**
   * How often one address may try one account. From all addresses together that the account has not logged in from in the
   * last 14 days, ten times as often.
   * @default { attempts: 5, per: '15m' }
   */
  readonly account?: AttemptLimit | undefined;
  /** How often one address may try, whatever the account. @default { attempts: 50, per: '15m' } */
  readonly address?: AttemptLimit | undefined;
  /**
   * The account that credentials are for. Upper and lower case, compatible characters, spaces around it and invisible characters
   * make no difference.
   * @default their member `username`, or `email`
   */
  readonly accountOf?: ((credentials: T) => string) | undefined;
  /**
   * A client of `redis` (4 and later) or `ioredis`, connected by you, such as that of your `RedisTokenStore`. Without it,
   * each process counts on its own, in memory.
   */
  readonly redis?: object | undefined;
  /** The start of the names of all keys in Redis. @default 'routing-controllers-jwt' */
  readonly prefix?: string | undefined;
}

/** A limit once it is checked; seconds. */
export interface ResolvedLimit {
  readonly attempts: number;
  readonly per: number;
}

/** {@link ThrottleOptions} once they are checked. */
export interface ThrottleSettings {
  readonly account: ResolvedLimit;
  readonly address: ResolvedLimit;
  readonly accountOf: (credentials: object) => unknown;
  readonly redis: object | undefined;
  readonly prefix: string;
}

const owner = 'createTokenController: throttle';

/** @throws {@link ConfigurationError} when an option is wrong */
export function resolveThrottle(
  given: ThrottleOptions<never> | false | undefined,
  credentials: Function,
): ThrottleSettings | undefined {
  if (given === false) return undefined;
  const {
    accountOf,
    prefix = 'routing-controllers-jwt',
    ...settings
  } = parseOptions(owner, given ?? {}, throttleOptions);
  return { ...settings, prefix, accountOf: accountOf ?? memberOf(credentials) };
}

const throttleOptions = {
  account: limitOf(5),
  address: limitOf(50),
  accountOf: optional(callback<(credentials: object) => unknown>('a function of the credentials')),
  redis: optional(clientOf),
  prefix: optional(text),
};

function limitOf(attempts: number) {
  return (limit: unknown, name: string): ResolvedLimit =>
    parseOptions(name, limit ?? {}, {
      attempts: count(attempts),
      per: duration('15m', { maximum: 86_400 }),
    });
}

function clientOf(client: unknown, name: string): object {
  if (typeof (client as { eval?: unknown } | null)?.eval === 'function') return unchecked<object>(client);
  throw new ConfigurationError(`${name} must be a client of redis or ioredis`);
}

/** The class has no members before there is an instance, but it has decorators. */
function memberOf(credentials: Function): (given: object) => unknown {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(credentials, '', true, false);
  const member = ['username', 'email'].find((name) =>
    metadata.some(({ propertyName }) => propertyName === name),
  );
  if (member === undefined)
    throw new ConfigurationError(
      `${owner}: ${credentials.name} has neither username nor email with a decorator of class-validator. Set ` +
        'accountOf: (credentials) => credentials.account, or throttle: false',
    );
  return (given) => (given as Readonly<Record<string, unknown>>)[member];
}
