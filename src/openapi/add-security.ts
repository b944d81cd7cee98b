import type { AuthorizationChecker } from 'routing-controllers';
import type { RouteRule } from '../authentication/requirement';
import { knownChecker } from '../controllers/host/known-checkers';
import { inWords } from '../controllers/routes/format-routes';
import { ConfigurationError } from '../errors/errors';
import { operationsOf, type OpenApiDocument, type Operation, type Part } from './document';
import { described } from './described';
import { documentedRoutes, routeFinder, type DocumentedRoute } from './documented-routes';
import { errorResponses, errorSchemas } from './error-responses';
import { SecuritySchemes } from './security-schemes';

/**
 * Describes what your routes require in their OpenAPI document: a security scheme for each place in which a token travels,
 * and for each operation its `security`, its requirement in words, and the responses 401 and 403 with the schema of the
 * errors. A public operation gets `security: []`. Operations that are not routes of a controller stay as they are, and so
 * do responses that the document has already.
 *
 * From OpenAPI 3.1 on, `security` names the scopes as well. A token in the body of a request cannot be described.
 *
 * @param document as `routingControllersToSpec` of `routing-controllers-openapi` returns it; it is not changed
 * @param authorizationChecker the checker of the server
 * @returns the document with security
 * @throws `ConfigurationError` if the checker was not created by `createAuthorizationChecker`
 * @example
 * ```ts
 * const document = addSecurity(routingControllersToSpec(openApiStorage()), authorizationChecker);
 * ```
 */
export function addSecurity<T extends OpenApiDocument>(
  document: T,
  authorizationChecker: AuthorizationChecker,
): T {
  const checker = knownChecker(authorizationChecker);
  if (!checker)
    throw new ConfigurationError('addSecurity: pass the checker that createAuthorizationChecker returned');
  const operations = operationsOf(document);
  const routeOf = routeFinder(documentedRoutes(checker), operations);
  const schemes = new SecuritySchemes(checker, document.openapi);
  const paths = { ...document.paths } as Record<string, Part>;
  for (const placed of operations) {
    const { path, method, operation } = placed;
    const route = routeOf(placed);
    if (route) paths[path] = { ...paths[path], [method]: secured(operation, route, schemes) };
  }
  return { ...document, paths, components: componentsWith(document, schemes.all, errorSchemas(checker)) };
}

function secured(given: Operation, route: DocumentedRoute, schemes: SecuritySchemes): Operation {
  const operation = described(given, route);
  const { declared, resolved }: Partial<RouteRule> = route.rule() ?? {};
  if (!declared || !resolved)
    return { ...operation, security: schemes.forClients(route.description?.clients) };
  // The body of a ready endpoint is described, a token in it included.
  const security = schemes.alternativesFor({ declared, resolved }, route.method) ?? (route.description && []);
  const requires = `Requires: ${inWords(declared)}`;
  const { description } = operation;
  return {
    ...operation,
    description: description === undefined ? requires : `${description}\n\n${requires}`,
    ...(security && { security }),
    responses: { ...errorResponses(resolved, security, route.isJson), ...operation.responses },
  };
}

function componentsWith({ components = {} }: OpenApiDocument, securitySchemes: Part, schemas: Part): Part {
  const { securitySchemes: ownSchemes, schemas: ownSchemas } = components as Record<string, Part | undefined>;
  return {
    ...components,
    schemas: { ...ownSchemas, ...schemas },
    securitySchemes: { ...ownSchemes, ...securitySchemes },
  };
}
