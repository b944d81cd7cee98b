import { KoaDriver, type AuthorizationChecker } from 'routing-controllers';
import type { Context } from 'koa';
import { ConfigurationError, JwtError } from '../../errors/errors';
import { restoreChallenge } from '../../http/answer/rejection';

/** Makes a refusal ready for the client, and tells the operators. */
export type RefusalHandler = (error: JwtError, context: Context) => JwtError;

const handlers = new WeakMap<AuthorizationChecker, RefusalHandler>();
let latest: RefusalHandler | undefined;
let isInstalled = false;

/**
 * Sees to it that a refusal that a method throws, such as one of `jwtManager.refresh`, is answered as those of the
 * checker are: the host's error handler takes no headers from an error, and it is the one place where all errors of
 * all methods pass.
 *
 * @param checker the checker of the servers that this is for; a server whose checker is wrapped goes by the latest
 */
export function handleThrownRefusals(checker: AuthorizationChecker, handler: RefusalHandler): void {
  handlers.set(checker, handler);
  latest = handler;
  if (!isInstalled) install(KoaDriver.prototype);
  isInstalled = true;
}

function install(driver: KoaDriver): void {
  const handleError: unknown = Reflect.get(driver, 'handleError');
  if (typeof handleError !== 'function')
    throw new ConfigurationError('this version of routing-controllers has no handleError: install ^0.11');
  driver.handleError = function (error: unknown, action, options) {
    const handler = (this.authorizationChecker && handlers.get(this.authorizationChecker)) ?? latest;
    const answered =
      error instanceof JwtError && handler ? handler(error, options.context as Context) : error;
    // It sets the headers that the method declares before it returns.
    const done = handleError.call(this, answered, action, options) as Promise<void>;
    if (answered instanceof JwtError) restoreChallenge(options.context as Context);
    return done;
  };
}
