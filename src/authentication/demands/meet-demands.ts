import {
  withReason,
  FreshTokenRequiredError,
  PermissionDeniedError,
  type JwtError,
} from '../../errors/errors';
import { isPromiseLike } from '../../util/promises';
import type { Demand, DemandLimits, Presented, Unmet } from './demand';

/** A demand with what a route requires of it. */
export interface ResolvedDemand {
  readonly demand: Demand;
  readonly value: unknown;
}

/**
 * Holds a verified token against what the route demands, one demand after the other.
 *
 * @param all what the route demands: each challenge names everything that a new login must bring
 * @returns at once unless a demand runs code of the application
 * @throws FreshTokenRequiredError (`ERR_JWT_NOT_FRESH`), PermissionDeniedError (`ERR_JWT_DENIED`)
 */
export function meetDemands(
  some: readonly ResolvedDemand[],
  presented: Presented,
  all: readonly ResolvedDemand[],
): void | Promise<void> {
  for (let index = 0; index < some.length; index++) {
    const { demand, value } = some[index] as ResolvedDemand;
    const unmet = demand.meet(value, presented);
    if (isPromiseLike(unmet))
      return unmet.then((late) => {
        if (late) throw errorFor(demand, late, presented.limits, all);
        return meetDemands(some.slice(index + 1), presented, all);
      });
    if (unmet) throw errorFor(demand, unmet, presented.limits, all);
  }
}

function errorFor(
  demand: Demand,
  { reason, cause }: Unmet,
  limits: DemandLimits,
  all: readonly ResolvedDemand[],
): JwtError {
  if (demand.stepUp) {
    const steps = all.map((each) => each.demand.stepUp?.(each.value, limits));
    const { maxAge, acrValues } = Object.assign({}, ...steps) as ReturnType<NonNullable<Demand['stepUp']>>;
    return withReason(new FreshTokenRequiredError(maxAge, acrValues), reason, cause);
  }
  const own = all.find((each) => each.demand === demand);
  return withReason(new PermissionDeniedError(demand.scope?.(own?.value)), reason, cause);
}
