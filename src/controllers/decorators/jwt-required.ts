import { getMetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../../errors/errors';
import { readOptions } from '../../util/options';
import { installInheritance } from '../host/inheritance';
import { routeName } from '../rules/lineage';
import { rejectLate } from '../host/made-routes';
import { undefinedError, undefinedMember } from '../../authentication/undefined-members';
import { requirementKeys, RouteRule, ruleFor, type JwtRequirement } from '../../authentication/requirement';

/**
 * Goes on a controller method or a controller class.
 *
 * @example
 * ```ts
 * const AdminOnly = (): RouteDecorator => JwtRequired({ roles: 'admin', fresh: '5m' });
 * ```
 */
export type RouteDecorator = (target: object, method?: string | symbol) => void;

/**
 * The method runs only with a verified token that meets the requirement. On a class it holds for every method: anything
 * a method's own decorator leaves out comes from the class, key by key. Rules are inherited by subclasses, overridden
 * methods included.
 *
 * A method takes one decorator of this family. `@Authorized` of routing-controllers adds its roles, next to it or on a
 * base class: neither replaces the other.
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
  ...requirement: [requirement?: JwtRequirement<C>, ...misuse: never[]]
): RouteDecorator {
  return decorator('@JwtRequired', requirement, {});
}

/**
 * The method runs with a verified token or without any; `@InjectToken()` then gives undefined. A token that is there
 * and bad is rejected.
 *
 * @throws {@link ConfigurationError} as {@link JwtRequired}
 * @example
 * ```ts
 * @Get('/greeting')
 * @JwtOptional()
 * greet(@InjectToken() token: Token | undefined) {
 *   return { hello: token?.identity ?? 'guest' };
 * }
 * ```
 */
export function JwtOptional<C extends object = Record<string, unknown>>(
  ...requirement: [requirement?: Omit<JwtRequirement<C>, 'optional'>, ...misuse: never[]]
): RouteDecorator {
  return decorator('@JwtOptional', requirement, { optional: true });
}

/**
 * The method runs only with a verified refresh token.
 *
 * @throws {@link ConfigurationError} as {@link JwtRequired}
 * @example
 * ```ts
 * @Post('/refresh')
 * @JwtRefreshRequired()
 * refresh(@InjectToken() token: Token) {
 *   return jwtManager.refresh(token);
 * }
 * ```
 */
export function JwtRefreshRequired<C extends object = Record<string, unknown>>(
  ...requirement: [requirement?: Omit<JwtRequirement<C>, 'type'>, ...misuse: never[]]
): RouteDecorator {
  return decorator('@JwtRefreshRequired', requirement, { type: 'refresh' });
}

/**
 * The method is open to everyone, in a protected class or under `protectByDefault`.
 *
 * @example
 * ```ts
 * @Get('/terms')
 * @JwtPublic()
 * terms() {
 *   return { version: 3 };
 * }
 * ```
 */
export function JwtPublic(...misuse: never[]): RouteDecorator {
  rejectMisuse('@JwtPublic', misuse);
  return recording('@JwtPublic', new RouteRule(null, null));
}

function decorator<C extends object>(
  name: string,
  given: readonly unknown[],
  fixed: Pick<JwtRequirement, 'optional' | 'type'>,
): RouteDecorator {
  rejectMisuse(name, typeof given[0] === 'function' ? given : given.slice(1));
  // Not a default: a requirement that is passed as undefined was lost on its way here.
  if (given.length > 0 && given[0] === undefined) return undefinedAt(name, 'the requirement');
  const choices = requirementKeys.filter((key) => !Object.hasOwn(fixed, key));
  const requirement = given.length === 0 ? {} : (given[0] as JwtRequirement<C>);
  const own = readOptions(name, requirement, choices, "{ roles: 'admin' }");
  const missing = undefinedMember(own);
  if (missing !== undefined) return undefinedAt(name, missing);
  return recording(name, ruleFor({ ...(own as JwtRequirement), ...fixed }, name));
}

/** Fails where it is applied, so that the error can name the class and the method. */
function undefinedAt(name: string, member: string): RouteDecorator {
  return (target, method) => {
    const owner = method === undefined ? target : target.constructor;
    throw undefinedError(`${name} on ${routeName(owner as Function, method)}`, member);
  };
}

/** `@JwtRequired` without parentheses is called with what it should decorate, and would decorate nothing. */
function rejectMisuse(name: string, misuse: readonly unknown[]): void {
  if (misuse.length > 0) throw new ConfigurationError(`write the decorator with parentheses: ${name}()`);
}

function recording(name: string, rule: RouteRule): RouteDecorator {
  return (target, method) => {
    if (typeof method === 'object')
      throw new ConfigurationError(
        `${name} needs "experimentalDecorators": true in tsconfig.json, or the same option of your build tool`,
      );
    installInheritance();
    if (method !== undefined && typeof target === 'function') {
      throw new ConfigurationError(
        `${name} cannot stand on ${target.name}.${String(method)}: the method is static`,
      );
    }
    const owner = method === undefined ? target : target.constructor;
    rejectLate(`${name}()`, owner as Function, method);
    const { responseHandlers } = getMetadataArgsStorage();
    const isTaken = responseHandlers.some(
      (handler) =>
        handler.target === owner && handler.method === method && handler.value instanceof RouteRule,
    );
    if (isTaken) {
      throw new ConfigurationError(
        `${routeName(owner as Function, method)} has two rules: keep one, or put both into one decorator, such as @JwtRequired({ … })`,
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
