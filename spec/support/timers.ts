/**
 * The delays of all timers that were set while something ran, in milliseconds. How long it is waited for something that
 * never comes is seen in them, on a busy machine as well.
 */
export async function delaysDuring(run: () => unknown): Promise<number[]> {
  const { setTimeout: original } = globalThis;
  const delays: number[] = [];
  globalThis.setTimeout = Object.assign((...given: Parameters<typeof original>) => {
    delays.push(given[1] ?? 0);
    return original(...given);
  }, original);
  try {
    await run();
  } finally {
    globalThis.setTimeout = original;
  }
  return delays;
}
