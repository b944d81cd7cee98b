import { channel, type Channel } from 'node:diagnostics_channel';

/**
 * Listeners by event; a listener that throws or rejects changes nothing for anybody else, and is warned of once. Each
 * event is published to the channel `prefix:event` of `node:diagnostics_channel`, too, for tools that trace.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, ((event: never) => unknown)[]>();
  readonly #failing = new WeakSet<(event: never) => unknown>();
  readonly #channels = new Map<keyof Events, Channel>();
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => unknown): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
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

  #channel(name: keyof Events): Channel {
    const known = this.#channels.get(name);
    if (known) return known;
    const found = channel(`${this.#prefix}:${String(name)}`);
    this.#channels.set(name, found);
    return found;
  }

  /** Whoever floods a server with bad requests must not flood its log with warnings. */
  #warnOf(listener: (event: never) => unknown): void {
    if (this.#failing.has(listener)) return;
    this.#failing.add(listener);
    process.emitWarning('A listener of a JwtManager event threw; what it threw was ignored.', {
      type: 'JwtListenerWarning',
    });
  }
}
