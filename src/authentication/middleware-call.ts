import type { Action } from 'routing-controllers';
import type { FrameworkRequest, RequestSource } from '../http/request/http-request';
import { requestOf } from '../http/request/request-of';

/** The arguments of middleware: Koa passes the context and `next`, Express the request, the response and `next`. */
export type MiddlewareArguments = readonly [first: unknown, second: unknown, third?: unknown];

/** A call of middleware. */
export interface MiddlewareCall {
  readonly request: FrameworkRequest;
  /** As a checker gets it. */
  readonly action: Action & { readonly next: () => unknown };
}

/** Reads the arguments of middleware, whichever framework passes them. */
export function middlewareCall([first, second, third]: MiddlewareArguments): MiddlewareCall {
  if (third !== undefined) {
    const action = { request: first, response: second, next: third as () => unknown };
    return { request: requestOf(second as RequestSource), action };
  }
  const context = first as RequestSource & { readonly request: unknown; readonly response: unknown };
  const { request, response } = context;
  return {
    request: requestOf(context),
    action: { request, response, context, next: second as () => unknown },
  };
}
