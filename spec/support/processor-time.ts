/** Milliseconds for which this process has had a processor. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * The longest time in milliseconds for which nothing else could run until the work was done. What only the clock or
 * only the processor has counted was somebody else: another process, a thread of the garbage collector.
 */
export async function longestTurn(work: Promise<unknown>): Promise<number> {
  let isDone = false;
  void work.finally(() => (isDone = true));
  let longest = 0;
  let [time, used] = [performance.now(), processorTime()];
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve));
    longest = Math.max(longest, Math.min(performance.now() - time, processorTime() - used));
    [time, used] = [performance.now(), processorTime()];
  }
  return longest;
}
