import { getMetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../../errors/errors';
import { installInheritance } from '../host/inheritance';
import { rejectLate } from '../host/made-routes';
import { injectedToken } from '../checker/token-parameter';

/**
 * Hands the verified {@link Token} to a parameter of a protected method; undefined for a guest under
 * `@JwtOptional()`. On a public method, or alongside a parameter that has no decorator, the server is not
 * created; the method never runs without it.
 *
 * @throws {@link ConfigurationError} when it stands on something else than a parameter of a method
 * @example
 * ```ts
 * @Get('/protected')
 * @JwtRequired()
 * protected(@InjectToken() token: Token) {
 *   return { logined_as: token.identity };
 * }
 * ```
 */
export function InjectToken(...misuse: never[]): ParameterDecorator {
  // Without parentheses it is called with what it should decorate, and would decorate nothing.
  if (misuse.length > 0) throw new ConfigurationError('write the decorator with parentheses: @InjectToken()');
  return (object, method, index: unknown) => {
    if (method === undefined || typeof object === 'function' || typeof index !== 'number')
      throw new ConfigurationError('@InjectToken() stands on a parameter of a method that is not static');
    installInheritance();
    rejectLate('@InjectToken()', object.constructor, method);
    getMetadataArgsStorage().params.push({
      type: 'custom-converter',
      object,
      method: method as string,
      index,
      parse: false,
      required: false,
      transform: injectedToken,
    });
  };
}
