import { channel, type Channel } from 'node:diagnostics_channel';
import { ConfigurationError } from '../errors/errors';
import { warn } from './warn';

/**
 * Listeners by event. A listener that throws or rejects affects nothing else, and causes one warning. Each event is
 * also published to the channel `prefix:event` of `node:diagnostics_channel`, for tracing tools.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, ((event: never) => unknown)[]>();
  readonly #failing = new WeakSet<(event: never) => unknown>();
  readonly #channels = new Map<keyof Events, Channel>();
  readonly #prefix: string;
  readonly #names: readonly (keyof Events & string)[];

  constructor(prefix: string, names: readonly (keyof Events & string)[]) {
    this.#prefix = prefix;
    this.#names = names;
  }

  /** @throws {@link ConfigurationError} when there is no such event, or the listener is no function */
  on<Name extends keyof Events & string>(name: Name, listener: (event: Events[Name]) => unknown): void {
    this.#check(name, listener);
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  /** Whether anyone listens to an event, tracing tools included. */
  isHeard(name: keyof Events): boolean {
    return Boolean(this.#listeners.get(name)?.length) || this.#channel(name).hasSubscribers;
  }

  /** Takes back one {@link Emitter.on}. */
  off<Name extends keyof Events & string>(name: Name, listener: (event: Events[Name]) => unknown): void {
    this.#check(name, listener);
    const listeners = this.#listeners.get(name) ?? [];
    const last = listeners.lastIndexOf(listener);
    this.#listeners.set(
      name,
      listeners.filter((_, index) => index !== last),
    );
  }

  /** All listeners get the same frozen event. */
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    Object.freeze(event);
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        const done = (listener as (event: Events[Name]) => unknown)(event);
        void Promise.resolve(done).catch(() => {
          this.#warnOf(listener);
        });
      } catch {
        this.#warnOf(listener);
      }
    }
    const tools = this.#channel(name);
    if (tools.hasSubscribers) tools.publish(event);
  }

  #check(name: unknown, listener: unknown): void {
    if (!this.#names.some((known) => known === name))
      throw new ConfigurationError(
        `there is no event '${String(name)}'; there are: ${this.#names.join(', ')}`,
      );
    if (typeof listener !== 'function')
      throw new ConfigurationError(`the listener of '${String(name)}' must be a function`);
  }

  #channel(name: keyof Events): Channel {
    const known = this.#channels.get(name);
    if (known) return known;
    const found = channel(`${this.#prefix}:${String(name)}`);
    this.#channels.set(name, found);
    return found;
  }

  /** An attacker who floods a server with bad requests must not flood its log with warnings. */
  #warnOf(listener: (event: never) => unknown): void {
    if (this.#failing.has(listener)) return;
    this.#failing.add(listener);
    warn('JwtListenerWarning', 'A listener of a JwtManager event threw; what it threw was ignored.');
  }
}
