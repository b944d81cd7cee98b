import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthorizationChecker } from 'routing-controllers';
import { ConfigurationError, type JwtError } from '../errors/errors';
import { closeUnfinished } from '../http/answer/close-unfinished';
import { admitRequest } from './admit-request';
import { authenticatorOf, prepare } from './authenticator';
import { senderFor } from './error-senders';
import { middlewareCall, type MiddlewareArguments } from './middleware-call';
import { givenRequirement, type JwtRequirement } from './requirement';
import { frozenCopy } from '../util/options';

/**
 * Middleware for Koa, for Express, and for `@UseBefore` with both.
 *
 * @example
 * ```ts
 * const jwt: JwtMiddleware = createJwtMiddleware(authorizationChecker);
 * koaApp.use(jwt);
 * expressApp.use('/files', jwt, express.static('files'));
 * ```
 */
export interface JwtMiddleware {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): Promise<void>;
  (
    context: { readonly req: IncomingMessage; readonly res: ServerResponse },
    next: () => Promise<unknown>,
  ): Promise<void>;
}

/** The requirement of each middleware, as it was written. */
const middlewares = new WeakMap<object, JwtRequirement>();
let isAnyCreated = false;

/** Whether a function was created by {@link createJwtMiddleware}. */
export function isJwtMiddleware(middleware: Function): boolean {
  return middlewares.has(middleware);
}

/** The requirement that was given to {@link createJwtMiddleware}; undefined for other middleware. */
export function requirementOfMiddleware(middleware: Function): JwtRequirement | undefined {
  return middlewares.get(middleware);
}

/** Whether {@link createJwtMiddleware} was called in this process. */
export function hasJwtMiddleware(): boolean {
  return isAnyCreated;
}

/**
 * Creates middleware that lets a request continue only with a verified token that meets the requirement: in front of other
 * middleware such as an upload, or in an app or router without controllers.
 *
 * It has the locations, managers, realm, wording and `currentUserChecker` of the checker. A rejection has the status, body,
 * challenge and headers of a rejection by the checker. `tokenOf` returns the token. A method behind it can have a rule of its
 * own, for which the token is not verified again; `@InjectToken()` requires one. Subclasses of a controller inherit the
 * middleware.
 *
 * @param checker what createAuthorizationChecker returned
 * @param requirement as for `@JwtRequired`, and never undefined; by default an access token
 * @throws {@link ConfigurationError} when an argument is wrong
 * @example
 * ```ts
 * @Post('/photos')
 * @UseBefore(createJwtMiddleware(authorizationChecker, { scopes: 'photos:write' }), upload)
 * add(@UploadedFile('photo') photo: File) {
 *   return { size: photo.size };
 * }
 * ```
 */
export function createJwtMiddleware<C extends object = Record<string, unknown>>(
  checker: AuthorizationChecker,
  ...requirement: [requirement?: JwtRequirement<C>]
): JwtMiddleware {
  const authenticator = authenticatorOf(checker);
  if (!authenticator)
    throw new ConfigurationError('createJwtMiddleware: pass the checker of createAuthorizationChecker');
  const resolved = givenRequirement('createJwtMiddleware', requirement);
  prepare(resolved, authenticator);
  const middleware = async (...given: MiddlewareArguments) => {
    const { request, action } = middlewareCall(given);
    try {
      await admitRequest(request, resolved, authenticator, action);
    } catch (error) {
      // Other middleware may have responded in the meantime, such as a timeout.
      if (request.res.headersSent) closeUnfinished(request.res);
      else await senderFor(request)(error as JwtError, action);
      return;
    }
    await action.next();
  };
  middlewares.set(middleware, frozenCopy((requirement[0] ?? {}) as JwtRequirement));
  isAnyCreated = true;
  return middleware;
}
