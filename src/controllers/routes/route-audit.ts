import { ActionMetadata, ControllerMetadata, getMetadataArgsStorage } from 'routing-controllers';
import type { JwtRequirement } from '../../authentication/requirement';
import { entriesFor } from '../rules/authorized-entries';
import { ruleOfRoute } from '../rules/route-rule';
import { actionsOf } from './actions-of';
import { middlewareOf } from './middleware-of';

/**
 * One route and what it demands.
 *
 * @example
 * ```ts
 * const names = describeRoutes().map(({ controller, method }: RouteDescription) => `${controller}.${method}`);
 * ```
 */
export interface RouteDescription {
  /** The HTTP method, in capitals. */
  readonly method: string;
  /** The path without the host's `routePrefix`. */
  readonly path: string;
  readonly controller: string;
  readonly handler: string;
  /** What the route demands, as it was written; null when it has no rule. It is open then, unless middleware protects it. */
  readonly requirement: JwtRequirement | null;
  /** What `createJwtMiddleware` demands in `@UseBefore` of the class and of the method; absent without any. */
  readonly middleware?: readonly JwtRequirement[];
}

type Storage = ReturnType<typeof getMetadataArgsStorage>;

/**
 * Lists the routes of all controllers that are loaded, with what they demand: for a look at start-up, or for a spec
 * that pins which routes are open. Controllers given as glob strings are loaded by `createKoaServer`: call it after.
 *
 * Middleware of a whole application or router is not part of it (`app.use`, `@Middleware`).
 *
 * @example
 * ```ts
 * const open = describeRoutes().filter(({ requirement, middleware }) => !requirement && !middleware);
 * ```
 */
export function describeRoutes(): RouteDescription[] {
  const storage = getMetadataArgsStorage();
  return storage.controllers.flatMap((controllerArgs) => {
    const controller = new ControllerMetadata(controllerArgs);
    const target = controllerArgs.target as Function & (new () => unknown);
    return actionsOf(storage, target).map((actionArgs) => {
      const action = new ActionMetadata(controller, { ...actionArgs, target }, {});
      action.params = [];
      action.build([]);
      const middleware = middlewareOf(storage, target, action.method);
      return {
        method: action.type.toUpperCase(),
        path: String(action.fullRoute),
        controller: target.name,
        handler: textOf(action.method),
        requirement: requirementOf(storage, target, action.method),
        ...(middleware.length > 0 && { middleware }),
      };
    });
  });
}

function requirementOf(storage: Storage, target: Function, method: string | symbol): JwtRequirement | null {
  try {
    return ruleOfRoute(storage, target, method)?.declared ?? null;
  } catch (error) {
    // `@Authorized` alone may be meant for another checker, and say what only that one understands.
    if (entriesFor(storage, target, method).ours.length > 0) throw error;
    return {};
  }
}

/** The host says that all names are strings. */
function textOf(name: string | symbol): string {
  return String(name);
}
