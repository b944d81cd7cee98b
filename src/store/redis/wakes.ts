import { ignore } from '../../util/promises';
import { warn } from '../../util/warn';
import type { Listening } from './listen';
import type { ScriptClient } from './redis-client';

/** How many ticks pass before a new attempt. */
const pause = 20;

/**
 * Hears which shards have news, over a connection of its own. That is closed when the client of the application is, so
 * that it does not keep the process alive.
 */
export class Wakes {
  readonly #client: ScriptClient;
  readonly #channel: string;
  readonly #listener: (shard: string) => void;
  #listening: Listening | undefined;
  #pause = 0;
  #hasWarned = false;

  constructor(client: ScriptClient, channel: string, listener: (shard: string) => void) {
    this.#client = client;
    this.#channel = channel;
    this.#listener = listener;
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
    const listening = this.#client.listen(this.#channel, this.#listener);
    this.#listening = listening;
    ignore(
      listening.ready.catch((error: unknown) => {
        if (this.#listening !== listening) return;
        this.close();
        this.#pause = pause;
        if (String(error).includes('NOPERM')) this.#warn();
      }),
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
