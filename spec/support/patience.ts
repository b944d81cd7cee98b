/** Seconds of a processor. */
const patience = 5;

/**
 * Runs something a thousand times. It fails when the effort for a text of some kilobytes grows with the square of its
 * length. Where it grows with the length, it takes a fraction of a second. What counts is the time of the processor, as the
 * machine may be busy with something else. The suite needs a longer timeout.
 */
export async function aThousandTimes(run: () => unknown): Promise<void> {
  const begin = process.cpuUsage();
  for (let count = 0; count < 1000; count++) {
    await run();
    const { user, system } = process.cpuUsage(begin);
    if ((user + system) / 1e6 > patience)
      throw new Error(`only ${String(count)} times in ${String(patience)} s`);
  }
}
