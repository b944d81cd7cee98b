import type { Context } from 'koa';
import type { Action, MetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError, withoutDetails } from '../errors';
import type { Token } from '../token/token';

type Parameter = MetadataArgsStorage['params'][number];

/** Requests that the checker let in, with their token; without one where the method lets guests in. */
const admitted = new WeakMap<Context, Token<object> | undefined>();

/** Notes that the checker let a request in. */
export function admit(context: Context, token: Token<object> | undefined): void {
  admitted.set(context, token);
}

/**
 * What `@InjectToken()` hands over.
 *
 * @throws {@link ConfigurationError} when the checker did not see the request: the method must not run
 */
export function tokenOf({ context }: Action): Token<object> | undefined {
  if (!admitted.has(context as Context)) {
    const needs = '@InjectToken() needs the checker of createAuthorizationChecker, and a rule on its method';
    throw withoutDetails(new ConfigurationError(needs));
  }
  return admitted.get(context as Context);
}

/** Whether a parameter was decorated with `@InjectToken()`. */
export function isTokenParameter({ transform }: Parameter): boolean {
  return transform === tokenOf;
}
