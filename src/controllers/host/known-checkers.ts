import type { AuthorizationChecker } from 'routing-controllers';
import type { ResolvedRequirement } from '../../authentication/requirement';
import type { TokenLocation } from '../../http/locations/token-location';

/** What the server's routes, and their description, have to know of a checker. */
export interface KnownChecker {
  readonly managers: ReadonlySet<string>;
  readonly isProtectedByDefault: boolean;
  readonly locations: readonly TokenLocation[];
  readonly errorMessageKey: string;
  /** Whether the application makes the bodies of errors. */
  readonly hasOwnErrors: boolean;
  readonly loadsUsers: boolean;
  /** Called for each route of a server when the server is created. @throws {@link ConfigurationError} */
  readonly prepare: (requirement: ResolvedRequirement) => void;
}

const checkers = new WeakMap<AuthorizationChecker, KnownChecker>();
const managers = new Set<string>();
const openRoutes = new Set<string>();
let isAnyKnown = false;
let protectsByDefault = false;
let isAnyLoading = false;

/** Remembers what a checker was created with, for the servers that are created later. */
export function rememberChecker(checker: AuthorizationChecker, known: KnownChecker): void {
  checkers.set(checker, known);
  known.managers.forEach((name) => managers.add(name));
  if (known.isProtectedByDefault && !protectsByDefault && openRoutes.size > 0) {
    // They may be meant to be open, on a server of their own.
    process.emitWarning(
      `protectByDefault came too late for a server that has already been created. Open there are ${[...openRoutes].join(', ')}`,
      { type: 'JwtRoutesWarning' },
    );
  }
  protectsByDefault ||= known.isProtectedByDefault;
  isAnyLoading ||= known.loadsUsers;
  isAnyKnown = true;
}

/** What {@link rememberChecker} remembers of a checker; undefined for one of the application's own. */
export function knownChecker(checker: AuthorizationChecker | undefined): KnownChecker | undefined {
  return checker && checkers.get(checker);
}

/** Whether a checker of ours exists in the process. */
export function hasKnownChecker(): boolean {
  return isAnyKnown;
}

/** Whether a checker of ours in the process loads users. */
export function loadsUsers(): boolean {
  return isAnyLoading;
}

/** Whether a checker of ours in the process protects by default. */
export function isProtectedByDefault(): boolean {
  return protectsByDefault;
}

/** Whether a checker of the process was given a manager of that name; true as long as there is no checker. */
export function hasManager(name: string): boolean {
  return !isAnyKnown || managers.has(name);
}

/** Notes a route that is open to everyone because nothing was said about it. */
export function rememberOpenRoute(where: string): void {
  openRoutes.add(where);
}
