import {
  ExpressDriver,
  getMetadataArgsStorage,
  KoaDriver,
  type ActionMetadata,
  type BaseDriver,
} from 'routing-controllers';
import { ConfigurationError } from '../errors';
import { knownChecker, rememberOpenRoute, type KnownChecker } from './known-checkers';
import { routeName } from './lineage';
import { RouteRule } from './requirement';
import { defaultRule, ruleOfRoute } from './route-rule';
import { wrapMethod } from './wrap-method';

let isInstalled = false;

/**
 * Checks each route when its server is created, where routing-controllers registers it: only there it is known which
 * checker the server has.
 */
export function installRouteChecks(): void {
  if (isInstalled) return;
  isInstalled = true;
  for (const prototype of [KoaDriver.prototype, ExpressDriver.prototype]) {
    wrapMethod(prototype, 'registerAction', (original) => {
      return function (this: BaseDriver, action, execute) {
        settleRoute(this, action);
        original.call(this, action, execute);
      };
    });
  }
}

function settleRoute(driver: BaseDriver, action: ActionMetadata): void {
  const checker = knownChecker(driver.authorizationChecker);
  if (checker) applyRule(action, checker);
  else if (driver.authorizationChecker) settleForUnknown(action);
  else settleWithoutChecker(action);
}

/** Our checker reads `@Authorized`, too, inherits it, and is asked about nothing that is open. */
function applyRule(action: ActionMetadata, checker: KnownChecker): void {
  const rule = ruleOfRoute(getMetadataArgsStorage(), action.target, action.method);
  const holds = rule === defaultRule && !checker.isProtectedByDefault ? undefined : rule;
  const name = holds?.resolved?.manager;
  if (name !== undefined && !checker.managers.has(name))
    throw new ConfigurationError(
      `${whereOf(action)} needs the manager '${name}', which the checker of its server was not given`,
    );
  action.isAuthorizedUsed = Boolean(holds?.resolved);
  action.authorizedRoles = holds ? [holds] : [];
}

/** A checker of the application's own, which may call one of ours. */
function settleForUnknown(action: ActionMetadata): void {
  if (!action.isAuthorizedUsed) rememberOpenRoute(whereOf(action));
}

function settleWithoutChecker(action: ActionMetadata): void {
  const rule = ruleOn(action);
  if (rule?.resolved && rule !== defaultRule) {
    throw new ConfigurationError(
      `${whereOf(action)} has a rule, but its server has no checker: create the server with ` +
        '{ authorizationChecker: createAuthorizationChecker(jwtManager) }',
    );
  }
  if (rule) {
    action.isAuthorizedUsed = false;
    action.authorizedRoles = [];
  }
  if (!action.isAuthorizedUsed) rememberOpenRoute(whereOf(action));
}

/** The rule of ours that stands on a route; what routing-controllers put in last decides. */
function ruleOn({ authorizedRoles }: ActionMetadata): RouteRule | undefined {
  const last: unknown = authorizedRoles.at(-1);
  return last instanceof RouteRule ? last : undefined;
}

function whereOf({ target, method }: ActionMetadata): string {
  return routeName(target, method);
}
