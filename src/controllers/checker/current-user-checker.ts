import { coreOf } from '../../manager/manager-base';
import type { IncomingMessage } from 'node:http';
import type { Action, CurrentUserChecker } from 'routing-controllers';
import {
  because,
  ConfigurationError,
  HookFailedError,
  markReported,
  TokenInvalidError,
  type JwtError,
} from '../../errors/errors';
import { requestOf } from '../../http/request/request-of';
import type { Token } from '../../token/token';
import { within } from '../../util/within';
import { report, type Trial } from '../../authentication/authenticate';
import { admissionOf } from './token-parameter';

/**
 * Makes the function that the host asks for what stands behind `@CurrentUser()`: the user that a verified token speaks
 * for. It is loaded once for each request and token, however many parameters ask for it, and never without a verified
 * token: for a guest and on an open method it is undefined, and `loadUser` is not called.
 *
 * A `loadUser` that answers nothing refuses the request with TokenInvalidError (`ERR_JWT_INVALID`), so that a user who
 * was deleted is out at once. One that throws, or takes longer than the manager's `hookTimeout`, refuses it with
 * HookFailedError (`ERR_JWT_HOOK`). Operators hear of both by the event `rejected`.
 *
 * @typeParam C the claims of the token, where the manager's are typed
 * @param loadUser finds the user; undefined, null or false: there is none
 * @throws {@link ConfigurationError} when `loadUser` is no function
 * @example
 * ```ts
 * const currentUserChecker = createCurrentUserChecker((token) => users.findOne({ id: token.identity }));
 * createKoaServer({ controllers: [UserController], authorizationChecker, currentUserChecker }).listen(8000);
 * ```
 */
export function createCurrentUserChecker<C extends object = Record<string, unknown>>(
  loadUser: (token: Token<C>, action: Action) => unknown,
): CurrentUserChecker {
  if (typeof loadUser !== 'function')
    throw new ConfigurationError('loadUser must be a function of the token that answers its user');
  const users = new WeakMap<IncomingMessage, WeakMap<Token<object>, Promise<unknown>>>();
  return (action) => {
    const request = requestOf(action);
    const admission = admissionOf(request);
    if (!admission?.token) return undefined;
    const { token, manager } = admission;
    const usersOfRequest = users.get(request.req) ?? new WeakMap<Token<object>, Promise<unknown>>();
    const user =
      usersOfRequest.get(token) ??
      load(() => loadUser(token as Token<C>, action), { request, manager, token });
    users.set(request.req, usersOfRequest.set(token, user));
    return user;
  };
}

async function load(loadUser: () => unknown, trial: Trial): Promise<unknown> {
  try {
    const user = await settled(loadUser, coreOf(trial.manager).limits.hookTimeout);
    if (!user) throw because(new TokenInvalidError(), 'user');
    return user;
  } catch (error) {
    const refusal = error as JwtError;
    // Here, where the token is known: what passes the host's error handler comes without it.
    report(refusal, trial);
    throw markReported(refusal);
  }
}

async function settled(loadUser: () => unknown, seconds: number): Promise<unknown> {
  try {
    return await within(seconds * 1000, loadUser());
  } catch (cause) {
    throw because(new HookFailedError(), 'loadUser', cause);
  }
}
