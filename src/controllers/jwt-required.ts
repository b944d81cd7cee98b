import { getMetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../errors';
import { readOptions } from '../util/options';
import { installInheritance } from './inheritance';
import { refuseLate } from './route-rule';
import { requirementKeys, RouteRule, ruleFor, type JwtRequirement } from './requirement';

/** Goes on a controller method or a controller class. */
export type RouteDecorator = (target: object, method?: string | symbol) => void;

/**
 * The method runs only with a verified token that meets the requirement. On a class it holds for every method, and a
 * method's own decorator replaces it. It is inherited by subclasses, overridden methods included.
 *
 * A method takes one decorator of this family. The host's `@Authorized` adds its roles, beside it or on a base class:
 * neither replaces the other.
 *
 * @throws {@link ConfigurationError} when the requirement is wrong or the method has one already
 * @example
 * ```ts
 * @Get('/admin')
 * @JwtRequired({ roles: 'admin', fresh: '5m' })
 * admin(@InjectToken() token: Token) {
 *   return { logined_as: token.identity };
 * }
 * ```
 */
export function JwtRequired<C extends object = Record<string, unknown>>(
  requirement: JwtRequirement<C> = {},
  ...misuse: never[]
): RouteDecorator {
  return decorator('@JwtRequired', requirement, {}, misuse);
}

/**
 * The method runs with a verified token or without any; `@InjectToken()` then gives undefined. A token that is there
 * and bad is refused.
 *
 * @throws {@link ConfigurationError} as {@link JwtRequired}
 */
export function JwtOptional<C extends object = Record<string, unknown>>(
  requirement: Omit<JwtRequirement<C>, 'optional'> = {},
  ...misuse: never[]
): RouteDecorator {
  return decorator('@JwtOptional', requirement, { optional: true }, misuse);
}

/**
 * The method runs only with a verified refresh token.
 *
 * @throws {@link ConfigurationError} as {@link JwtRequired}
 */
export function JwtRefreshRequired<C extends object = Record<string, unknown>>(
  requirement: Omit<JwtRequirement<C>, 'type'> = {},
  ...misuse: never[]
): RouteDecorator {
  return decorator('@JwtRefreshRequired', requirement, { type: 'refresh' }, misuse);
}

/** The method is open to everyone, in a protected class or under `protectByDefault`. */
export function JwtPublic(...misuse: never[]): RouteDecorator {
  refuseMisuse('@JwtPublic', misuse);
  return recording('@JwtPublic', new RouteRule(null, null));
}

function decorator<C extends object>(
  name: string,
  requirement: JwtRequirement<C>,
  fixed: Pick<JwtRequirement, 'optional' | 'type'>,
  misuse: unknown[],
): RouteDecorator {
  refuseMisuse(name, typeof requirement === 'function' ? [requirement] : misuse);
  const choices = requirementKeys.filter((key) => !(key in fixed));
  const own = readOptions(name, requirement, choices, "{ roles: 'admin' }");
  return recording(name, ruleFor({ ...(own as JwtRequirement), ...fixed }));
}

/** `@JwtRequired` without parentheses is called with what it should decorate, and would decorate nothing. */
function refuseMisuse(name: string, misuse: unknown[]): void {
  if (misuse.length > 0) throw new ConfigurationError(`write the decorator with parentheses: ${name}()`);
}

function recording(name: string, rule: RouteRule): RouteDecorator {
  return (target, method) => {
    installInheritance();
    if (method !== undefined && typeof target === 'function') {
      throw new ConfigurationError(
        `${name} cannot stand on ${target.name}.${String(method)}: the method is static`,
      );
    }
    const owner = method === undefined ? target : target.constructor;
    refuseLate(`${name}()`, owner as Function, method);
    const { responseHandlers } = getMetadataArgsStorage();
    const isTaken = responseHandlers.some(
      (handler) =>
        handler.target === owner && handler.method === method && handler.value instanceof RouteRule,
    );
    if (isTaken) {
      const where = [(owner as { name: string }).name, method].filter(Boolean).map(String).join('.');
      throw new ConfigurationError(
        `${where} has two rules: put them into one decorator, such as @JwtRequired({ … })`,
      );
    }
    responseHandlers.push({
      type: 'authorized',
      target: owner as new () => unknown,
      method: method as string,
      value: rule,
    });
  };
}
