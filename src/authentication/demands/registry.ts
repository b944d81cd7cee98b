import { acr } from './acr';
import { actor } from './actor';
import { check } from './check';
import type { Demand } from './demand';
import { fresh } from './fresh';
import { roles } from './roles';
import { scopes } from './scopes';
import { ticket } from './ticket';

/** All demands, in the order in which a request is held against them. */
const registry = [ticket, fresh, acr, actor, roles, scopes, check] as const;

type Taking<D> =
  D extends Demand<infer Members, infer Value> ? (members: Members, value: Value) => void : never;

/** What the demands add to `JwtRequirement`; `check` adds its own, which has the type of the claims. */
export type DemandMembers =
  Taking<Exclude<(typeof registry)[number], typeof check>> extends (members: infer All, value: never) => void
    ? All
    : never;

/** The same, for code that treats all alike. */
export const demands = registry as readonly unknown[] as readonly Demand[];
