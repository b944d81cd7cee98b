import { getMetadataArgsStorage, type MetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../../errors/errors';
import { entriesFor } from '../rules/authorized-entries';
import { inheritedMiddleware } from './inherited-middleware';
import { inheritedParameters } from './inherited-parameters';
import { routeName } from '../rules/lineage';
import { rememberRoute } from './made-routes';
import { checkHttpError } from './other-copies';
import type { RouteRule } from '../../authentication/requirement';
import { ruleOfOurs, ruleOfRoute } from '../rules/route-rule';
import { installRouteChecks } from './server-routes';
import { isTokenParameter } from '../checker/token-parameter';
import { wrapMethod } from './wrap-method';

/** Which copy of this library looks after the storage. */
const mark = Symbol.for('routing-controllers-jwt.inheritance');
const thisCopy = Symbol('this copy');
const twoCopies =
  'routing-controllers-jwt is loaded twice: keep one, see npm ls (in specs that load modules again, delete ' +
  'globalThis.routingControllersMetadataArgsStorage with them)';

/**
 * Makes routing-controllers find our rules and the parameters beside them the way they are inherited.
 *
 * It looks both up by the exact class when it builds its routes, after it has imported controllers given as glob
 * strings. These two look-ups of its storage, one object for the process, are the only place where every method of every
 * controller passes, however it was registered. Methods without a rule of ours are left as they are.
 */
export function installInheritance(): void {
  const prototype = Object.getPrototypeOf(getMetadataArgsStorage()) as MetadataArgsStorage & {
    [mark]?: symbol;
  };
  if (prototype[mark] === thisCopy) return;
  // One copy would take the rules of the other for those of another library.
  if (prototype[mark]) throw new ConfigurationError(twoCopies);
  checkHttpError();
  inheritRules(prototype);
  inheritParameters(prototype);
  inheritMiddleware(prototype);
  Object.defineProperty(prototype, mark, { value: thisCopy });
}

function inheritRules(prototype: MetadataArgsStorage): void {
  wrapMethod(prototype, 'filterResponseHandlersWithTargetAndMethod', (original) => {
    return function (this: MetadataArgsStorage, target, method) {
      // Here, because a second copy of routing-controllers may have been loaded since.
      installRouteChecks();
      rememberRoute(target, method);
      const handlers = original.call(this, target, method);
      const value = ruleOfOurs(this, target, method);
      if (value === undefined) return handlers;
      return [
        ...handlers.filter(({ type }) => type !== 'authorized'),
        { type: 'authorized' as const, target, method, value },
      ];
    };
  });
}

function inheritParameters(prototype: MetadataArgsStorage): void {
  wrapMethod(prototype, 'filterParamsWithTargetAndMethod', (original) => {
    return function (this: MetadataArgsStorage, target, method) {
      const own = original.call(this, target, method);
      const inherited = inheritedParameters(this, target, method, own);
      const isOurs =
        entriesFor(this, target, method).ours.length > 0 || [...own, ...inherited].some(isTokenParameter);
      if (!isOurs) return own;
      const parameters = [...own, ...inherited];
      if (parameters.some(isTokenParameter))
        checkTokenParameter(parameters, ruleOfRoute(this, target, method), routeName(target, method));
      return parameters;
    };
  });
}

function inheritMiddleware(prototype: MetadataArgsStorage): void {
  wrapMethod(prototype, 'filterUsesWithTargetAndMethod', (original) => {
    return function (this: MetadataArgsStorage, target, method) {
      return [...inheritedMiddleware(this, target, method), ...original.call(this, target, method)];
    };
  });
}

/** A method that asks for the token must get it, in the place where it asks. */
function checkTokenParameter(
  parameters: MetadataArgsStorage['params'],
  rule: RouteRule | undefined,
  where: string,
): void {
  if (!rule?.resolved) {
    throw new ConfigurationError(
      `${where} has @InjectToken() but is public: add @JwtRequired() or @JwtOptional()`,
    );
  }
  const places = parameters.map(({ index }) => index).sort((a, b) => a - b);
  // Decorated parameters are handed over in a row: after a gap, the token would arrive as another parameter.
  if (places.some((place, index) => place !== index)) {
    throw new ConfigurationError(
      `${where} has @InjectToken() beside a parameter with no decorator or two: give each parameter one`,
    );
  }
}
