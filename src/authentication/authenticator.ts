import type { AuthorizationChecker } from 'routing-controllers';
import { ConfigurationError } from '../errors/errors';
import type { RejectionForm } from '../http/answer/rejection';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import { tokensInCommon } from '../manager/isolation';
import type { Gate } from './attempt';
import type { GateSettings } from './gate';
import { managerOf } from './managers-by-name';
import { prepareLocations } from './prepare-locations';
import type { ResolvedRequirement } from './requirement';

/** What a checker was created with: all that a rule does not name. */
export interface Authenticator extends RejectionForm, GateSettings {
  /** Those that requests have come to. */
  readonly gates: WeakMap<ResolvedRequirement, Gate>;
}

const authenticators = new WeakMap<AuthorizationChecker, Authenticator>();

/** Notes what is behind a checker, for those who authenticate outside of it. */
export function rememberAuthenticator(checker: AuthorizationChecker, authenticator: Authenticator): void {
  authenticators.set(checker, authenticator);
}

/** What {@link rememberAuthenticator} noted; undefined for anything else. */
export function authenticatorOf(checker: unknown): Authenticator | undefined {
  return authenticators.get(checker as AuthorizationChecker);
}

/**
 * Tells the manager of a requirement where its tokens travel.
 *
 * @throws {@link ConfigurationError} when there is no such manager, or its tokens do not fit
 */
export function prepare(requirement: ResolvedRequirement, authenticator: Authenticator): void {
  const manager = managerOf(requirement, authenticator.managers);
  checkIsolation(manager, authenticator);
  if (requirement.locations) prepareLocations(manager, requirement.locations);
}

/** A manager that the checker was not given must not accept the tokens of one that it was given (RFC 8725, section 3.8). */
function checkIsolation(manager: JwtManager<object>, { managers }: Authenticator): void {
  const { settings } = coreOf(manager);
  const same = [...managers.values()].some(
    (other) => other !== manager && tokensInCommon(coreOf(other).settings, settings) !== undefined,
  );
  if (same)
    throw new ConfigurationError(
      'the manager of a route accepts the tokens of a manager of the checker: give each its own key, or another issuer or audience',
    );
}
