import type { SpecRunner } from '../../src/testing';
import { isFull } from './full';

const long = new Set(['goes on for a thousand generations']);

/** Runs a conformance suite on a server: what takes thousands of requests only in the long form. */
export const serverRunner: SpecRunner = {
  describe,
  it: (title, body) => (isFull || !long.has(title)) && it(title, body),
};
