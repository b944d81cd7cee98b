import type { MetadataArgsStorage } from 'routing-controllers';
import { isJwtMiddleware } from '../../authentication/middleware';
import { lineage } from '../rules/lineage';

type Uses = MetadataArgsStorage['uses'];

/**
 * The middleware of this library in front of a method or, without a method, of a whole class: that of the nearest class
 * that has some.
 */
export function jwtMiddlewareOn(
  { uses }: MetadataArgsStorage,
  target: Function,
  method: string | symbol | undefined,
): Uses {
  const ours = uses.filter((use) => use.method === method && isJwtMiddleware(use.middleware));
  const nearest = [...lineage(target)].find((link) => ours.some((use) => use.target === link));
  return ours.filter((use) => use.target === nearest);
}

/** The middleware of this library that routing-controllers, which looks by the exact class, would lose on a subclass. */
export function inheritedMiddleware(
  storage: MetadataArgsStorage,
  target: Function,
  method: string | undefined,
): Uses {
  return jwtMiddlewareOn(storage, target, method).filter((use) => use.target !== target);
}
