import type { Context } from 'koa';
import type { Action, AuthorizationChecker } from 'routing-controllers';
import {
  because,
  ConfigurationError,
  HookFailedError,
  InvalidRequestError,
  isReported,
  JwtError,
  TokenMissingError,
  withoutDetails,
} from '../errors';
import { BearerHeader } from '../http/locations/bearer-header';
import type { TokenLocation } from '../http/locations/token-location';
import { guardAnswer, isPrepared, prepareRefusal, type RefusalForm } from '../http/refusal';
import { JwtManager } from '../manager';
import type { Token } from '../token/token';
import { checkOptions } from '../util/options';
import { ignore, isPromiseLike } from '../util/promises';
import { defaultRealm } from '../util/response-headers';
import { within } from '../util/within';
import { meetDemands } from './demands';
import { installInheritance } from './inheritance';
import { checkLocations, type ResolvedRequirement } from './requirement';
import { asRule, defaultRule, rememberChecker } from './route-rule';
import { handleThrownRefusals } from './thrown-refusals';
import { admit } from './token-parameter';

/** The options of {@link createAuthorizationChecker}. */
export interface AuthorizationCheckerOptions {
  /** Where requests carry their token; a request with tokens in two places is refused. @default [new BearerHeader()] */
  readonly locations?: readonly TokenLocation[] | undefined;
  /** What challenges call the protected space (RFC 9110, section 11.5). @default 'api' */
  readonly realm?: string | undefined;
  /** The member of an error's body that holds the sentence. @default 'msg' */
  readonly errorMessageKey?: string | undefined;
  /** Makes the whole body of an error, an object in JSON and no promise. Status and challenge stay. */
  readonly formatError?: ((error: JwtError) => object) | undefined;
  /** Whether every method is `@JwtRequired()` unless it says otherwise, `@JwtPublic()` for one. @default false */
  readonly protectByDefault?: boolean | undefined;
}

interface Glue extends RefusalForm {
  readonly managers: ReadonlyMap<string, JwtManager<object>>;
  readonly locations: readonly TokenLocation[];
  readonly isProtectedByDefault: boolean;
}

/** What is known of a request while it is judged. */
interface Trial {
  readonly context: Context;
  manager: JwtManager<object>;
  token?: Token<object>;
}

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
  const glue = resolveOptions(managersOf(manager), options);
  const defaultManager = managerCalled('default', glue);
  installInheritance();
  rememberChecker([...glue.managers.keys()], glue.isProtectedByDefault);
  const checker: AuthorizationChecker = async (action, roles) => {
    await judge(action, roles, glue);
    return true;
  };
  handleThrownRefusals(checker, (error, context) => {
    return isPrepared(error, context) ? error : refuse(error, { context, manager: defaultManager }, glue);
  });
  return checker;
}

async function judge(action: Action, roles: unknown[], glue: Glue): Promise<void> {
  const trial: Trial = { context: contextOf(action), manager: managerCalled('default', glue) };
  const { context } = trial;
  try {
    const requirement = requirementOf(roles, glue);
    if (!requirement) return;
    const locations = requirement.locations ?? glue.locations;
    guardAnswer(
      context,
      locations.flatMap(({ vary }) => vary ?? []),
    );
    trial.manager = managerCalled(requirement.manager, glue);
    admit(context, await authenticate(trial, requirement, locations, action));
  } catch (error) {
    throw refuse(error, trial, glue);
  }
}

/** Makes a refusal of what was thrown, for the client to see, and tells the operators. */
function refuse(error: unknown, { context, manager, token }: Trial, form: RefusalForm): JwtError {
  const refusal = refusalFor(error);
  prepareRefusal(refusal, context, form);
  const { method, path, ip } = context;
  if (!isReported(refusal))
    manager.reportRejection(refusal, token, { method, path: withoutTokens(path), ip });
  return refusal;
}

/** What the client is told. What is wrong with the server, it is not. */
function refusalFor(error: unknown): JwtError {
  if (error instanceof ConfigurationError) return withoutDetails(error);
  return error instanceof JwtError ? error : because(new HookFailedError(), 'unexpected error', error);
}

/** Events are logged, and an application may have tokens in its paths: their headers all begin alike, with `{"`. */
function withoutTokens(path: string): string {
  return path.replace(/eyJ[^/]*/g, '[redacted]');
}

