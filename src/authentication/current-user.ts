import type { Action } from 'routing-controllers';
import { withReason, HookFailedError, TokenInvalidError } from '../errors/errors';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import type { Token } from '../token/token';
import { within } from '../util/within';

/** Loads the user of a token. */
export type LoadUser = (token: Token, action: Action) => unknown;

/**
 * Loads the user of a token that meets all other requirements.
 *
 * @throws TokenInvalidError (`ERR_JWT_INVALID`) when there is none: the account is gone
 * @throws HookFailedError (`ERR_JWT_HOOK`) when the function throws, or takes longer than the manager's `hookTimeout`
 */
export async function userOf(
  loadUser: LoadUser,
  token: Token<object>,
  manager: JwtManager<object>,
  action: Action,
): Promise<unknown> {
  const user = await settled(() => loadUser(token as Token, action), coreOf(manager).limits.hookTimeout);
  if (!user) throw withReason(new TokenInvalidError(), 'user');
  return user;
}

async function settled(load: () => unknown, seconds: number): Promise<unknown> {
  try {
    return await within(seconds * 1000, load());
  } catch (cause) {
    throw withReason(new HookFailedError(), 'currentUserChecker', cause);
  }
}
