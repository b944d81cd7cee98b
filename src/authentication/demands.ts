import type { Action } from 'routing-controllers';
import { because, FreshTokenRequiredError, PermissionDeniedError } from '../errors/errors';
import type { JwtManager } from '../manager/jwt-manager';
import type { Token } from '../token/token';
import { within } from '../util/within';
import type { NameRule, ResolvedRequirement } from './requirement';

/**
 * Holds a verified token against what the route demands: freshness, roles, scopes, the application's own check.
 *
 * @throws FreshTokenRequiredError (`ERR_JWT_NOT_FRESH`), PermissionDeniedError (`ERR_JWT_DENIED`)
 */
export async function meetDemands(
  token: Token<object>,
  { fresh, roles, scopes, check }: ResolvedRequirement,
  action: Action,
  manager: JwtManager<object>,
): Promise<void> {
  if (fresh !== undefined) demandFreshness(token, fresh === true ? manager.limits.freshFor : fresh);
  if (roles && !satisfies(token.roles, roles)) throw because(new PermissionDeniedError(), 'roles');
  if (scopes && !satisfies(token.scopes, scopes)) {
    throw because(new PermissionDeniedError(scopes.names.join(' ')), 'scope');
  }
  if (check) await demandCheck(token, check, action, manager);
}

function demandFreshness(token: Token<object>, limit: number): void {
  if (!token.isFresh(limit)) throw because(new FreshTokenRequiredError(limit), 'auth_time');
}

function satisfies(present: readonly string[], { rule, names }: NameRule): boolean {
  if (rule === 'all') return names.every((name) => present.includes(name));
  const isAmong = names.some((name) => present.includes(name));
  // With `deny`, a token that says nothing about its roles may be of the denied role all the same.
  return rule === 'deny' ? present.length > 0 && !isAmong : isAmong;
}

async function demandCheck(
  token: Token<object>,
  check: NonNullable<ResolvedRequirement['check']>,
  action: Action,
  manager: JwtManager<object>,
): Promise<void> {
  let verdict: unknown;
  try {
    verdict = await within(manager.limits.hookTimeout * 1000, check(token as Token, action));
  } catch (cause) {
    throw because(new PermissionDeniedError(), 'check', cause);
  }
  if (verdict !== true) throw because(new PermissionDeniedError(), 'check');
}
