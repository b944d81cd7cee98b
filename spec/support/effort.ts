import { processorTime } from './processor-time';

/** How much longer `long` takes than `short`: the median of many pairs, taken in turns, so that load slows both. */
async function ratioOf(short: () => unknown, long: () => unknown, { pairs, runs }: Effort): Promise<number> {
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const [shortTime, longTime] = [await timeOf(short, runs), await timeOf(long, runs)];
    ratios.push(longTime / shortTime);
  }
  return medianOf(ratios);
}

/** Time of the processor: what others do on the machine does not count. */
async function timeOf(run: () => unknown, runs: number): Promise<number> {
  const start = processorTime();
  for (let count = 0; count < runs; count++) await run();
  return processorTime() - start;
}

function medianOf(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

/** How many pairs are timed, and how many runs make one time. */
export interface Effort {
  readonly pairs: number;
  readonly runs: number;
}

/**
 * The smallest ratio of three attempts. The garbage collector can make one attempt too large; it cannot make the median of
 * a quadratic effort, whose ratio is 4, small.
 */
export async function growthOf(short: () => unknown, long: () => unknown, effort: Effort): Promise<number> {
  let smallest = Infinity;
  for (let attempt = 0; attempt < 3 && smallest > 2.5; attempt++)
    smallest = Math.min(smallest, await ratioOf(short, long, effort));
  return smallest;
}

/** The median time of the processor for a run, in milliseconds. */
export async function medianTimeOf(run: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 101; count++) times.push(await timeOf(run, 1));
  return medianOf(times);
}
