import type { MetadataArgsStorage } from 'routing-controllers';
import { lineage } from './route-rule';

type Parameters = MetadataArgsStorage['params'];

/**
 * The parameter decorators that the host, which looks by the exact class, would lose on a method of a base class,
 * overridden or not: each place is decorated by the nearest class that decorates it.
 *
 * @param own what the host finds on the exact class
 */
export function inheritedParameters(
  { params }: MetadataArgsStorage,
  target: Function,
  method: string | symbol,
  own: Readonly<Parameters>,
): Parameters {
  const found = [...own];
  for (const link of lineage(target)) {
    const taken = new Set(found.map(({ index }) => index));
    found.push(...params.filter((param) => isOf(param, link, method) && !taken.has(param.index)));
  }
  return found.slice(own.length);
}

function isOf(param: Parameters[number], link: Function, method: string | symbol): boolean {
  return (param.method as unknown) === method && (param.object as object).constructor === link;
}
