import type { JsonWebKey } from 'node:crypto';
import { withReason, IssuerUnavailableError } from '../../errors/errors';
import { unixTime, type Clock } from '../../util/clock';
import { warn } from '../../util/warn';
import type { Key, KeyPairAlgorithm } from '../key';
import { KeyRing } from '../key-ring';
import type { KeySetBase } from '../key-set-base';
import { usableKeys } from './usable-keys';

/** Ages of a key set, and times between requests, in seconds. */
const limits = {
  /** Older keys are fetched again, and used meanwhile. */
  refresh: 300,
  /** A request waits for newer ones, unless the issuer does not respond. */
  fresh: 600,
  /** No longer used. */
  usable: 3600,
  /** Until the next request, after one that failed or did not find the key. */
  cooldown: 10,
};

/** What a set of remote keys needs. */
export interface RemoteKeysSettings {
  readonly issuer: string;
  readonly algorithms: readonly KeyPairAlgorithm[];
  readonly clock: Clock;
  readonly fetch: () => Promise<readonly JsonWebKey[]>;
  /** The keys that must not be among them. */
  readonly own: KeySetBase;
}

/**
 * The keys of an issuer elsewhere. They are fetched when they are needed and kept for a while. Whatever tokens come, at
 * most one request is under way at a time.
 */
export class RemoteKeys {
  readonly #settings: RemoteKeysSettings;
  readonly #ring = new KeyRing([]);
  #fetchedAt = -Infinity;
  /** When the next request may be sent. */
  #coolUntil = -Infinity;
  /** Why the last request failed. */
  #failure: Error | undefined;
  #pending: Promise<void> | undefined;

  constructor(settings: RemoteKeysSettings) {
    this.#settings = settings;
    settings.own.keepOutOf(this.#ring);
  }

  /** Returns the key for a `kid`, or without a `kid` the only key. Call {@link RemoteKeys.prepare} before it. */
  find(kid: string | undefined): Key | undefined {
    return this.#ring.find(kid);
  }

  /**
   * Prepares for {@link RemoteKeys.find}. There is nothing to wait for while the keys are fresh and the key is among them.
   *
   * @throws IssuerUnavailableError if the keys cannot be fetched, and there are none that may be used meanwhile
   */
  prepare(kid: string | undefined): void | Promise<void> {
    const age = this.#age();
    const isReady = this.#has(kid) && (age < limits.fresh || (age < limits.usable && this.#failure));
    const pending = age < limits.refresh && isReady ? undefined : this.#reload();
    return isReady ? undefined : this.#load(kid, pending);
  }

  async #load(kid: string | undefined, pending: Promise<void> | undefined): Promise<void> {
    await pending;
    if (this.#failure) {
      if (!this.#has(kid) || this.#age() >= limits.usable)
        throw withReason(new IssuerUnavailableError(), 'issuer keys', this.#failure);
    } else if (pending && !this.#has(kid)) {
      // Anyone can invent names of keys.
      this.#cool();
    }
  }

  #has(kid: string | undefined): boolean {
    return this.find(kid) !== undefined;
  }

  /** Fetches the keys, unless it is too early. Never rejects. */
  #reload(): Promise<void> | undefined {
    if (!this.#pending && this.#now() >= this.#coolUntil)
      this.#pending = this.#fetch().finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #fetch(): Promise<void> {
    const sentAt = this.#now();
    try {
      this.#take(await this.#settings.fetch());
      this.#fetchedAt = sentAt;
      this.#failure = undefined;
    } catch (error) {
      this.#cool();
      if (!this.#failure && this.#ring.keys.length > 0) this.#warn(error as Error);
      this.#failure = error as Error;
    }
  }

  #take(jwks: readonly JsonWebKey[]): void {
    const { issuer, algorithms } = this.#settings;
    try {
      this.#ring.load(usableKeys(jwks, algorithms), issuer);
    } catch (error) {
      // The previous keys may be among those that it shows.
      this.#ring.load([], issuer);
      throw error;
    }
  }

  #warn({ message, cause }: Error): void {
    const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
    warn(
      'JwtIssuerWarning',
      `The keys of ${this.#settings.issuer} cannot be fetched. The previous ones remain in use for an hour. ${reason}`,
    );
  }

  #cool(): void {
    this.#coolUntil = this.#now() + limits.cooldown;
  }

  /** A clock that was set back must not keep keys for longer. */
  #age(): number {
    return Math.abs(this.#now() - this.#fetchedAt);
  }

  #now(): number {
    return unixTime(this.#settings.clock);
  }
}
