import type { Action, CurrentUserChecker } from 'routing-controllers';
import { ConfigurationError } from '../../errors/errors';
import type { Token } from '../../token/token';
import { isPromiseLike } from '../../util/promises';
import { within } from '../../util/within';
import type { Demand, DemandLimits, Presented, Unmet } from './demand';

/** A user of the application, of any type. */
type CurrentUser = ReturnType<CurrentUserChecker>;

/** The member of `JwtRequirement`, which has the claims that its token has. */
export interface CheckMember<C extends object> {
  /**
   * Your own rule. The request is rejected unless it returns `true` in time. `user` is what the checker's
   * `currentUserChecker` returned; undefined without one.
   *
   * @default false
   */
  readonly check?:
    ((this: void, token: Token<C>, action: Action, user: CurrentUser) => boolean | Promise<boolean>) | false;
}

type Check = Exclude<NonNullable<CheckMember<object>['check']>, false>;

/** The application's own function returns true. */
export const check: Demand<CheckMember<never>, Check> = {
  name: 'check',
  isLast: true,
  resolve(given: unknown, name) {
    if (given === false) return undefined;
    if (typeof given !== 'function') throw new ConfigurationError(`${name} must be a function or false`);
    return given as Check;
  },
  meet: run,
  describe: () => 'check',
};

function run(
  own: Check,
  { token, action, limits, user }: Presented,
): Unmet | undefined | Promise<Unmet | undefined> {
  try {
    const verdict: unknown = own(token, action, user);
    return isPromiseLike(verdict) ? settled(verdict, limits) : unlessTrue(verdict);
  } catch (cause) {
    return { reason: 'check', cause };
  }
}

async function settled(
  verdict: PromiseLike<unknown>,
  { hookTimeout }: DemandLimits,
): Promise<Unmet | undefined> {
  try {
    return unlessTrue(await within(hookTimeout * 1000, verdict));
  } catch (cause) {
    return { reason: 'check', cause };
  }
}

function unlessTrue(verdict: unknown): Unmet | undefined {
  return verdict === true ? undefined : { reason: 'check' };
}
