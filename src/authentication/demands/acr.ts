import { isScopeList } from '../../claims/forms';
import { nameList } from '../../util/name-list';
import type { Demand } from './demand';

/** The member of `JwtRequirement`. */
export interface AcrMember {
  /** How strongly the user must have proved who they are: one of these `acr` values (RFC 9470). @default false */
  readonly acr?: string | readonly string[] | false;
}

/** The user has proved who they are in a way that is strong enough. */
export const acr: Demand<AcrMember, readonly string[]> = {
  name: 'acr',
  resolve: (given, name) => (given === false ? undefined : nameList(given, name, isScopeList)),
  meet: (values, { token }) =>
    token.acr !== undefined && values.includes(token.acr) ? undefined : { reason: 'acr' },
  stepUp: (values) => ({ acrValues: values.join(' ') }),
  describe: (given) => `acr: ${[given].flat().join(' or ')}`,
};
