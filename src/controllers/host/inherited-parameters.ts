import type { MetadataArgsStorage } from 'routing-controllers';
import { designTypes } from './design-types';
import { lineage } from '../rules/lineage';

type Parameters = MetadataArgsStorage['params'];

/**
 * The parameter decorators that routing-controllers, which looks by the exact class, would lose on a method of a base
 * class, overridden or not: each place is decorated by the nearest class that decorates it. An override inherits none
 * for parameters that it does not have.
 *
 * @param own what routing-controllers finds on the exact class
 */
export function inheritedParameters(
  { params }: MetadataArgsStorage,
  target: Function,
  method: string | symbol,
  own: Readonly<Parameters>,
): Parameters {
  const found = [...own];
  const count = parameterCount(target, method);
  for (const link of lineage(target)) {
    const taken = new Set(found.map(({ index }) => index));
    found.push(
      ...params.filter(
        (param) => isOf(param, link, method) && param.index < count && !taken.has(param.index),
      ),
    );
  }
  return found.slice(own.length);
}

function isOf(param: Parameters[number], link: Function, method: string | symbol): boolean {
  return (param.method as unknown) === method && (param.object as object).constructor === link;
}

/** How many parameters the method takes that will run; Infinity where that cannot be known. */
function parameterCount(target: Function, method: string | symbol): number {
  const owner = [...lineage(target)].find(({ prototype }) => Object.hasOwn(prototype as object, method));
  if (!owner) return Infinity;
  const types = designTypes(owner, method);
  return types ? types.length : declaredCount(Reflect.get(owner.prototype as object, method) as Function);
}

/** `length` ends at the first parameter with a default value and does not count a rest parameter. */
function declaredCount(method: Function): number {
  const source = String(method);
  return /=|\.\.\./.test(source.slice(0, source.search(/\)\s*\{/))) ? Infinity : method.length;
}
