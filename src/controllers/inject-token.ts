import { getMetadataArgsStorage } from 'routing-controllers';
import { ConfigurationError } from '../errors';
import { installInheritance } from './inheritance';
import { tokenOf } from './token-parameter';

/**
 * Hands the verified {@link Token} to a parameter of a protected method; undefined for a guest under
 * `@JwtOptional()`. On a method that lets everyone in, the server is not created; the method never runs without it.
 *
 * @example
 * ```ts
 * @Get('/protected')
 * @JwtRequired()
 * protected(@InjectToken() token: Token) {
 *   return { logined_as: token.identity };
 * }
 * ```
 */
export function InjectToken(): ParameterDecorator {
  return (object, method, index) => {
    if (method === undefined)
      throw new ConfigurationError('@InjectToken() stands on a parameter of a method');
    installInheritance();
    getMetadataArgsStorage().params.push({
      type: 'custom-converter',
      object,
      method: String(method),
      index,
      parse: false,
      required: false,
      transform: tokenOf,
    });
  };
}
