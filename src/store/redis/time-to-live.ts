import { maximumDuration } from '../../util/duration';

/**
 * Seconds by which the clocks of an application's servers may differ from that of Redis: entries stay longer than their tokens by
 * that much.
 */
export const slack = 3600;

/** Relative: the caller's clock may not be that of Redis. */
export function timeToLive(seconds: number): string {
  return String(Math.ceil(Math.min(Math.max(seconds, 0), maximumDuration)) + slack);
}
