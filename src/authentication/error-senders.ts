import type { Action } from 'routing-controllers';
import type { JwtError } from '../errors/errors';
import { removeHeader } from '../http/answer/header-fields';
import { isJson } from '../http/answer/rejection';
import type { FrameworkRequest } from '../http/request/http-request';

/** Sends the response to an error, or passes the error on to the application. */
export type ErrorSender = (error: JwtError, action: Action) => unknown;

/** By the request, where its route is known, or by the application that serves it. */
const senders = new WeakMap<object, ErrorSender>();

/** Notes how the errors of a request, or of all requests of an application, are sent. */
export function rememberSender(requestOrApp: object, sender: ErrorSender): void {
  senders.set(requestOrApp, sender);
}

/** What {@link rememberSender} noted; otherwise the body is sent as JSON. */
export function senderFor(request: FrameworkRequest): ErrorSender {
  const { req, app } = request;
  return (
    senders.get(req) ??
    senders.get(app ?? req) ??
    ((error) => {
      if (!isJson(request.res)) removeHeader(request.res, 'Content-Type');
      request.send(error.status, error.toJSON());
    })
  );
}
