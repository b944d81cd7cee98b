import { getMetadataArgsStorage } from 'routing-controllers';
import { ruleFor, type JwtRequirement, type RouteRule } from '../authentication/requirement';
import type { KnownChecker } from '../controllers/host/known-checkers';
import { actionsOf } from '../controllers/routes/actions-of';
import { middlewareOf } from '../controllers/routes/middleware-of';
import { routeName } from '../controllers/rules/lineage';
import {
  operationDescriptionOf,
  type OperationDescription,
} from '../controllers/routes/operation-descriptions';
import { ruleUnder } from '../controllers/rules/route-rule';
import type { PlacedOperation } from './document';

/** A route as a document may name it. */
export interface DocumentedRoute {
  /** In lower case. */
  readonly method: string;
  /** As in OpenAPI, without the `routePrefix` of its server. */
  readonly path: string;
  /** What routing-controllers-openapi calls the operation unless the application gives it a name. */
  readonly operationId: string;
  readonly isJson: boolean;
  /** Reads the rule of the route, or of middleware in front of it. Undefined: everyone may call it. */
  readonly rule: () => RouteRule | undefined;
  /** Of a ready endpoint. */
  readonly description: OperationDescription | undefined;
}

/** The routes of all controllers, as they are on a server with this checker. */
export function documentedRoutes(checker: KnownChecker): DocumentedRoute[] {
  const storage = getMetadataArgsStorage();
  return storage.controllers.flatMap(({ target, route: base, type }) =>
    actionsOf(storage, target).map(({ method: handler, route, type: method }) => ({
      method,
      path: openApiPath(textOf(base) + textOf(route)),
      operationId: routeName(target, handler),
      isJson: type === 'json',
      rule: () => {
        const rule = ruleUnder(checker, storage, target, handler);
        return rule?.resolved ? rule : ruleOfMiddleware(middlewareOf(storage, target, handler));
      },
      description: operationDescriptionOf(target, handler),
    })),
  );
}

/** The first requirement that lets no guest pass. */
function ruleOfMiddleware(requirements: readonly JwtRequirement[]): RouteRule | undefined {
  const requirement = requirements.find(({ optional }) => !optional) ?? requirements[0];
  return requirement && ruleFor(requirement);
}

/**
 * The route of each operation. The document does not contain the `routePrefix`: it is what most paths have in front of a
 * route, and the shortest such text.
 */
export function routeFinder(
  routes: readonly DocumentedRoute[],
  operations: readonly PlacedOperation[],
): (operation: PlacedOperation) => DocumentedRoute | undefined {
  const prefix = commonPrefix(routes, operations);
  return ({ path, method, operation }) => {
    const found = routes.filter((route) => route.method === method && prefix + route.path === path);
    return found.find(({ operationId }) => operationId === operation.operationId) ?? found[0];
  };
}

function commonPrefix(routes: readonly DocumentedRoute[], operations: readonly PlacedOperation[]): string {
  const votes = new Map<string, number>();
  for (const { path, method } of operations) {
    const ending = routes.filter((route) => route.method === method && path.endsWith(route.path));
    const prefixes = new Set(ending.map((route) => path.slice(0, path.length - route.path.length)));
    for (const prefix of prefixes) votes.set(prefix, (votes.get(prefix) ?? 0) + 1);
  }
  const [most] = [...votes].sort(([one, count], [other, more]) => more - count || one.length - other.length);
  return most?.[0] ?? '';
}

/** `/users/:id([0-9]+)` as OpenAPI writes it: `/users/{id}`. */
function openApiPath(path: string): string {
  return path.replace(/:(\w+)(\((?:[^()]|\([^()]*\))*\))?[?*+]?/g, '{$1}');
}

/** A decorator without an argument has no route, whatever the types of routing-controllers say. */
function textOf(route: string | RegExp | undefined): string {
  return String(route ?? '');
}
