import { warn } from '../../util/warn';
import type { Listening } from './listen';
import type { ScriptClient } from './redis-client';

/** Who hears of news. */
export interface Hearer {
  /** There is news in a shard. */
  behind(shard: string): void;
  /** Until now there may have been news that nothing was heard of. */
  readAll(): void;
}

/** How many ticks pass before a new attempt. */
const pause = 20;

/**
 * Hears which shards have news, over a connection of its own. That is closed when the client of the application is, so
 * that it does not keep the process alive.
 */
export class Wakes {
  readonly #client: ScriptClient;
  readonly #channel: string;
  readonly #hearer: Hearer;
  #listening: Listening | undefined;
  #pause = 0;
  #hasWarned = false;

  constructor(client: ScriptClient, channel: string, hearer: Hearer) {
    this.#client = client;
    this.#channel = channel;
    this.#hearer = hearer;
  }

  /** Called often. Opens the connection, or closes it, depending on the client. */
  keep(): void {
    if (this.#client.isClosed()) this.close();
    else if (!this.#listening && this.#client.isOpen() && --this.#pause < 0) this.#open();
  }

  close(): void {
    this.#listening?.close();
    this.#listening = undefined;
  }

  #open(): void {
    const listening = this.#client.listen(this.#channel, (shard) => {
      this.#hearer.behind(shard);
    });
    this.#listening = listening;
    listening.ready.then(
      () => {
        this.#hearer.readAll();
      },
      (error: unknown) => {
        if (this.#listening !== listening) return;
        this.close();
        this.#pause = pause;
        if (String(error).includes('NOPERM')) this.#warn();
      },
    );
  }

  #warn(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    warn(
      'JwtRedisFeedWarning',
      `RedisTokenStore: the user of Redis may not subscribe to the channel ${this.#channel}. Revocations of other processes take up to ` +
        'half a second to arrive. Allow it, as the guide to Redis shows.',
    );
  }
}
