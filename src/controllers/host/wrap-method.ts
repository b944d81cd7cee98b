import { ConfigurationError } from '../../errors/errors';

/**
 * Replaces a method of one of routing-controllers' prototypes.
 *
 * @throws {@link ConfigurationError} when this version of routing-controllers has no such method
 */
export function wrapMethod<T extends object, K extends string & keyof T>(
  prototype: T,
  name: K,
  wrap: (original: T[K]) => T[K],
): void {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== 'function')
    throw new ConfigurationError(`this version of routing-controllers has no ${name}: install ^0.11`);
  prototype[name] = wrap(original as T[K]);
}
