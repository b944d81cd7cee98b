import type { Action, AuthorizationChecker } from 'routing-controllers';
import { ConfigurationError } from '../errors/errors';
import { guardFor } from '../http/answer/guard-response';
import type { RejectionForm } from '../http/answer/rejection';
import type { TokenLocation } from '../http/locations/token-location';
import type { FrameworkRequest } from '../http/request/http-request';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import { tokensInCommon } from '../manager/isolation';
import { isPromiseLike } from '../util/promises';
import { admissionOf, recordToken, type Admission } from './admission';
import { authenticate, reject, type Attempt } from './authenticate';
import type { LoadUser } from './current-user';
import { warnOfMemoryStore } from './memory-store-warning';
import { prepareLocations } from './prepare-locations';
import type { ResolvedRequirement } from './requirement';

/** What a checker was created with: all that a rule does not name. */
export interface Authenticator extends RejectionForm {
  readonly managers: ReadonlyMap<string, JwtManager<object>>;
  readonly locations: readonly TokenLocation[];
  readonly loadUser: LoadUser | undefined;
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

/** @throws {@link ConfigurationError} when there is none of that name */
export function managerNamed(
  name: string,
  managers: ReadonlyMap<string, JwtManager<object>>,
): JwtManager<object> {
  const found = managers.get(name);
  if (!found) throw new ConfigurationError(`no manager is called '${name}'`);
  return found;
}

/**
 * Tells the manager of a requirement where its tokens travel.
 *
 * @throws {@link ConfigurationError} when there is no such manager, or its tokens do not fit
 */
export function prepare(requirement: ResolvedRequirement, authenticator: Authenticator): void {
  const manager = managerOf(requirement, authenticator);
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

/**
 * The manager that a requirement names.
 *
 * @throws {@link ConfigurationError} when there is no such manager
 */
export function managerOf(
  { manager = 'default' }: ResolvedRequirement,
  { managers }: Authenticator,
): JwtManager<object> {
  return typeof manager === 'string' ? managerNamed(manager, managers) : manager;
}

/**
 * Lets a request in that meets a requirement: at once, unless there is something to wait for.
 *
 * @throws JwtError the error to respond with, which operators have been told of
 */
export function admitRequest(
  request: FrameworkRequest,
  requirement: ResolvedRequirement,
  authenticator: Authenticator,
  action: Action,
): void | Promise<void> {
  const attempt = attemptOf(request, authenticator, admissionOf(request));
  try {
    const locations = requirement.locations ?? authenticator.locations;
    guardFor(locations, requirement.type === 'refresh').guard(request);
    attempt.manager = managerOf(requirement, authenticator);
    warnOfMemoryStore(attempt.manager, request);
    const admission = authenticate(attempt, requirement, locations, action);
    if (!isPromiseLike(admission)) {
      recordToken(request, admission);
      return undefined;
    }
    return admission.then(
      (late) => {
        recordToken(request, late);
      },
      (error: unknown) => {
        throw reject(error, attempt, authenticator);
      },
    );
  } catch (error) {
    throw reject(error, attempt, authenticator);
  }
}

/** What is known of a request before it is judged. */
export function attemptOf(
  request: FrameworkRequest,
  { managers, loadUser }: Authenticator,
  earlier?: Admission,
): Attempt {
  return { request, manager: managerNamed('default', managers), loadUser, earlier, token: undefined };
}
