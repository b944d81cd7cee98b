/** Listeners by event; a listener that throws or rejects changes nothing for anybody else. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, ((event: never) => unknown)[]>();

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
  }
}

function warn(): void {
  process.emitWarning('A listener of a JwtManager event threw; what it threw was ignored.', {
    type: 'JwtListenerWarning',
  });
}
