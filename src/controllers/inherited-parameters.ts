import type { MetadataArgsStorage } from 'routing-controllers';
import { lineage } from './route-rule';
import { isTokenParameter } from './token-parameter';

type Parameters = MetadataArgsStorage['params'];

/**
 * The parameter decorators that the host, which looks by the exact class, would lose on an inherited method.
 * A method that is merely inherited gets all of them, as they belong together; an overriding one has its own and gets
 * the token only, where it left that place undecorated.
 */
export function inheritedParameters(
  { params }: MetadataArgsStorage,
  target: Function,
  method: string,
): Parameters {
  for (const link of lineage(Object.getPrototypeOf(target))) {
    const decorated = params.filter((param) => param.method === method && ownerOf(param) === link);
    if (decorated.length > 0)
      return isOverridden(target, link, method) ? decorated.filter(isTokenParameter) : decorated;
  }
  return [];
}

function ownerOf({ object }: Parameters[number]): unknown {
  return (object as object).constructor;
}

function isOverridden(target: Function, base: Function, method: string): boolean {
  return Reflect.get(target.prototype as object, method) !== Reflect.get(base.prototype as object, method);
}
