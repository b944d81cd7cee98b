import type { Action, AuthorizationChecker } from 'routing-controllers';
import { ConfigurationError } from '../errors/errors';
import { guardFor } from '../http/answer/guard-response';
import type { RejectionForm } from '../http/answer/rejection';
import type { TokenLocation } from '../http/locations/token-location';
import type { FrameworkRequest } from '../http/request/http-request';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import { tokensInCommon } from '../manager/isolation';
import { admissionOf, recordToken } from './admission';
import { Attempt } from './attempt';
import { authenticate, reject, type Rejected } from './authenticate';
import type { LoadUser } from './current-user';
import { gateFor, type Gate } from './gate';
import { warnOfMemoryStore } from './memory-store-warning';
import { prepareLocations } from './prepare-locations';
import type { ResolvedRequirement } from './requirement';

/** What a checker was created with: all that a rule does not name. */
export interface Authenticator extends RejectionForm {
  readonly managers: ReadonlyMap<string, JwtManager<object>>;
  readonly locations: readonly TokenLocation[];
  readonly loadUser: LoadUser | undefined;
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
  const gate = authenticator.gates.get(requirement) ?? createGate(request, requirement, authenticator);
  const attempt = new Attempt(request, gate, action, admissionOf(request));
  try {
    gate.guard.guard(request);
    const pending = authenticate(attempt);
    if (!pending) {
      recordToken(request, attempt);
      return undefined;
    }
    return pending.then(
      () => {
        recordToken(request, attempt);
      },
      (error: unknown) => {
        throw reject(error, attempt, authenticator);
      },
    );
  } catch (error) {
    throw reject(error, attempt, authenticator);
  }
}

function createGate(
  request: FrameworkRequest,
  requirement: ResolvedRequirement,
  authenticator: Authenticator,
): Gate {
  try {
    const gate = gateFor(requirement, authenticator);
    authenticator.gates.set(requirement, gate);
    warnOfMemoryStore(gate.manager, request);
    return gate;
  } catch (error) {
    guardFor(requirement.locations ?? authenticator.locations, requirement.type === 'refresh').guard(request);
    throw reject(error, unidentified(request, authenticator), authenticator);
  }
}

/** A request of which no more is known. */
export function unidentified(request: FrameworkRequest, { managers }: Authenticator): Rejected {
  return { request, manager: managerNamed('default', managers) };
}
