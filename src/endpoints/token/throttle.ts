import { createHash } from 'node:crypto';
import type * as Limiters from 'rate-limiter-flexible';
import { withReason, StoreUnavailableError } from '../../errors/errors';
import { TooManyAttemptsError } from '../../errors/login-errors';
import { within } from '../../util/within';
import { networkOf } from './network-of';
import type { ResolvedLimit, ThrottleSettings } from './throttle-options';

type Limiter = Limiters.RateLimiterAbstract;

/** Takes an attempt back in one step. A count that has expired must not start at -1, which would allow one attempt more. */
type TakeBack = (limiter: Limiter, key: string) => Promise<unknown>;

/** Seconds that an address stays known to an account. Timers in memory take at most 24 days. */
const known = 1_209_600;
/** How often all strangers together may try an account, as a multiple of one address. */
const strangersFactor = 10;

/** Which limit was reached, for operators. */
type Reached =
  | 'too many attempts from the address'
  | 'too many attempts on the account from the address'
  | 'too many attempts on the account';

/** An attempt to log in that was counted. */
export interface Attempt {
  /** It succeeded: the account starts anew for this address, which it knows from now on. */
  succeed(): Promise<void>;
  /** Nothing was found out about the credentials, so that it does not count. */
  withdraw(): Promise<void>;
}

/**
 * Counts failed attempts by address, by account and address, and by account for strangers, so that guessing is slow
 * and no stranger can lock a user out. Each count is one atomic step, taken before the credentials are checked.
 */
export class Throttle {
  readonly #milliseconds: number;
  readonly #addresses: Limiter;
  readonly #pairs: Limiter;
  readonly #strangers: Limiter;
  readonly #acquainted: Limiter;
  readonly #takeBack: TakeBack;

  /** @param milliseconds that Redis may take for each step */
  constructor({ account, address, redis, prefix }: ThrottleSettings, milliseconds: number) {
    const create = limiterFactory(redis, prefix);
    this.#milliseconds = milliseconds;
    this.#takeBack = redis ? takeBackIn(redis) : takeBackInMemory;
    this.#addresses = create('address', address);
    this.#pairs = create('pair', account);
    this.#strangers = create('account', { ...account, attempts: account.attempts * strangersFactor });
    this.#acquainted = create('known', { attempts: 1, per: known });
  }

  /**
   * @throws TooManyAttemptsError (`ERR_JWT_THROTTLED`) when there were too many
   * @throws StoreUnavailableError (`ERR_JWT_STORE`) when Redis does not answer
   */
  async begin(name: string, ip: string): Promise<Attempt> {
    const network = networkOf(ip);
    const account = digest(nameOf(name));
    const pair = digest(`${account} ${network}`);
    const isKnown = (await this.#ask(this.#acquainted.get(pair))) !== null;
    const counted: [Limiter, string][] = [];
    const withdraw = async () => {
      await Promise.all(counted.map(([limiter, key]) => this.#ask(this.#takeBack(limiter, key))));
    };
    const steps: [Reached, Limiter, string][] = [
      ['too many attempts from the address', this.#addresses, digest(network)],
      ['too many attempts on the account from the address', this.#pairs, pair],
    ];
    if (!isKnown) steps.push(['too many attempts on the account', this.#strangers, account]);
    for (const [reason, limiter, key] of steps) {
      const seconds = await this.#secondsToWait(limiter, key);
      if (seconds !== undefined) {
        await withdraw();
        throw withReason(new TooManyAttemptsError(seconds), reason);
      }
      counted.push([limiter, key]);
    }
    const succeed = async () => {
      await withdraw();
      await this.#ask(this.#pairs.delete(pair));
      await this.#ask(this.#acquainted.set(pair, 1, known));
    };
    return { succeed, withdraw };
  }

  /** Counts, and says how long to wait where the limit is reached. */
  async #secondsToWait(limiter: Limiter, key: string): Promise<number | undefined> {
    const rejection = await this.#ask(
      limiter.consume(key).then(
        () => undefined,
        (reason: unknown) => {
          if (reason instanceof Error) throw reason;
          return reason as Limiters.RateLimiterRes;
        },
      ),
    );
    return rejection && Math.max(1, Math.ceil(rejection.msBeforeNext / 1000));
  }

  async #ask<T>(step: Promise<T>): Promise<T> {
    try {
      return await within(this.#milliseconds, step);
    } catch (cause) {
      throw withReason(new StoreUnavailableError(), 'throttle', cause);
    }
  }
}

const takeBackScript = "if redis.call('get', KEYS[1]) then redis.call('incrby', KEYS[1], -1) end";

function takeBackIn(redis: object): TakeBack {
  const client = redis as { eval(script: string, ...given: unknown[]): Promise<unknown> };
  const callFor = (name: string) => (isIoredis(redis) ? [1, name] : [{ keys: [name], arguments: [] }]);
  return (limiter, key) => client.eval(takeBackScript, ...callFor(limiter.getKey(key)));
}

async function takeBackInMemory(limiter: Limiter, key: string): Promise<void> {
  const { consumedPoints } = await limiter.reward(key);
  if (consumedPoints < 0) await limiter.penalty(key);
}

/** Clients of redis take their arguments in another form. */
function isIoredis(redis: object): boolean {
  return 'defineCommand' in redis;
}

/** The package is loaded only here, and the part for Redis only for Redis. */
function limiterFactory(redis: object | undefined, prefix: string) {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an application without a throttle does not load it
  const { RateLimiterMemory, RateLimiterRedis } = require('rate-limiter-flexible') as typeof Limiters;
  return (kind: string, { attempts: points, per }: ResolvedLimit): Limiter => {
    const options = { points, duration: per, keyPrefix: `{${prefix}:login:${kind}` };
    if (!redis) return new RateLimiterMemory(options);
    return new RateLimiterRedis({ ...options, storeClient: redis, useRedisPackage: !isIoredis(redis) });
  };
}

/** One spelling of an account: an attacker must not get a new budget by another one. */
function nameOf(account: string): string {
  return (
    account
      .normalize('NFKC')
      .replace(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu, '')
      .toLowerCase()
      // Some letters have two small forms, such as the Greek sigma.
      .toUpperCase()
  );
}

/** With the closing brace, each key of a cluster has a slot of its own. */
function digest(text: string): string {
  return `${createHash('sha256').update(text).digest('base64url').slice(0, 22)}}`;
}
