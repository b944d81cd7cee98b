import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Framework, FrameworkRequest } from './http-request';
import { pathIn, queryIn } from './request-target';

/** The request or response of Express, or what has them: an action of routing-controllers, or an {@link ExpressRequest}. */
export const express: Framework = {
  find: (source) => requestIn(source['request']) ?? requestIn(source) ?? requestIn(source['req']),
  adapt: (request) => new ExpressRequest(request as Request),
};

function requestIn(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return 'res' in value && 'app' in value && 'originalUrl' in value ? value : undefined;
}

class ExpressRequest implements FrameworkRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly headers: IncomingHttpHeaders;
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
    this.req = request;
    this.res = request.res as ServerResponse;
    this.headers = request.headers;
  }

  get method(): string {
    return this.#request.method;
  }

  /** All of it: Express removes the part where a router is mounted. */
  get path(): string {
    return pathIn(this.#request.originalUrl);
  }

  /** Not from the parser of Express, which an application can replace. */
  get query(): URLSearchParams {
    return queryIn(this.#request.url);
  }

  get body(): unknown {
    return Object.hasOwn(this.#request, 'body') ? (this.#request.body as unknown) : undefined;
  }

  get rawBody(): string | undefined {
    const { rawBody } = this.#request as { rawBody?: unknown };
    return typeof rawBody === 'string' || Buffer.isBuffer(rawBody) ? String(rawBody) : undefined;
  }

  get ip(): string {
    return this.#request.ip ?? '';
  }

  get protocol(): string {
    return this.#request.protocol;
  }

  /** `request.host` has no port in Express 4. */
  get host(): string {
    const { headers, socket, app } = this.#request;
    const isTrusted = app.get('trust proxy fn') as (address: string | undefined, hop: number) => boolean;
    const forwarded = headers['x-forwarded-host']?.toString();
    const isForwarded = forwarded !== undefined && isTrusted(socket.remoteAddress, 0);
    return (isForwarded ? forwarded.split(',', 1).join('').trim() : headers.host) ?? '';
  }

  get environment(): unknown {
    return this.#request.app.get('env') as unknown;
  }

  get app(): object {
    return this.#request.app;
  }

  send(status: number, body: object): void {
    (this.#request.res as Response).status(status).json(body);
  }
}
