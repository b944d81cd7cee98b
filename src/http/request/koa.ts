import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'koa';
import type { Framework, FrameworkRequest } from './http-request';

/** Koa's context, its request or response, or what has one: an action of routing-controllers, or a {@link KoaRequest}. */
export const koa: Framework = {
  find: (source) =>
    contextIn(source['context']) ??
    contextIn(source['ctx']) ??
    contextIn(source) ??
    KoaRequest.contextOf(source),
  adapt: (context) => new KoaRequest(context as Context),
};

function contextIn(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return 'req' in value && 'request' in value && 'app' in value ? value : undefined;
}

class KoaRequest implements FrameworkRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly headers: IncomingHttpHeaders;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.req = context.req;
    this.res = context.res;
    this.headers = context.req.headers;
  }

  static contextOf(value: object): Context | undefined {
    return #context in value ? value.#context : undefined;
  }

  get method(): string {
    return this.#context.method;
  }

  get path(): string {
    return this.#context.path;
  }

  /** Not from Koa's parser, which an application can replace. */
  get query(): URLSearchParams {
    return new URLSearchParams(this.#context.querystring);
  }

  get body(): unknown {
    const request = this.#context.request as { body?: unknown };
    return Object.hasOwn(request, 'body') ? request.body : undefined;
  }

  get rawBody(): string | undefined {
    const { rawBody } = this.#context.request as { rawBody?: unknown };
    return typeof rawBody === 'string' ? rawBody : undefined;
  }

  get ip(): string {
    return this.#context.ip;
  }

  get protocol(): string {
    return this.#context.protocol;
  }

  get host(): string {
    return this.#context.host;
  }

  get environment(): string {
    return this.#context.app.env;
  }

  get app(): object {
    return this.#context.app;
  }

  send(status: number, body: object): void {
    Object.assign(this.#context, { status, body });
  }
}
