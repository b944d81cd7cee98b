/** Whether a value can be awaited. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** What an error for a wrong value adds where `await` is missing. */
export function hintAt(value: unknown): string {
  return isPromiseLike(value) ? '; this is a promise: await it' : '';
}

/** Ignores how a promise settles. Without a handler, a rejection would end the process. */
export function ignore(promise: PromiseLike<unknown>): void {
  void Promise.resolve(promise).catch(() => undefined);
}

/** A value that is there already, or the promise of one. */
export type Soon<T> = T | Promise<T>;
