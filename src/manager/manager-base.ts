import { inspect } from 'node:util';
import type { ManagerEvents } from './events';
import { ManagerCore } from './manager-core';
import type { JwtManagerOptions } from './manager-options';

let reveal: <C extends object>(manager: ManagerBase<C>) => ManagerCore<C>;

/** What a `JwtManager` is set to, and what it reports. */
export class ManagerBase<C extends object> {
  readonly #core: ManagerCore<C>;

  static {
    reveal = (manager) => manager.#core;
  }

  /** @throws {@link ConfigurationError} if an option is wrong; the message explains what to do */
  constructor(options: JwtManagerOptions<C>) {
    this.#core = new ManagerCore(options);
  }

  /**
   * Listens to what happens, for logs and metrics, see {@link ManagerEvents}. A listener that throws changes nothing.
   *
   * @throws {@link ConfigurationError} if there is no such event
   */
  on<Name extends keyof ManagerEvents>(event: Name, listener: (event: ManagerEvents[Name]) => unknown): this {
    this.#core.events.on(event, listener);
    return this;
  }

  /**
   * Removes a listener that was added with {@link JwtManager.on}. Removing an unknown listener is not an error.
   *
   * @throws {@link ConfigurationError} if there is no such event
   */
  off<Name extends keyof ManagerEvents>(
    event: Name,
    listener: (event: ManagerEvents[Name]) => unknown,
  ): this {
    this.#core.events.off(event, listener);
    return this;
  }

  /** What may be logged: no key. */
  toJSON(): object {
    const { issuer, audience, accessTokenTtl, refreshTokenTtl } = this.#core.settings;
    return { issuer, audience, accessTokenTtl, refreshTokenTtl, keys: '[redacted]' };
  }

  /** @hidden The same for `util.inspect`. */
  [inspect.custom](): string {
    return `JwtManager ${inspect(this.toJSON())}`;
  }
}

/** @internal What is behind a manager. No member of it leads there. */
export function coreOf<C extends object>(manager: ManagerBase<C>): ManagerCore<C> {
  return reveal(manager);
}
