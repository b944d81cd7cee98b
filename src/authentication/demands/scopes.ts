import { isScopeList } from '../../claims/forms';
import { ConfigurationError } from '../../errors/errors';
import { nameList } from '../../util/name-list';
import { readOptions } from '../../util/options';
import type { Demand } from './demand';
import { isObject, satisfies, type NameRule } from './names';

/** The member of `JwtRequirement`. */
export interface ScopesMember {
  /** All of these scopes or, with `any`, one of them. @default false */
  readonly scopes?: string | readonly string[] | { readonly any: readonly string[] } | false;
}

/** The token has scopes. */
export const scopes: Demand<ScopesMember, NameRule> = {
  name: 'scopes',
  resolve(given, name) {
    if (given === false) return undefined;
    if (typeof given === 'string')
      return { rule: 'all', names: nameList(given.split(' '), name, isScopeList) };
    if (Array.isArray(given)) return { rule: 'all', names: nameList(given, name, isScopeList) };
    if (!isObject(given))
      throw new ConfigurationError(`${name} must be a name, a list of names, or { any: ['read', 'write'] }`);
    const { any } = readOptions(name, given as { any: string[] }, ['any']);
    if (!Array.isArray(any)) throw new ConfigurationError(`${name}.any must be a list of scopes`);
    return { rule: 'any', names: nameList(any, `${name}.any`, isScopeList) };
  },
  meet: (rule, { token }) => (satisfies(token.scopes, rule) ? undefined : { reason: 'scope' }),
  scope: ({ names }) => names.join(' '),
  describe: (given) =>
    typeof given === 'object' && 'any' in given
      ? `scopes: ${given.any.join(' or ')}`
      : `scopes: ${[given].flat().join(' ')}`,
};
