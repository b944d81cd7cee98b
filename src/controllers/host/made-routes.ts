import { ConfigurationError } from '../../errors/errors';
import { lineage, routeName } from '../rules/lineage';

/** The methods of routes that exist, by each class that they may have a rule from. */
const made = new WeakMap<Function, Set<string | symbol>>();

/** Notes that routing-controllers made a route: its rule is final. */
export function rememberRoute(target: Function, method: string | symbol): void {
  for (const link of lineage(target)) made.set(link, (made.get(link) ?? new Set()).add(method));
}

/**
 * Rejects a decorator that runs after the server was created: it would have no effect.
 *
 * @param method undefined for a decorator of the class
 * @throws {@link ConfigurationError} when a route exists that it would be for
 */
export function rejectLate(decorator: string, owner: Function, method?: string | symbol): void {
  const methods = made.get(owner);
  if (!methods || (method !== undefined && !methods.has(method))) return;
  throw new ConfigurationError(
    `${decorator} comes too late for ${routeName(owner, method)}: its server has already been created. Decorate it before`,
  );
}
