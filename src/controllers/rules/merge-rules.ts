import { ruleFor, type RouteRule } from '../../authentication/requirement';

/**
 * The rule of a method over the rule of its class, key by key: anything the method's rule leaves out comes from the
 * class. `optional` does not, because each decorator of the family says by its name whether guests may pass.
 */
export function overClassRule(own: RouteRule, onClass: RouteRule | undefined): RouteRule {
  if (!own.declared || !onClass?.declared) return own;
  const inherited = Object.entries(onClass.declared).filter(([key]) => key !== 'optional');
  return ruleFor({ ...Object.fromEntries(inherited), ...own.declared });
}
