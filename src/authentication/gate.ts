import { guardFor } from '../http/answer/guard-response';
import { asPlainHeader } from '../http/locations/bearer-header';
import type { TokenLocation } from '../http/locations/token-location';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import type { Gate } from './attempt';
import type { LoadUser } from './current-user';
import { stepsFor } from './judge';
import { managerOf } from './managers-by-name';
import type { ResolvedRequirement } from './requirement';

/** What a checker adds to a requirement. */
export interface GateSettings {
  readonly managers: ReadonlyMap<string, JwtManager<object>>;
  readonly locations: readonly TokenLocation[];
  readonly loadUser: LoadUser | undefined;
}

/** @throws {@link ConfigurationError} when the checker has no manager of that name */
export function gateFor(requirement: ResolvedRequirement, settings: GateSettings): Gate {
  const { loadUser, managers } = settings;
  const manager = managerOf(requirement, managers);
  const core = coreOf(manager);
  const locations = requirement.locations ?? settings.locations;
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
