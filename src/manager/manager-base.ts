import { inspect } from 'node:util';
import type { JwtError } from '../errors/errors';
import { managerEventNames, type ManagerEvents, type RejectionDetails } from './events';
import {
  limitsOf,
  resolveManagerOptions,
  type JwtManagerOptions,
  type ManagerLimits,
  type ManagerSettings,
} from './manager-options';
import { Rejections } from './rejections';
import type { Token } from '../token/token';
import { Emitter } from '../util/emitter';

/** What a `JwtManager` is set to, and what it reports. */
export class ManagerBase<C extends object> {
  /** @internal */
  readonly settings: ManagerSettings<C>;
  /** @internal What a request needs to know. */
  readonly limits: ManagerLimits;
  /** @internal */
  protected readonly events = new Emitter<ManagerEvents>('routing-controllers-jwt', managerEventNames);
  /** @internal */
  protected readonly rejections = new Rejections(this.events);

  /** @throws {@link ConfigurationError} if an option is wrong; the message explains what to do */
  constructor(options: JwtManagerOptions<C>) {
    this.settings = resolveManagerOptions(options);
    this.limits = limitsOf(this.settings);
  }

  /**
   * Listens to what happens, for logs and metrics, see {@link ManagerEvents}. A listener that throws changes nothing.
   *
   * @throws {@link ConfigurationError} if there is no such event
   */
  on<Name extends keyof ManagerEvents>(event: Name, listener: (event: ManagerEvents[Name]) => unknown): this {
    this.events.on(event, listener);
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
    this.events.off(event, listener);
    return this;
  }

  /** @internal */
  reportRejection(error: JwtError, token?: Token<object>, details?: RejectionDetails): void {
    this.rejections.report(error, token, details);
  }

  /** @internal Whether the option `store` was not given. */
  get hasDefaultStore(): boolean {
    return this.settings.hasDefaultStore;
  }

  /** What may be logged: no key. */
  toJSON(): object {
    const { issuer, audience, accessTokenTtl, refreshTokenTtl } = this.settings;
    return { issuer, audience, accessTokenTtl, refreshTokenTtl, keys: '[redacted]' };
  }

  /** The same for `util.inspect`. */
  [inspect.custom](): string {
    return `JwtManager ${inspect(this.toJSON())}`;
  }
}
