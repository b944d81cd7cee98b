import type { AuthorizationChecker } from 'routing-controllers';
import { admissionOf } from '../../authentication/admission';
import { reject } from '../../authentication/authenticate';
import { admitRequest, unidentified } from '../../authentication/admit-request';
import { prepare, rememberAuthenticator } from '../../authentication/authenticator';
import { managerNamed } from '../../authentication/managers-by-name';
import { prepareLocations } from '../../authentication/prepare-locations';
import type { ResolvedRequirement } from '../../authentication/requirement';
import { isPrepared } from '../../http/answer/rejection';
import type { FrameworkRequest } from '../../http/request/http-request';
import { requestOf } from '../../http/request/request-of';
import type { JwtManager } from '../../manager/jwt-manager';
import { installInheritance } from '../host/inheritance';
import { rememberChecker } from '../host/known-checkers';
import { handleThrownRejections } from '../host/thrown-rejections';
import { mayTakeFiles } from '../host/uploads';
import { asRule, defaultRule } from '../rules/route-rule';
import { managersOf, resolveCheckerOptions } from './checker-options';
import type { AuthorizationCheckerOptions, CheckerSettings } from './checker-options';

/**
 * Makes the function that the host asks before a protected method runs. It lets the request in or throws; it never
 * answers false. Create it before the server.
 *
 * @param manager the manager that verifies, or several by name, one of them `default`
 * @typeParam C your own claims, inferred from the manager
 * @throws {@link ConfigurationError} when an option is wrong
 * @example
 * ```ts
 * const authorizationChecker = createAuthorizationChecker(jwtManager);
 * createKoaServer({ controllers: [LoginController], authorizationChecker }).listen(8000);
 * ```
 */
export function createAuthorizationChecker<C extends object = Record<string, unknown>>(
  manager: JwtManager<C> | Readonly<Record<string, JwtManager<object>>>,
  options: AuthorizationCheckerOptions<C> = {},
): AuthorizationChecker {
  const settings = resolveCheckerOptions(managersOf(manager), options);
  const defaultManager = managerNamed('default', settings.managers);
  installInheritance();
  for (const [name, each] of settings.managers)
    prepareLocations(each, settings.locations, name === 'default');
  const checker: AuthorizationChecker = (action, roles) => {
    try {
      const request = requestOf(action);
      const requirement = requirementOf(roles, settings, request);
      const pending = requirement && admitRequest(request, requirement, settings, action);
      if (pending) return pending.then(() => true);
      return mayTakeFiles(roles) ? Promise.resolve(true) : true;
    } catch (error) {
      return rejectSoon(error);
    }
  };
  rememberAuthenticator(checker, settings);
  rememberChecker(checker, {
    managers: new Set(settings.managers.keys()),
    isProtectedByDefault: settings.isProtectedByDefault,
    locations: settings.locations,
    errorMessageKey: settings.errorMessageKey,
    hasOwnErrors: settings.formatError !== undefined,
    loadsUsers: settings.loadUser !== undefined,
    prepare: (requirement) => {
      prepare(requirement, settings);
    },
  });
  handleThrownRejections(checker, (error, request) => {
    if (isPrepared(error, request)) return error;
    // The manager and the token of the route whose method threw it.
    const { manager, token } = admissionOf(request) ?? { manager: defaultManager };
    return reject(error, { request, manager, ...(token && { token }) }, settings);
  });
  return checker;
}

/** Rejects once routing-controllers has a handler: Node.js tracks each promise that is rejected without one. */
async function rejectSoon(error: unknown): Promise<never> {
  await Promise.resolve();
  throw error;
}

/** @throws JwtError the error to respond with, when the rule cannot be read */
function requirementOf(
  roles: unknown[],
  settings: CheckerSettings,
  request: FrameworkRequest,
): ResolvedRequirement | null {
  // The host puts the rules of class and method into one list; what decides was put in last.
  const last = roles.at(-1);
  if (last === defaultRule && !settings.isProtectedByDefault) return null;
  try {
    return asRule(typeof last === 'string' ? roles : last).resolved;
  } catch (error) {
    throw reject(error, unidentified(request, settings), settings);
  }
}
