/** Whether a value can be awaited. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * What an error for a wrong value adds where `await` is missing, or where the package is installed twice.
 *
 * @param className the class of this package that is needed, if it is one
 */
export function hintAt(value: unknown, className?: string): string {
  if (isPromiseLike(value)) return '; this is a promise: await it';
  const isOfOtherCopy =
    className !== undefined &&
    value instanceof Object &&
    (value.constructor as Function | undefined)?.name === className;
  return isOfOtherCopy
    ? '; this one is of another copy of the package: see npm ls routing-controllers-jwt'
    : '';
}

/** Ignores how a promise settles. Without a handler, a rejection would end the process. */
export function ignore(promise: PromiseLike<unknown>): void {
  void Promise.resolve(promise).catch(() => undefined);
}

/** A value that is there already, or the promise of one. */
export type Soon<T> = T | Promise<T>;
