import { getMetadataArgsStorage, type MetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../errors';
import { inheritedParameters } from './inherited-parameters';
import type { RouteRule } from './requirement';
import { entriesFor, isOurs, rememberOpenRoute, rememberRoute } from './route-rule';
import { rolesOf, routeName, ruleOfRoute } from './route-rule';
import { isTokenParameter } from './token-parameter';

type Entry = MetadataArgsStorage['responseHandlers'][number];

const lookUps = ['filterResponseHandlersWithTargetAndMethod', 'filterParamsWithTargetAndMethod'] as const;
/** Which copy of this library looks after the storage. */
const mark = Symbol.for('routing-controllers-jwt.inheritance');
const thisCopy = Symbol('this copy');
const twoCopies =
  'routing-controllers-jwt is loaded twice: keep one, see npm ls (in specs that load modules again, delete ' +
  'globalThis.routingControllersMetadataArgsStorage with them)';

/**
 * Makes the host find rules and parameters the way they are inherited.
 *
 * The host looks both up by the exact class when it builds its routes, after it has imported controllers given as
 * glob strings. These two look-ups of its storage, one object for the process, are the only place where every
 * method of every controller passes, however it was registered.
 */
export function installInheritance(): void {
  const prototype = Object.getPrototypeOf(getMetadataArgsStorage()) as MetadataArgsStorage & {
    [mark]?: symbol;
  };
  if (prototype[mark] === thisCopy) return;
  // One copy would take the rules of the other for somebody else's.
  if (prototype[mark]) throw new ConfigurationError(twoCopies);
  for (const name of lookUps) {
    if (typeof prototype[name] !== 'function') {
      throw new ConfigurationError(`this version of routing-controllers has no ${name}: install ^0.11`);
    }
  }
  Object.defineProperty(prototype, mark, { value: thisCopy });
  inheritRules(prototype);
  inheritParameters(prototype);
}

function inheritRules(prototype: MetadataArgsStorage): void {
  const ownHandlers = prototype.filterResponseHandlersWithTargetAndMethod; // eslint-disable-line @typescript-eslint/unbound-method -- called with the storage below
  prototype.filterResponseHandlersWithTargetAndMethod = function (target, method) {
    rememberRoute(target, method);
    const handlers = ownHandlers.call(this, target, method);
    const entries = entriesFor(this, target, method);
    const rule = ruleOfRoute(this, target, method);
    // A method that knows nothing of us keeps what the host's own decorators say, and now inherits it.
    const isHostsAlone = entries.length > 0 && !entries.some(isOurs);
    const value = isHostsAlone ? rolesToAdd(entries, target, routeName(target, method)) : rule;
    if (entries.length === 0 && !rule) rememberOpenRoute(routeName(target, method));
    if (value === undefined) return handlers;
    return [
      ...handlers.filter(({ type }) => type !== 'authorized'),
      { type: 'authorized' as const, target, method, value },
    ];
  };
}

/**
 * What must stand on a method so that the host finds all that its own decorators say: by itself it finds those on the
 * exact class only, and the first one of a stack.
 *
 * @returns undefined when the host finds everything by itself
 * @throws {@link ConfigurationError} when it would drop one and we cannot read what it says
 */
function rolesToAdd(entries: readonly Entry[], target: Function, where: string): unknown[] | undefined {
  const own = entries.filter((entry) => entry.target === target);
  const found = [own.find(({ method }) => !method), own.find(({ method }) => method)];
  const others = entries.filter((entry) => !found.includes(entry));
  if (others.length === 0) return undefined;
  const roles = entries.map(({ value }) => rolesOf(value));
  // Two that name roles name the same ones, or the server would not start.
  if (!roles.includes(undefined)) return roles.find((names) => names?.length) ?? [];
  if (others.some((entry) => own.includes(entry)))
    throw new ConfigurationError(`${where} has two @Authorized, of which the host drops one: write one`);
  return others.flatMap(({ value }): unknown => value ?? []);
}

function inheritParameters(prototype: MetadataArgsStorage): void {
  const ownParameters = prototype.filterParamsWithTargetAndMethod; // eslint-disable-line @typescript-eslint/unbound-method -- called with the storage below
  prototype.filterParamsWithTargetAndMethod = function (target, method) {
    const own = ownParameters.call(this, target, method);
    const inherited = inheritedParameters(this, target, method, own);
    const rule = ruleOfRoute(this, target, method);
    const parameters = rule || inherited.some(isTokenParameter) ? [...own, ...inherited] : own;
    if (parameters.some(isTokenParameter)) checkTokenParameter(parameters, rule, routeName(target, method));
    return parameters;
  };
}

/** A method that asks for the token must get it, in the place where it asks. */
function checkTokenParameter(
  parameters: MetadataArgsStorage['params'],
  rule: RouteRule | undefined,
  where: string,
): void {
  if (!rule?.resolved) {
    throw new ConfigurationError(
      `${where} has @InjectToken() but lets everyone in: add @JwtRequired() or @JwtOptional()`,
    );
  }
  const places = parameters.map(({ index }) => index).sort((a, b) => a - b);
  // The host hands over decorated parameters in a row: after a gap, the token would arrive as another parameter.
  if (places.some((place, index) => place !== index)) {
    throw new ConfigurationError(
      `${where} has @InjectToken() beside a parameter with no decorator or two: give each parameter one`,
    );
  }
}
