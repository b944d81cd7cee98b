import type { Action, AuthorizationChecker } from 'routing-controllers';
import { guardAnswer } from '../../http/answer/guard-response';
import { isPrepared } from '../../http/answer/rejection';
import { requestOf } from '../../http/request/request-of';
import type { JwtManager } from '../../manager/jwt-manager';
import { authenticate, refuse, type Trial } from '../../authentication/authenticate';
import { managerCalled, managersOf, resolveCheckerOptions } from './checker-options';
import type { AuthorizationCheckerOptions, CheckerSettings } from './checker-options';
import { installInheritance } from '../host/inheritance';
import { warnOfMemoryStore } from './memory-store-warning';
import { prepareLocations } from './prepare-locations';
import type { ResolvedRequirement } from '../../authentication/requirement';
import { rememberChecker } from '../host/known-checkers';
import { asRule, defaultRule } from '../rules/route-rule';
import { handleThrownRefusals } from '../host/thrown-rejections';
import { admissionOf, admit } from './token-parameter';

/**
 * Makes the function that the host asks before a protected method runs. It lets the request in or throws; it never
 * answers false. Create it before the server.
 *
 * @param manager the manager that verifies, or several by name, one of them `default`
 * @throws {@link ConfigurationError} when an option is wrong
 * @example
 * ```ts
 * const authorizationChecker = createAuthorizationChecker(jwtManager);
 * createKoaServer({ controllers: [LoginController], authorizationChecker }).listen(8000);
 * ```
 */
export function createAuthorizationChecker(
  manager: JwtManager<object> | Readonly<Record<string, JwtManager<object>>>,
  options: AuthorizationCheckerOptions = {},
): AuthorizationChecker {
  const settings = resolveCheckerOptions(managersOf(manager), options);
  const defaultManager = managerCalled('default', settings.managers);
  installInheritance();
  for (const [name, each] of settings.managers)
    prepareLocations(each, settings.locations, name === 'default');
  const checker: AuthorizationChecker = async (action, roles) => {
    await judge(action, roles, settings);
    return true;
  };
  rememberChecker(checker, {
    managers: new Set(settings.managers.keys()),
    isProtectedByDefault: settings.isProtectedByDefault,
    prepare: ({ locations, manager: name = 'default' }) => {
      if (locations) prepareLocations(managerCalled(name, settings.managers), locations);
    },
  });
  handleThrownRefusals(checker, (error, request) => {
    if (isPrepared(error, request)) return error;
    // The manager and the token of the route whose method threw it.
    const { manager, token } = admissionOf(request) ?? { manager: defaultManager };
    return refuse(error, { request, manager, ...(token && { token }) }, settings);
  });
  return checker;
}

async function judge(action: Action, roles: unknown[], settings: CheckerSettings): Promise<void> {
  const request = requestOf(action);
  const trial: Trial = { request, manager: managerCalled('default', settings.managers) };
  try {
    const requirement = requirementOf(roles, settings);
    if (!requirement) return;
    const locations = requirement.locations ?? settings.locations;
    guardAnswer(
      request,
      locations.flatMap(({ vary }) => vary ?? []),
      requirement.type === 'refresh',
    );
    trial.manager = managerCalled(requirement.manager ?? 'default', settings.managers);
    warnOfMemoryStore(trial.manager, request);
    admit(request, await authenticate(trial, requirement, locations, action), trial.manager);
  } catch (error) {
    throw refuse(error, trial, settings);
  }
}

function requirementOf(
  roles: unknown[],
  { isProtectedByDefault }: CheckerSettings,
): ResolvedRequirement | null {
  // The host puts the rules of class and method into one list; what decides was put in last.
  const last = roles.at(-1);
  if (last === defaultRule && !isProtectedByDefault) return null;
  return asRule(typeof last === 'string' ? roles : last).resolved;
}
