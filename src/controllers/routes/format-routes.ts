import { demands } from '../../authentication/demands/registry';
import type { JwtRequirement } from '../../authentication/requirement';
import { describeRoutes, type RouteDescription } from './route-audit';

/**
 * A table of the routes and what each demands, one line a route, to be printed at start-up: anyone who reads it sees what
 * is `open`. It has what the decorators say and nothing else, no key and no claim.
 *
 * @param routes which ones, in this order
 * @example
 * ```ts
 * console.log(formatRoutes());
 * // GET   /account        AccountController.read    access
 * // POST  /account/close  AccountController.close   access, fresh: 5m
 * // GET   /account/terms  AccountController.terms   open
 * // POST  /account/photo  AccountController.photo   by middleware: access
 * ```
 */
export function formatRoutes(routes: readonly RouteDescription[] = describeRoutes()): string {
  const columns = [
    padded(routes.map(({ method }) => method)),
    padded(routes.map(({ path }) => path)),
    padded(routes.map(({ controller, handler }) => `${controller}.${handler}`)),
    routes.map(protectionOf),
  ];
  return routes.map((_, row) => columns.map((cells) => cells[row]).join('  ')).join('\n');
}

/** The rule of a route, and what middleware demands in front of it. */
function protectionOf({ requirement, middleware = [] }: RouteDescription): string {
  const before = middleware.map((each) => `by middleware: ${inWords(each)}`);
  return (requirement || before.length === 0 ? [inWords(requirement), ...before] : before).join('; ');
}

function padded(cells: readonly string[]): string[] {
  const width = Math.max(...cells.map(({ length }) => length));
  return cells.map((cell) => cell.padEnd(width));
}

/** What the user may do, then how they logged in, then what only the application knows. */
const inOrder = [
  ...demands.filter((demand) => !demand.isLast && !demand.stepUp),
  ...demands.filter((demand) => demand.stepUp !== undefined),
  ...demands.filter((demand) => demand.isLast),
];

/** A requirement in a few words; `open` without one. */
export function inWords(requirement: JwtRequirement | null): string {
  if (!requirement) return 'open';
  const {
    type = requirement.ticket ? undefined : 'access',
    optional,
    locations,
    skipRevocationCheck,
    manager,
  } = requirement;
  const words = [
    type === 'any' ? 'access or refresh' : type,
    optional && 'optional',
    ...inOrder.map((demand) => {
      const given = (requirement as Readonly<Record<string, unknown>>)[demand.name];
      // `false` requires nothing of some.
      return (
        given !== undefined &&
        demand.resolve(given as object, demand.name) !== undefined &&
        demand.describe(given as object)
      );
    }),
    locations &&
      `in: ${locations.map((location) => location.nameFor?.(type ?? 'ticket') ?? location.name).join(' or ')}`,
    skipRevocationCheck && 'revoked or not',
    manager && (typeof manager === 'string' ? `manager: ${manager}` : 'manager of its own'),
  ];
  return words.filter(Boolean).join(', ');
}
