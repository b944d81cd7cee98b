import { channel, type Channel } from 'node:diagnostics_channel';

/**
 * Listeners by event; a listener that throws or rejects changes nothing for anybody else. Each event is published to
 * the channel `prefix:event` of `node:diagnostics_channel`, too, for tools that trace.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, ((event: never) => unknown)[]>();
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
        void Promise.resolve((listener as (event: Events[Name]) => unknown)(event)).catch(warn);
      } catch {
        warn();
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
}

function warn(): void {
  process.emitWarning('A listener of a JwtManager event threw; what it threw was ignored.', {
    type: 'JwtListenerWarning',
  });
}
