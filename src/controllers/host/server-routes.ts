import {
  ExpressDriver,
  getMetadataArgsStorage,
  KoaDriver,
  type Action,
  type ActionMetadata,
  type BaseDriver,
} from 'routing-controllers';
import { admissionOf } from '../../authentication/admission';
import { ConfigurationError } from '../../errors/errors';
import { requestOf } from '../../http/request/request-of';
import { hintAt } from '../../util/promises';
import {
  hasKnownChecker,
  knownChecker,
  loadsUsers,
  rememberOpenRoute,
  type KnownChecker,
} from './known-checkers';
import { routeName } from '../rules/lineage';
import { registerWithErrors } from './middleware-errors';
import { otherCopies } from './other-copies';
import { checkTokenTypes, unvalidatedBodies } from './parameter-checks';
import { checkReplacements, checkShadowed, classesWithoutRoutes } from './replaced-classes';
import { noteUpload } from './uploads';
import { RouteRule } from '../../authentication/requirement';
import { defaultRule, ruleUnder } from '../rules/route-rule';
import { wrapMethod } from './wrap-method';

const hooked = new WeakSet<BaseDriver>();
/** Routes of a server that the developer should hear of, by what to say of them. */
const findings = new WeakMap<BaseDriver, Map<string, string[]>>();

/**
 * Checks each route when its server is created, where routing-controllers registers it: only there it is known which
 * checker the server has.
 */
export function installRouteChecks(): void {
  for (const { prototype } of [KoaDriver, ExpressDriver]) hook(prototype, settleRoute);
  for (const { file, drivers } of otherCopies()) {
    for (const { prototype } of drivers) {
      hook(prototype, (driver, action) => {
        rejectOtherCopy(driver, action, file);
        settleRoute(driver, action);
      });
    }
  }
}

function hook(prototype: BaseDriver, settle: (driver: BaseDriver, action: ActionMetadata) => void): void {
  if (hooked.has(prototype)) return;
  hooked.add(prototype);
  wrapMethod(prototype, 'registerAction', (original) => {
    return function (this: BaseDriver, action, execute) {
      settle(this, action);
      noteUpload(action);
      registerWithErrors(this, action, () => {
        original.call(this, action, execute);
      });
    };
  });
  wrapMethod(prototype, 'registerRoutes', (original) => {
    return function (this: BaseDriver) {
      // A server of another checker has nothing to do with rules that are elsewhere in the process.
      const lost = knownChecker(this.authorizationChecker)
        ? classesWithoutRoutes(getMetadataArgsStorage())
        : [];
      for (const { name } of lost) note(this, name, withoutRoutes);
      for (const [what, routes] of findings.get(this) ?? []) warn(`${routes.join(', ')}: ${what}`);
      findings.delete(this);
      original.call(this);
    };
  });
}

/** Its `HttpError` is not ours: it would answer each rejection with 500. */
function rejectOtherCopy({ authorizationChecker }: BaseDriver, action: ActionMetadata, file: string): void {
  const rule = ruleOn(action);
  if (!knownChecker(authorizationChecker) && (!rule || rule === defaultRule)) return;
  throw new ConfigurationError(
    `${whereOf(action)}: its server is created by a second copy of routing-controllers, ${file}, which would answer each ` +
      'rejection with 500: keep one copy, see npm ls routing-controllers',
  );
}

function settleRoute(driver: BaseDriver, action: ActionMetadata): void {
  const checker = knownChecker(driver.authorizationChecker);
  if (checker) applyRule(action, checker);
  else if (driver.authorizationChecker) settleForUnknown(driver, action);
  else settleWithoutChecker(action);
  handOverUsers(driver, action);
  checkTokenTypes(action);
  checkReplacements(getMetadataArgsStorage(), action.target, checker !== undefined);
  if (!checker && !ruleOn(action)) return;
  checkShadowed(driver, action);
  for (const where of unvalidatedBodies(driver, action)) note(driver, where, unvalidated);
}

const unvalidated =
  'the @Body() is not validated, because the compiler did not write down its class. If it is a class, import it without ' +
  "'type' and without a circle; for a list write @Body({ type: TheClass }), for anything else @Body({ validate: false })";
const withoutRoutes =
  'the rule on this class has no effect, because no controller is or extends this class. If a class decorator has ' +
  'returned it in place of a controller, write @JsonController at the top';
const noChecker =
  'there is a rule, but no checker of createAuthorizationChecker yet. The authorizationChecker of the server must call one';

function note(driver: BaseDriver, where: string, what: string): void {
  const noted = findings.get(driver) ?? new Map<string, string[]>();
  findings.set(driver, noted.set(what, [...(noted.get(what) ?? []), where]));
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'JwtRoutesWarning' });
}

/** Our checker also reads `@Authorized`, inherits it, and is asked about nothing that is open. */
function applyRule(action: ActionMetadata, checker: KnownChecker): void {
  const holds = ruleUnder(checker, getMetadataArgsStorage(), action.target, action.method);
  const name = holds?.resolved?.manager;
  if (typeof name === 'string' && !checker.managers.has(name))
    throw new ConfigurationError(
      `${whereOf(action)} needs the manager '${name}', which the checker of its server was not given`,
    );
  if (holds?.resolved) checker.prepare(holds.resolved);
  action.isAuthorizedUsed = Boolean(holds?.resolved);
  action.authorizedRoles = holds ? [holds] : [];
}

/** `@CurrentUser()` gets the user that the checker has loaded. */
function handOverUsers(driver: BaseDriver, action: ActionMetadata): void {
  const { authorizationChecker, currentUserChecker } = driver;
  const isOurs = knownChecker(authorizationChecker)?.loadsUsers;
  if (isOurs && currentUserChecker && currentUserChecker !== admittedUser)
    throw new ConfigurationError(
      'currentUserChecker is given twice, to createAuthorizationChecker and to the server: leave it out for the server',
    );
  // A checker of the application's own may call one of ours.
  const mayBeOurs = isOurs ?? (authorizationChecker !== undefined && loadsUsers() && hasOwnRule(action));
  if (mayBeOurs && !currentUserChecker) driver.currentUserChecker = admittedUser;
}

function hasOwnRule(action: ActionMetadata): boolean {
  const rule = ruleOn(action);
  return rule !== undefined && rule !== defaultRule;
}

function admittedUser(action: Action): unknown {
  return admissionOf(requestOf(action))?.user;
}

/** A checker of the application's own, which may call one of ours. */
function settleForUnknown(driver: BaseDriver, action: ActionMetadata): void {
  checkIsFunction(driver.authorizationChecker, action);
  if (ruleOn(action)?.resolved && !hasKnownChecker()) note(driver, whereOf(action), noChecker);
  if (!action.isAuthorizedUsed) rememberOpenRoute(whereOf(action));
}

function checkIsFunction(checker: unknown, action: ActionMetadata): void {
  if (typeof checker === 'function' || !hasOwnRule(action)) return;
  throw new ConfigurationError(
    `${whereOf(action)} has a rule, but the authorizationChecker of its server is not a function: pass ` +
      `createAuthorizationChecker(jwtManager)${hintAt(checker)}`,
  );
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
