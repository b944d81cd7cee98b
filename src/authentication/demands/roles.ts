import { isRoleList } from '../../claims/forms';
import { ConfigurationError } from '../../errors/errors';
import { nameList } from '../../util/name-list';
import { readOptions } from '../../util/options';
import type { Demand } from './demand';
import { isObject, satisfies, type NameRule } from './names';

/** The member of `JwtRequirement`. */
export interface RolesMember {
  /** One of these roles or, with `deny`, none of these; `deny` also rejects tokens without any role. @default false */
  readonly roles?: string | readonly string[] | { readonly deny: string | readonly string[] } | false;
}

/** The user has a role, or has one and not another. */
export const roles: Demand<RolesMember, NameRule> = {
  name: 'roles',
  resolve(given, name) {
    if (given === false) return undefined;
    if (typeof given === 'string' || Array.isArray(given))
      return { rule: 'any', names: nameList(given, name, isRoleList) };
    if (!isObject(given))
      throw new ConfigurationError(`${name} must be a name, a list of names, or { deny: 'guest' }`);
    const { deny } = readOptions(name, given as { deny: string }, ['deny']);
    return { rule: 'deny', names: nameList(deny, `${name}.deny`, isRoleList) };
  },
  meet: (rule, { token }) => (satisfies(token.roles, rule) ? undefined : { reason: 'roles' }),
  describe: (given) =>
    typeof given === 'object' && 'deny' in given
      ? `roles: none of ${[given.deny].flat().join(' ')}`
      : `roles: ${[given].flat().join(' or ')}`,
};
