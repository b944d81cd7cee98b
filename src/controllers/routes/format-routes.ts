import type { Duration } from '../../util/duration';
import type { JwtRequirement } from '../../authentication/requirement';
import { describeRoutes, type RouteDescription } from './route-audit';

/**
 * A table of the routes and what each demands, one line a route, to be printed at start-up: whoever reads it sees what
 * is `open`. It has what the decorators say and nothing else, no key and no claim.
 *
 * @param routes which ones, in this order
 * @example
 * ```ts
 * console.log(formatRoutes());
 * // GET   /account        AccountController.read    access
 * // POST  /account/close  AccountController.close   access, fresh: 5m
 * // GET   /account/terms  AccountController.terms   open
 * ```
 */
export function formatRoutes(routes: readonly RouteDescription[] = describeRoutes()): string {
  const columns = [
    padded(routes.map(({ method }) => method)),
    padded(routes.map(({ path }) => path)),
    padded(routes.map(({ controller, handler }) => `${controller}.${handler}`)),
    routes.map(({ requirement }) => inWords(requirement)),
  ];
  return routes.map((_, row) => columns.map((cells) => cells[row]).join('  ')).join('\n');
}

function padded(cells: readonly string[]): string[] {
  const width = Math.max(...cells.map(({ length }) => length));
  return cells.map((cell) => cell.padEnd(width));
}

function inWords(requirement: JwtRequirement | null): string {
  if (!requirement) return 'open';
  const { type = 'access', optional, fresh, roles, scopes, check } = requirement;
  const { locations, skipRevocationCheck, manager } = requirement;
  const words = [
    type === 'any' ? 'access or refresh' : type,
    optional && 'optional',
    roles && `roles: ${rolesInWords(roles)}`,
    scopes && `scopes: ${scopesInWords(scopes)}`,
    fresh && (fresh === true ? 'fresh' : `fresh: ${durationInWords(fresh)}`),
    check && 'check',
    locations && `in: ${locations.map(({ name }) => name).join(' or ')}`,
    skipRevocationCheck && 'revoked or not',
    manager && `manager: ${manager}`,
  ];
  return words.filter(Boolean).join(', ');
}

function rolesInWords(roles: NonNullable<JwtRequirement['roles']>): string {
  if (typeof roles === 'object' && 'deny' in roles) return `none of ${[roles.deny].flat().join(' ')}`;
  return [roles].flat().join(' or ');
}

function scopesInWords(scopes: NonNullable<JwtRequirement['scopes']>): string {
  return typeof scopes === 'object' && 'any' in scopes ? scopes.any.join(' or ') : [scopes].flat().join(' ');
}

/** A number is seconds. */
function durationInWords(duration: Duration): string {
  return typeof duration === 'number' ? `${String(duration)}s` : duration;
}
