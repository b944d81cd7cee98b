import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/**
 * A request as this library reads it, whichever framework it came through. Your own locations, `formatError` and hooks get
 * one.
 *
 * @example
 * ```ts
 * class ApiKeyHeader implements TokenLocation {
 *   readonly name = 'X-Api-Key Header';
 *   readonly vary = 'X-Api-Key';
 *
 *   read({ headers }: HttpRequest): string | undefined {
 *     return headers['x-api-key']?.toString();
 *   }
 * }
 * ```
 */
export interface HttpRequest {
  /** In upper case. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** By name in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  /** The parsed body; undefined if no parser has run. */
  readonly body: unknown;
  /** The text of the body, if the parser kept it. */
  readonly rawBody: string | undefined;
  /** The client's address. Behind a proxy, it depends on the framework's proxy setting; empty if unknown. */
  readonly ip: string;
  /** The scheme of the URL. Behind a proxy, it depends on the framework's proxy setting. */
  readonly protocol: string;
  /** The host of the URL with its port. Behind a proxy, it depends on the framework's proxy setting. */
  readonly host: string;
  /** The request of Node.js. */
  readonly req: IncomingMessage;
  /** The response of Node.js, to set headers on. */
  readonly res: ServerResponse;
}

/**
 * Anything a request can be found from: Koa's context, the request or response of Express, the request of Node.js, or an
 * {@link HttpRequest}.
 *
 * @example
 * ```ts
 * const identityOf = (source: RequestSource) => tokenOf(source)?.identity;
 * ```
 */
export type RequestSource =
  { readonly req: IncomingMessage; readonly res: ServerResponse } | IncomingMessage | ServerResponse;

/** @internal An action of routing-controllers. */
export interface ActionSource {
  readonly request: unknown;
  readonly context?: unknown;
}

/** @internal A request with what only this library needs to know of its application. */
export interface FrameworkRequest extends HttpRequest {
  /** The application's environment, such as `production`. */
  readonly environment: unknown;
  /** The framework's object for the application; undefined without one. */
  readonly app: object | undefined;
  /** Ends the request with JSON. */
  send(status: number, body: object): void;
}

/** @internal A framework that requests come through. */
export interface Framework {
  /** The framework's own object for a request, to which a source leads; undefined for the source of another framework. */
  find(source: Readonly<Record<string, unknown>>): object | undefined;
  /** @param found what `find` returned */
  adapt(found: object): FrameworkRequest;
}
