import { isDeepStrictEqual } from 'node:util';
import type { ActionMetadata, BaseDriver, MetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../../errors/errors';
import { isOurs } from '../rules/authorized-entries';
import { lineage, routeName } from '../rules/lineage';

/**
 * Rejects a rule that is lost because a class decorator returned another class: `@JsonController` below it registered the
 * original, and the rule above it is on the replacement, which has no routes.
 *
 * @param readsAuthorized whether `@Authorized` is a rule for the server as well
 * @throws {@link ConfigurationError} when there is one
 */
export function checkReplacements(
  { controllers, responseHandlers }: MetadataArgsStorage,
  controller: Function,
  readsAuthorized: boolean,
): void {
  const reached = new Set(controllers.flatMap(({ target }) => [...lineage(target)]));
  const lost = responseHandlers.find(
    (entry) =>
      entry.type === 'authorized' &&
      (readsAuthorized || isOurs(entry)) &&
      isReplacementOf(entry.target, controller) &&
      (!reached.has(entry.target) || isProxyOf(entry.target, controller)),
  );
  if (!lost) return;
  throw new ConfigurationError(
    `${controller.name}: a class decorator above @JsonController replaces the class, and a rule on the replacement would ` +
      'be lost: write @JsonController at the top',
  );
}

const warnedOf = new WeakSet<Function>();

/**
 * Finds the classes with a rule for which no route exists, each one once: a class decorator may have returned such a
 * class in place of a controller, whose routes are then open.
 */
export function classesWithoutRoutes({
  controllers,
  actions,
  responseHandlers,
}: MetadataArgsStorage): Function[] {
  const owners = new Set<Function>([...controllers, ...actions].map(({ target }) => target));
  const reached = new Set([...owners].flatMap((owner) => [...lineage(owner)]));
  const lost = responseHandlers
    .filter((entry) => isOurs(entry) && entry.value.resolved && !entry.method)
    .map(({ target }) => target)
    .filter((target) => !warnedOf.has(target) && !reached.has(target) && !inherits(target, owners));
  lost.forEach((target) => warnedOf.add(target));
  return lost;
}

function inherits(target: Function, owners: ReadonlySet<Function>): boolean {
  return [...lineage(target)].some((link) => owners.has(link));
}

const registered = new WeakMap<BaseDriver, Map<string, ActionMetadata>>();

/**
 * Rejects a route that is never reached: both a class and its replacement are controllers, the class answers first, and
 * the rules of the two differ.
 *
 * @throws {@link ConfigurationError} when it is one
 */
export function checkShadowed(driver: BaseDriver, action: ActionMetadata): void {
  const routes = registered.get(driver) ?? new Map<string, ActionMetadata>();
  registered.set(driver, routes);
  const key = `${action.type} ${String(action.fullRoute)}`;
  const first = routes.get(key);
  if (!first) routes.set(key, action);
  else if (first.target !== action.target && isReplacementOf(action.target, first.target))
    compare(first, action);
}

function compare(first: ActionMetadata, second: ActionMetadata): void {
  const [rules, others] = [first, second].map(({ authorizedRoles }) => authorizedRoles as unknown[]);
  if (isDeepStrictEqual(rules, others)) return;
  throw new ConfigurationError(
    `${routeName(second.target, second.method)} has the route of ${routeName(first.target, first.method)}, which answers ` +
      'first and has another rule: write @JsonController on one of the two classes',
  );
}

/** A subclass or a Proxy. */
function isReplacementOf(target: Function, controller: Function): boolean {
  return [...lineage(target)].includes(controller) || isProxyOf(target, controller);
}

/** It never has routes: method decorators see the class behind it. */
function isProxyOf(target: Function, controller: Function): boolean {
  return target !== controller && target.prototype === controller.prototype;
}
