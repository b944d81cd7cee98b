import { guardFor, type ResponseGuard } from '../http/answer/guard-response';
import { asPlainHeader, type BearerHeader } from '../http/locations/bearer-header';
import type { TokenLocation } from '../http/locations/token-location';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import type { ManagerCore } from '../manager/manager-core';
import { managerOf, type Authenticator } from './authenticator';
import type { LoadUser } from './current-user';
import { stepsFor, type Step } from './judge';
import type { ResolvedRequirement } from './requirement';

/** What a route requires under one checker, with all that is the same for each of its requests. */
export interface Gate {
  readonly requirement: ResolvedRequirement;
  readonly manager: JwtManager<object>;
  readonly core: ManagerCore<object>;
  readonly locations: readonly TokenLocation[];
  /** The only location, if a token is known by the whole of its header. */
  readonly header: BearerHeader | undefined;
  readonly guard: ResponseGuard;
  /** Whether cookies may refresh themselves here. */
  readonly canRefresh: boolean;
  readonly loadUser: LoadUser | undefined;
  /** What a verified token must pass, in this order. */
  readonly steps: readonly Step[];
}

/** @throws {@link ConfigurationError} when the checker has no manager of that name */
export function gateFor(requirement: ResolvedRequirement, authenticator: Authenticator): Gate {
  const { loadUser } = authenticator;
  const manager = managerOf(requirement, authenticator);
  const core = coreOf(manager);
  const locations = requirement.locations ?? authenticator.locations;
  const mayRotate = requirement.type === 'access' && core.limits.rotationGrace > 0;
  return {
    requirement,
    manager,
    core,
    locations,
    header: locations.length === 1 ? asPlainHeader(locations[0]) : undefined,
    guard: guardFor(locations, requirement.type === 'refresh'),
    canRefresh: mayRotate && locations.some(({ autoRefresh }) => autoRefresh !== undefined),
    loadUser,
    steps: stepsFor(requirement, loadUser),
  };
}
