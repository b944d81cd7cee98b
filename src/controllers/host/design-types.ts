type ReadMetadata = (key: string, target: object, name: string | symbol) => unknown;

/**
 * The types of a method's parameters as the compiler wrote them down, on exactly this class. Undefined where it did not:
 * the method has no decorator, the compiler does not emit decorator metadata, or `reflect-metadata` was loaded too late.
 */
export function designTypes(owner: Function, method: string | symbol): readonly unknown[] | undefined {
  const read = Reflect.get(Reflect, 'getOwnMetadata') as ReadMetadata | undefined;
  return read?.('design:paramtypes', owner.prototype as object, method) as readonly unknown[] | undefined;
}
