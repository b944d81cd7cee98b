import { ServerResponse, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Framework, FrameworkRequest } from './http-request';
import { pathIn, queryIn } from './request-target';

/** What Node.js has of a request that no framework has seen, such as that of an upgrade. */
export const node: Framework = {
  find: (source) =>
    NodeRequest.foundBy(source) ??
    responseIn(source) ??
    responseIn(source['res']) ??
    responseIn(source['response']) ??
    requestIn(source) ??
    requestIn(source['request']),
  adapt: (found) =>
    'setHeader' in found
      ? new NodeRequest(found, (found as ServerResponse).req, found as ServerResponse)
      : new NodeRequest(found, found as IncomingMessage, new ServerResponse(found as IncomingMessage)),
};

function responseIn(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return 'req' in value && 'setHeader' in value ? value : undefined;
}

function requestIn(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return 'headers' in value && 'url' in value ? value : undefined;
}

class NodeRequest implements FrameworkRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly headers: IncomingHttpHeaders;
  readonly body = undefined;
  readonly rawBody = undefined;
  readonly environment = undefined;
  readonly app = undefined;
  readonly #found: object;

  /** @param found what it was found by: the request or the response */
  constructor(found: object, request: IncomingMessage, response: ServerResponse) {
    this.#found = found;
    this.req = request;
    this.res = response;
    this.headers = request.headers;
  }

  static foundBy(value: object): object | undefined {
    return #found in value ? value.#found : undefined;
  }

  get method(): string {
    return this.req.method ?? '';
  }

  get path(): string {
    return pathIn(this.req.url ?? '');
  }

  get query(): URLSearchParams {
    return queryIn(this.req.url ?? '');
  }

  get ip(): string {
    return this.req.socket.remoteAddress ?? '';
  }

  get protocol(): string {
    return (this.req.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
  }

  get host(): string {
    return this.headers.host ?? '';
  }

  send(status: number, body: object): void {
    this.res.setHeader('Content-Type', 'application/json; charset=utf-8');
    this.res.writeHead(status).end(JSON.stringify(body));
  }
}
