import type { SpecRunner } from '../../src/testing';
import { isFull } from './full';

const thousands = ['goes on for a thousand generations'];
const waits = ['takes the previous generation for a theft after the window, which a replay does not renew'];

/** Runs a conformance suite on a server: what takes thousands of requests only in the long form. */
export const serverRunner = runnerWithout(thousands);

/** Runs it with another client of the same server: what waits for a second only in the long form as well. */
export const clientRunner = runnerWithout([...thousands, ...waits]);

function runnerWithout(titles: readonly string[]): SpecRunner {
  return { describe, it: (title, body) => (isFull || !titles.includes(title)) && it(title, body) };
}
