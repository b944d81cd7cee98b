import type { MetadataArgsStorage } from 'routing-controllers';
import { requirementOfMiddleware } from '../../authentication/middleware';
import type { JwtRequirement } from '../../authentication/requirement';
import { jwtMiddlewareOn } from '../host/inherited-middleware';

/** What `createJwtMiddleware` demands in front of a method: that of its class first. */
export function middlewareOf(
  storage: MetadataArgsStorage,
  target: Function,
  method: string | symbol,
): JwtRequirement[] {
  return [undefined, method]
    .flatMap((place) => jwtMiddlewareOn(storage, target, place))
    .filter(({ afterAction }) => !afterAction)
    .map(({ middleware }) => requirementOfMiddleware(middleware) as JwtRequirement);
}
