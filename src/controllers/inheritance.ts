import { getMetadataArgsStorage, type MetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../errors';
import { inheritedParameters } from './inherited-parameters';
import { entriesFor, isOurs, ruleOfRoute } from './route-rule';
import { isTokenParameter } from './token-parameter';

const lookUps = ['filterResponseHandlersWithTargetAndMethod', 'filterParamsWithTargetAndMethod'] as const;
const mark = Symbol.for('routing-controllers-jwt.inheritance');

/**
 * Makes the host find rules and parameters the way they are inherited.
 *
 * The host looks both up by the exact class when it builds its routes, after it has imported controllers given as
 * glob strings. These two look-ups of its storage, one object for the process, are the only place where every
 * method of every controller passes, however it was registered.
 */
export function installInheritance(): void {
  const prototype = Object.getPrototypeOf(getMetadataArgsStorage()) as MetadataArgsStorage & {
    [mark]?: true;
  };
  if (prototype[mark]) return;
  for (const name of lookUps) {
    if (typeof prototype[name] !== 'function') {
      throw new ConfigurationError(`this version of routing-controllers has no ${name}: install ^0.11`);
    }
  }
  Object.defineProperty(prototype, mark, { value: true });
  inheritRules(prototype);
  inheritParameters(prototype);
}

function inheritRules(prototype: MetadataArgsStorage): void {
  const ownHandlers = prototype.filterResponseHandlersWithTargetAndMethod; // eslint-disable-line @typescript-eslint/unbound-method -- called with the storage below
  prototype.filterResponseHandlersWithTargetAndMethod = function (target, method) {
    const handlers = ownHandlers.call(this, target, method);
    const entries = entriesFor(this, target, method);
    const rule = ruleOfRoute(this, target, method);
    // A method that knows nothing of us keeps what the host's own decorators say, and now inherits it.
    const isHostsAlone = entries.length > 0 && !entries.some(isOurs);
    if (!rule || (isHostsAlone && entries.some((entry) => entry.target === target))) return handlers;
    const values: unknown[] = isHostsAlone ? entries.map(({ value }): unknown => value) : [rule];
    return [
      ...handlers.filter(({ type }) => type !== 'authorized'),
      ...values.map((value) => ({ type: 'authorized' as const, target, method, value })),
    ];
  };
}

function inheritParameters(prototype: MetadataArgsStorage): void {
  const ownParameters = prototype.filterParamsWithTargetAndMethod; // eslint-disable-line @typescript-eslint/unbound-method -- called with the storage below
  prototype.filterParamsWithTargetAndMethod = function (target, method) {
    const parameters = [...ownParameters.call(this, target, method)];
    const inherited = inheritedParameters(this, target, method);
    const rule = ruleOfRoute(this, target, method);
    if (rule || inherited.some(isTokenParameter)) {
      const taken = new Set(parameters.map(({ index }) => index));
      parameters.push(...inherited.filter(({ index }) => !taken.has(index)));
    }
    if (parameters.some(isTokenParameter) && !rule?.resolved) {
      throw new ConfigurationError(
        `${target.name}.${method} has @InjectToken() but lets everyone in: add @JwtRequired() or @JwtOptional()`,
      );
    }
    return parameters;
  };
}