async function authenticate(
  trial: Trial,
  requirement: ResolvedRequirement,
  locations: readonly TokenLocation[],
  action: Action,
): Promise<Token<object> | undefined> {
  const { context, manager } = trial;
  const found = find(context, locations, requirement.type);
  if (!found) {
    if (requirement.optional) return undefined;
    const [first, ...others] = locations;
    throw new TokenMissingError(first && others.length === 0 ? `Missing ${first.name}` : undefined);
  }
  const token = await manager.authenticate(found.text, requirement.type);
  trial.token = token;
  const confirmation = found.location.confirm?.(context, token);
  if (isPromiseLike(confirmation)) await within(manager.limits.hookTimeout * 1000, confirmation);
  await meetDemands(token, requirement, action, manager);
  if (!requirement.skipRevocationCheck) {
    const seen = () => ({ ip: context.ip, userAgent: context.get('User-Agent') });
    const pending = manager.demandAlive(token, seen);
    if (pending) await pending;
  }
  return token;
}

/** More than one credential in a request is an error, not a choice (RFC 6750, section 2). */
function find(
  context: Context,
  locations: readonly TokenLocation[],
  type: ResolvedRequirement['type'],
): { text: string; location: TokenLocation } | undefined {
  const found = locations.flatMap((location) => {
    const text: unknown = location.read(context, type);
    return text === undefined ? [] : [{ text: asText(text, location), location }];
  });
  if (found.length > 1)
    throw because(new InvalidRequestError('More than one token in the request'), 'two tokens');
  return found[0];
}

function asText(text: unknown, { name }: TokenLocation): string {
  if (typeof text === 'string') return text;
  if (isPromiseLike(text)) ignore(text);
  throw because(new HookFailedError(), `the location '${name}' read something that is no string`);
}

function requirementOf(roles: unknown[], { isProtectedByDefault }: Glue): ResolvedRequirement | null {
  // The host puts the rules of class and method into one list; what decides was put in last.
  const last = roles.at(-1);
  if (last === defaultRule && !isProtectedByDefault) return null;
  return asRule(typeof last === 'string' ? roles : last).resolved;
}

function contextOf({ context }: Action): Context {
  if (context === undefined)
    throw new ConfigurationError('the checker needs Koa: use createKoaServer or useKoaServer');
  return context as Context;
}

function managerCalled(name = 'default', { managers }: Glue): JwtManager<object> {
  const found = managers.get(name);
  if (!found) throw new ConfigurationError(`no manager is called '${name}'`);
  return found;
}

function managersOf(manager: unknown): Map<string, JwtManager<object>> {
  const isSingle = manager instanceof JwtManager;
  const managers = new Map(Object.entries(isSingle ? { default: manager } : { ...(manager as object) }));
  if (!managers.has('default') || ![...managers.values()].every((value) => value instanceof JwtManager)) {
    throw new ConfigurationError('give a JwtManager, or several by name with one called default');
  }
  return managers as Map<string, JwtManager<object>>;
}

function resolveOptions(
  managers: Map<string, JwtManager<object>>,
  options: AuthorizationCheckerOptions,
): Glue {
  checkOptions('createAuthorizationChecker', options, [
    'locations',
    'realm',
    'errorMessageKey',
    'formatError',
    'protectByDefault',
  ]);
  const {
    locations = [new BearerHeader()],
    realm = defaultRealm,
    errorMessageKey = 'msg',
    formatError,
  } = options;
  const { protectByDefault: isProtectedByDefault = false } = options;
  checkLocations(locations);
  if (typeof realm !== 'string' || !/^[ !#-[\]-~]+$/.test(realm))
    throw new ConfigurationError('realm must be printable ASCII without quotes');
  if (typeof errorMessageKey !== 'string' || errorMessageKey === '' || errorMessageKey === 'code') {
    throw new ConfigurationError("errorMessageKey must be a name other than 'code'");
  }
  if (formatError !== undefined && typeof formatError !== 'function') {
    throw new ConfigurationError('formatError must be a function');
  }
  if (typeof isProtectedByDefault !== 'boolean') {
    throw new ConfigurationError('protectByDefault must be true or false');
  }
  return { managers, locations, realm, errorMessageKey, formatError, isProtectedByDefault };
}
