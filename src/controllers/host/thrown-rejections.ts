import {
  ExpressDriver,
  KoaDriver,
  type ActionMetadata,
  type AuthorizationChecker,
  type BaseDriver,
} from 'routing-controllers';
import { JwtError } from '../../errors/errors';
import { closeUnfinished } from '../../http/answer/close-unfinished';
import { removeHeader, setHeader } from '../../http/answer/header-fields';
import { isJson } from '../../http/answer/rejection';
import type { HttpRequest } from '../../http/request/http-request';
import { requestOf } from '../../http/request/request-of';
import { wrapMethod } from './wrap-method';

/** Makes an error ready for the client, and tells the operators. */
export type RejectionHandler = (error: JwtError, request: HttpRequest) => JwtError;

const handlers = new WeakMap<AuthorizationChecker, RejectionHandler>();
let latest: RejectionHandler | undefined;
let isInstalled = false;

/**
 * An error that a method throws, such as one of `jwtManager.refresh`, gets the same response as one of the checker: the
 * error handler of routing-controllers takes no headers from an error, and it is the one place where all errors of all
 * methods pass.
 *
 * @param checker the checker of the servers that this is for; a server whose checker is wrapped goes by the latest
 */
export function handleThrownRejections(checker: AuthorizationChecker, handler: RejectionHandler): void {
  handlers.set(checker, handler);
  latest = handler;
  if (!isInstalled) [KoaDriver.prototype, ExpressDriver.prototype].forEach(install);
  isInstalled = true;
}

function install(prototype: BaseDriver): void {
  wrapMethod(prototype, 'handleError', (original) => {
    return function (this: BaseDriver, error: unknown, action, options): unknown {
      const handler = (this.authorizationChecker && handlers.get(this.authorizationChecker)) ?? latest;
      if (!(error instanceof JwtError) || !handler) return original.call(this, error, action, options);
      const request = requestOf(options);
      const response = handler(error, request);
      // Other middleware may have responded in the meantime, such as a timeout. With Express, to respond again would throw.
      if (request.res.headersSent) {
        closeUnfinished(request.res);
        if (this.isDefaultErrorHandlingEnabled) return undefined;
      }
      if (this instanceof ExpressDriver) hideDetails(response);
      // Undefined for an error of a middleware.
      const method = action as ActionMetadata | undefined;
      if (this.isDefaultErrorHandlingEnabled) prepareType(request, method);
      return original.call(this, response, method ? withoutOwnHeaders(method) : action, options) as unknown;
    };
  });
}

/** Express shows an error without a stack as text to the client, unless the environment is production. */
function hideDetails(error: JwtError): void {
  Object.defineProperty(error, 'toString', {
    value: () => `${error.name}: ${error.message}`,
    writable: true,
    configurable: true,
  });
}

/** A method may declare what its responses are (`@ContentType`); an error is JSON or plain text. */
function prepareType({ res }: HttpRequest, action: ActionMetadata | undefined): void {
  if (!action?.isJsonTyped) setHeader(res, 'Content-Type', 'text/plain; charset=utf-8');
  else if (!isJson(res)) removeHeader(res, 'Content-Type');
}

/** The challenge and the type of an error are not the method's to declare. */
function withoutOwnHeaders(action: ActionMetadata): ActionMetadata {
  const headers = Object.entries(action.headers).filter(
    ([name]) => !/^(www-authenticate|content-type)$/i.test(name),
  );
  return Object.create(action, { headers: { value: Object.fromEntries(headers) } }) as ActionMetadata;
}
