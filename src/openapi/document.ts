/**
 * The parts of an OpenAPI document, 3.0 or later, that `addSecurity` reads and extends.
 *
 * @example
 * ```ts
 * const document: OpenApiDocument = routingControllersToSpec(openApiStorage(), { routePrefix: '/api' });
 * ```
 */
export interface OpenApiDocument {
  /** The version of OpenAPI, such as `3.0.0`. */
  readonly openapi: string;
  /** The operations, by path and method. */
  readonly paths?: object;
  /** Schemas and security schemes. */
  readonly components?: object;
}

/** An object of the document. */
export type Part = Readonly<Record<string, unknown>>;

/** An operation of a document. */
export interface Operation extends Part {
  readonly operationId?: string;
  readonly description?: string;
  readonly responses?: Part;
}

/** What an operation takes: each alternative has schemes that must all be met, with the scopes of each. */
export type SecurityAlternatives = readonly Readonly<Record<string, readonly string[]>>[];

/** An operation and where it is in the document. */
export interface PlacedOperation {
  readonly path: string;
  /** In lower case. */
  readonly method: string;
  readonly operation: Operation;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** All operations of a document. */
export function operationsOf({ paths = {} }: OpenApiDocument): PlacedOperation[] {
  return Object.entries(paths as Record<string, Part>).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ path, method, operation: operation as Operation })),
  );
}
