import { maximumDuration } from '../../util/duration';

/** Seconds that entries stay longer than their tokens: clocks differ, and a manager may tolerate that. */
const slack = 3600;

/** Relative: the caller's clock may not be that of Redis. */
export function timeToLive(seconds: number): string {
  return String(Math.ceil(Math.min(Math.max(seconds, 0), maximumDuration)) + slack);
}
