/** Runs with members on Object.prototype, as a polluted prototype has them, and removes them again. */
export function withPolluted<T>(members: Readonly<Record<string, unknown>>, run: () => T): T {
  const prototype = Object.prototype as Record<string, unknown>;
  Object.assign(prototype, members);
  const restore = (): void => {
    for (const name of Object.keys(members)) Reflect.deleteProperty(prototype, name);
  };
  let result: T;
  try {
    result = run();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}
