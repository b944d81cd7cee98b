/** Whether a value can be awaited. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Lets a promise that nobody asked for settle as it likes: one that rejects unheard would end the process. */
export function ignore(promise: PromiseLike<unknown>): void {
  void Promise.resolve(promise).catch(() => undefined);
}
