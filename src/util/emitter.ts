/** Listeners by event; a listener that throws or rejects changes nothing for anybody else, and is warned of once. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, ((event: never) => unknown)[]>();
  readonly #failing = new WeakSet<(event: never) => unknown>();

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
