import { ActionMetadata, ControllerMetadata, getMetadataArgsStorage } from 'routing-controllers';
import type { JwtRequirement } from '../../authentication/requirement';
import { entriesFor } from '../rules/authorized-entries';
import { lineage } from '../rules/lineage';
import { ruleOfRoute } from '../rules/route-rule';

/** One route and what it demands. */
export interface RouteDescription {
  /** The HTTP method, in capitals. */
  readonly method: string;
  /** The path without the host's `routePrefix`. */
  readonly path: string;
  readonly controller: string;
  readonly handler: string;
  /** What the route demands, as it was written; null when it is open. */
  readonly requirement: JwtRequirement | null;
}

type Storage = ReturnType<typeof getMetadataArgsStorage>;

/**
 * Lists the routes of all controllers that are loaded, with what they demand: for a look at start-up, or for a spec
 * that pins which routes are open. Controllers given as glob strings are loaded by `createKoaServer`: call it after.
 *
 * @example
 * ```ts
 * const open = describeRoutes().filter(({ requirement }) => requirement === null);
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
      return {
        method: action.type.toUpperCase(),
        path: String(action.fullRoute),
        controller: target.name,
        handler: textOf(action.method),
        requirement: requirementOf(storage, target, action.method),
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

/** A method that is decorated again in a subclass is the subclass's. */
function actionsOf(storage: Storage, target: Function): Storage['actions'] {
  const actions: Storage['actions'] = [];
  for (const link of lineage(target)) {
    const known = new Set(actions.map(({ method }) => method));
    actions.push(...storage.filterActionsWithTarget(link).filter(({ method }) => !known.has(method)));
  }
  return actions;
}
