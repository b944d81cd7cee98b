import { getMetadataArgsStorage, type MetadataArgsStorage } from 'routing-controllers';
import { actionsOf } from '../controllers/routes/actions-of';

/**
 * The controllers of the process as `routing-controllers-openapi` reads them: each controller with all of its routes. Pass
 * it in place of `getMetadataArgsStorage()`, which has inherited routes under a base class only, so that the document lacks
 * them, or cannot be created if the base class is not a controller itself.
 *
 * Call it when all controllers have been loaded.
 *
 * @param controllers the controllers of one server, if the process has several servers; all by default
 * @example
 * ```ts
 * const document = routingControllersToSpec(openApiStorage(), { routePrefix: '/api' });
 * ```
 */
export function openApiStorage(controllers?: readonly Function[]): MetadataArgsStorage {
  const storage = getMetadataArgsStorage();
  const shown = storage.controllers.filter(({ target }) => controllers?.includes(target) ?? true);
  const actions = shown.flatMap(({ target }) =>
    actionsOf(storage, target).map((action) => ({ ...action, target })),
  );
  return Object.assign(Object.create(storage) as MetadataArgsStorage, { controllers: shown, actions });
}
