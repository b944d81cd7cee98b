import { ConfigurationError } from '../../errors/errors';
import type { Demand } from './demand';

/** The member of `JwtRequirement`. */
export interface ActorMember {
  /** `false` keeps out anyone who acts for the user, such as a support engineer. */
  readonly actor?: false;
}

/** The user acts in person. */
export const actor: Demand<ActorMember, false> = {
  name: 'actor',
  resolve(given: unknown, name) {
    if (given === false) return given;
    throw new ConfigurationError(`${name} must be false: leave it out where an actor may act for the user`);
  },
  meet: (_value, { token }) => (token.actor === undefined ? undefined : { reason: 'actor' }),
  describe: () => 'no actor',
};
