import type { Action } from 'routing-controllers';
import { admissionOf } from '../../authentication/admission';
import { ConfigurationError, withoutDetails } from '../../errors/configuration-error';
import { requestOf } from '../../http/request/request-of';
import type { Token } from '../../token/token';

/**
 * What `@InjectToken()` hands over.
 *
 * @throws {@link ConfigurationError} when the checker did not see the request: the method must not run
 */
export function injectedToken(action: Action): Token<object> | undefined {
  const admission = admissionOf(requestOf(action));
  if (!admission) {
    const needs = '@InjectToken() needs the checker of createAuthorizationChecker, and a rule on its method';
    throw withoutDetails(new ConfigurationError(needs));
  }
  return admission.token;
}

/** Whether a parameter was decorated with `@InjectToken()`. */
export function isTokenParameter({ transform }: { readonly transform?: unknown }): boolean {
  return transform === injectedToken;
}
