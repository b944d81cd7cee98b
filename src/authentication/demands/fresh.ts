import { durationInSeconds, unitAboveOneDay, type Duration } from '../../util/duration';
import type { Demand } from './demand';

/** The member of `JwtRequirement`. */
export interface FreshMember {
  /**
   * How old the login may be, at most 24 hours if given as a number; `true` means the manager's `freshFor`. The challenge
   * follows RFC 9470. @default false
   */
  readonly fresh?: boolean | Duration;
}

/** The user has proved who they are recently. */
export const fresh: Demand<FreshMember, number | true> = {
  name: 'fresh',
  resolve: (given, name) =>
    given === false ? undefined : given === true || durationInSeconds(given, name, unitAboveOneDay),
  meet: (value, { token, limits }) =>
    token.isFresh(secondsOf(value, limits)) ? undefined : { reason: 'auth_time' },
  stepUp: (value, limits) => ({ maxAge: secondsOf(value, limits) }),
  describe: (given) =>
    given === true ? 'fresh' : `fresh: ${typeof given === 'number' ? `${String(given)}s` : String(given)}`,
};

function secondsOf(value: number | true, { freshFor }: { readonly freshFor: number }): number {
  return value === true ? freshFor : value;
}
