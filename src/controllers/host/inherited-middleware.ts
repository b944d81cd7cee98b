import type { MetadataArgsStorage } from 'routing-controllers';
import { isJwtMiddleware } from '../../authentication/middleware';
import { lineage } from '../rules/lineage';

type Uses = MetadataArgsStorage['uses'];

/**
 * The middleware of this library that routing-controllers, which looks by the exact class, would lose on a subclass: that
 * of the nearest class that has some on the method or, without a method, on the class.
 */
export function inheritedMiddleware(
  { uses }: MetadataArgsStorage,
  target: Function,
  method: string | undefined,
): Uses {
  const ours = uses.filter((use) => use.method === method && isJwtMiddleware(use.middleware));
  const nearest = [...lineage(target)].find((link) => ours.some((use) => use.target === link));
  return nearest === target ? [] : ours.filter((use) => use.target === nearest);
}
