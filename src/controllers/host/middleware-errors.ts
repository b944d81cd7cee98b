import { UseMetadata, type Action, type ActionMetadata, type BaseDriver } from 'routing-controllers';
import { rememberSender } from '../../authentication/error-senders';
import { hasJwtMiddleware } from '../../authentication/middleware';
import { middlewareCall, type MiddlewareArguments } from '../../authentication/middleware-call';
import type { JwtError } from '../../errors/errors';

/** A method of a JSON controller, for middleware that belongs to none. */
const anyAction = Object.assign(Object.create(null) as ActionMetadata, { isJsonTyped: true, headers: {} });

/**
 * Registers a route so that errors of middleware are sent as routing-controllers sends those of its methods: in both error
 * modes, and as text for a text controller. Middleware of `@UseBefore` runs outside of its error handler otherwise.
 */
export function registerWithErrors(driver: BaseDriver, action: ActionMetadata, register: () => void): void {
  rememberSender(driver.app as object, senderOf(driver, anyAction));
  const { controllerMetadata } = action;
  const { uses } = controllerMetadata;
  if (hasJwtMiddleware() && uses.length + action.uses.length > 0)
    controllerMetadata.uses = [noteRoute(driver, action), ...uses];
  register();
  controllerMetadata.uses = uses;
}

/** Runs in front of all other middleware of the route. */
function noteRoute(driver: BaseDriver, route: ActionMetadata): UseMetadata {
  const sender = senderOf(driver, route);
  const middleware = (...given: MiddlewareArguments) => {
    const { request, action } = middlewareCall(given);
    rememberSender(request.req, sender);
    return action.next();
  };
  return new UseMetadata({ target: route.target, middleware, afterAction: false });
}

function senderOf(driver: BaseDriver, route: ActionMetadata) {
  return (error: JwtError, action: Action): unknown => driver.handleError(error, route, action) as unknown;
}
