import type { IncomingMessage } from 'node:http';
import type { Action } from 'routing-controllers';
import { ConfigurationError, withoutDetails } from '../../errors/errors';
import type { HttpRequest } from '../../http/request/http-request';
import { requestOf } from '../../http/request/request-of';
import type { JwtManager } from '../../manager/jwt-manager';
import type { Token } from '../../token/token';

/** What a request was let in with. */
export interface Admission {
  /** Undefined for a guest, where the method lets guests in. */
  readonly token: Token<object> | undefined;
  /** Which manager verified. */
  readonly manager: JwtManager<object>;
}

/** Requests that the checker let in. */
const admitted = new WeakMap<IncomingMessage, Admission>();

/** Notes that the checker let a request in. */
export function admit(
  { req }: HttpRequest,
  token: Token<object> | undefined,
  manager: JwtManager<object>,
): void {
  admitted.set(req, { token, manager });
}

/** What {@link admit} noted. */
export function admissionOf({ req }: HttpRequest): Admission | undefined {
  return admitted.get(req);
}

/**
 * What `@InjectToken()` hands over.
 *
 * @throws {@link ConfigurationError} when the checker did not see the request: the method must not run
 */
export function tokenOf(action: Action): Token<object> | undefined {
  const admission = admissionOf(requestOf(action));
  if (!admission) {
    const needs = '@InjectToken() needs the checker of createAuthorizationChecker, and a rule on its method';
    throw withoutDetails(new ConfigurationError(needs));
  }
  return admission.token;
}

/** Whether a parameter was decorated with `@InjectToken()`. */
export function isTokenParameter({ transform }: { readonly transform?: unknown }): boolean {
  return transform === tokenOf;
}
