import type { MetadataArgsStorage } from 'routing-controllers';
import { lineage } from '../rules/lineage';

/** The actions of a controller, inherited ones included. One that is decorated again in a subclass is the subclass's. */
export function actionsOf(storage: MetadataArgsStorage, target: Function): MetadataArgsStorage['actions'] {
  const actions: MetadataArgsStorage['actions'] = [];
  for (const link of lineage(target)) {
    const known = new Set(actions.map(({ method }) => method));
    actions.push(...storage.filterActionsWithTarget(link).filter(({ method }) => !known.has(method)));
  }
  return actions;
}
