/**
 * Runs something a thousand times. In a suite without a longer timeout this cannot end when the effort for a text of some
 * kilobytes grows with the square of its length; where it grows with the length, it takes a fraction of a second.
 */
export async function aThousandTimes(run: () => unknown): Promise<void> {
  for (let count = 0; count < 1000; count++) await run();
}
