/** A source of time: Unix milliseconds, as `Date.now`. Inject one to test expiry without waiting. */
export type Clock = () => number;

/** The clock used when none is given. */
export const systemClock: Clock = () => Date.now();

/** Unix time in whole seconds, the unit of every time inside tokens and stores (RFC 7519, section 2). */
export function unixSeconds(clock: Clock): number {
  return Math.floor(clock() / 1000);
}
