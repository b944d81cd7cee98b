import type { Action } from 'routing-controllers';
import {
  because,
  ConfigurationError,
  HookFailedError,
  InvalidRequestError,
  isReported,
  JwtError,
  TokenExpiredError,
  TokenMissingError,
  withoutDetails,
} from '../errors/errors';
import type { TokenLocation } from '../http/locations/token-location';
import { clientDetails } from '../http/request/client-details';
import type { HttpRequest } from '../http/request/http-request';
import { prepareRefusal, type RefusalForm } from '../http/answer/rejection';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import type { Token } from '../token/token';
import { ignore, isPromiseLike } from '../util/promises';
import type { Admission } from './admission';
import { autoRefresh, isDue, refreshCookieOf, type Refreshed, type RefreshCookie } from './auto-refresh';
import { confirm } from './confirm';
import { userOf, type LoadUser } from './current-user';
import { meetDemands } from './demands/meet-demands';
import type { ResolvedRequirement } from './requirement';

/** @internal What is known of a request while it is judged. */
export interface Trial {
  readonly request: HttpRequest;
  manager: JwtManager<object>;
  token?: Token<object>;
  /** What middleware has let the request in with: its token is not verified again. */
  readonly earlier?: Admission | undefined;
  /** Loads the user, where the application judges each account. */
  readonly loadUser?: LoadUser | undefined;
}

/** A token that was verified, and what is known of it. */
type Identified = Admission & { readonly token: Token<object> };

/** @internal Finds the token of a request, verifies it and holds it against what is demanded. */
export async function authenticate(
  trial: Trial,
  requirement: ResolvedRequirement,
  locations: readonly TokenLocation[],
  action: Action,
): Promise<Admission> {
  const { request, manager, earlier, loadUser } = trial;
  const found = find(request, locations, requirement.type);
  const identified =
    identifiedBefore(trial, requirement, locations, found) ??
    (await identify(trial, requirement, locations, found));
  if (!identified) {
    if (requirement.optional) return { manager, token: undefined, earlier };
    const [first, ...others] = locations;
    throw new TokenMissingError(first && others.length === 0 ? `Missing ${first.name}` : undefined);
  }
  const { token } = identified;
  const { first, last, all } = requirement.demands;
  const presented = { token, action, limits: coreOf(manager).limits };
  await meetDemands(first, presented, all);
  const isAlive = identified.isAlive === true || !requirement.skipRevocationCheck;
  if (isAlive && !identified.isAlive) {
    const seen = () => clientDetails(request);
    const pending = coreOf(manager).demandAlive(token, seen);
    if (pending) await pending;
  }
  const user: unknown = loadUser && (await currentUser(loadUser, identified, action));
  const late = meetDemands(last, { ...presented, user }, all);
  if (late) await late;
  return { ...identified, isAlive, loadUser, user, earlier };
}

/** What middleware has found out about the token that the request has in these locations. */
function identifiedBefore(
  trial: Trial,
  { type }: ResolvedRequirement,
  locations: readonly TokenLocation[],
  found: FoundToken | undefined,
): Identified | undefined {
  for (let known = trial.earlier; known; known = known.earlier) {
    const { manager, token, text, location } = known;
    if (!token || manager !== trial.manager || text !== found?.text || !location) continue;
    const isThere = found ? location === found.location : locations.includes(location);
    if (!isThere || (type !== 'any' && type !== token.type)) continue;
    trial.token = token;
    return { ...known, token };
  }
  return undefined;
}

/** @returns undefined for a request without a token */
async function identify(
  trial: Trial,
  requirement: ResolvedRequirement,
  locations: readonly TokenLocation[],
  found: FoundToken | undefined,
): Promise<Identified | undefined> {
  const { request, manager } = trial;
  const { text, location } = found ?? {};
  const isRefreshable = requirement.type === 'access' && coreOf(manager).limits.rotationGrace > 0;
  // Read only where it is needed: with a domain, a sibling host could add a second one to every request.
  const findCookie = () => (isRefreshable ? refreshCookieOf(request, locations, location) : undefined);
  const presented = found && (await verify(found, requirement, trial, findCookie));
  const refreshed = await refreshIfDue(findCookie, presented, found !== undefined, requirement, trial);
  // A rotation has just shown that the session is alive.
  if (refreshed) return { manager, ...refreshed, text, isAlive: true };
  return presented && { manager, token: presented, text, location };
}

function currentUser(loadUser: LoadUser, identified: Identified, action: Action): unknown {
  const { manager, token, loadUser: loadedBy, user } = identified;
  return loadedBy === loadUser ? user : userOf(loadUser, token, manager, action);
}

/** @returns undefined for a token that has expired where another one can be had for it */
async function verify(
  { text, location }: FoundToken,
  { type }: ResolvedRequirement,
  trial: Trial,
  findCookie: () => RefreshCookie | undefined,
): Promise<Token<object> | undefined> {
  const { request, manager } = trial;
  try {
    trial.token = await coreOf(manager).authenticate(text, type);
  } catch (error) {
    if (error instanceof TokenExpiredError && findCookie()) return undefined;
    throw error;
  }
  const confirmation = confirm(location, request, trial.token, manager);
  if (confirmation) await confirmation;
  return trial.token;
}

async function refreshIfDue(
  findCookie: () => RefreshCookie | undefined,
  access: Token<object> | undefined,
  hasAccessCookie: boolean,
  { optional }: ResolvedRequirement,
  trial: Trial,
): Promise<Refreshed | undefined> {
  if (access && !isDue(access)) return undefined;
  const { request, manager } = trial;
  const attempt = {
    request,
    manager,
    access,
    mayBeGuest: optional && !hasAccessCookie,
    verified: (token: Token<object>) => (trial.token = token),
    report: (error: unknown) => {
      const refusal = refusalFor(error);
      if (refusal.status >= 500) report(refusal, trial);
    },
  };
  return autoRefresh(attempt, findCookie);
}

interface FoundToken {
  readonly text: string;
  readonly location: TokenLocation;
}

/** More than one credential in a request is an error, not a choice (RFC 6750, section 2). */
function find(
  request: HttpRequest,
  locations: readonly TokenLocation[],
  type: ResolvedRequirement['type'],
): FoundToken | undefined {
  const found = locations.flatMap((location) => {
    const text: unknown = location.read(request, type);
    return text === undefined ? [] : [{ text: asText(text, location), location }];
  });
  if (found.length > 1)
    throw because(new InvalidRequestError('More than one token in the request'), 'two tokens');
  return found[0];
}

function asText(text: unknown, { name }: TokenLocation): string {
  if (typeof text === 'string') return text;
  if (isPromiseLike(text)) ignore(text);
  throw because(new HookFailedError(), `the location '${name}' read something that is no string`);
}

/** @internal Makes a refusal of what was thrown, for the client to see, and tells the operators. */
export function refuse(error: unknown, trial: Trial, form: RefusalForm): JwtError {
  const refusal = refusalFor(error);
  const response = prepareRefusal(refusal, trial.request, form);
  // The error itself: a ConfigurationError is told to the client by another one.
  if (!isReported(error)) report(refusal, trial);
  return response;
}

/** @internal Tells the operators whom and what was refused. */
export function report(refusal: JwtError, { request, manager, token }: Trial): void {
  const { method, ip } = request;
  coreOf(manager).report(refusal, token, { method, path: pathOf(request), ip });
}

/** What the client is told. What is wrong with the server, it is not. */
function refusalFor(error: unknown): JwtError {
  if (error instanceof ConfigurationError) return withoutDetails(error);
  if (error instanceof JwtError) return error;
  return because(new HookFailedError(), 'unexpected error', error);
}

/**
 * @internal The path, for operators; undefined where the URL has none. What Node.js and Koa throw then holds all of the URL, with
 * the token that may be there.
 */
export function pathOf(request: HttpRequest): string | undefined {
  try {
    return withoutTokens(request.path);
  } catch {
    return undefined;
  }
}

/**
 * Events are logged, and an application may have tokens in its paths: their headers all begin alike, with `{"`, which
 * each letter of may be percent-encoded, however often.
 */
const tokenInPath = /(?:e|%(?:25)*65)(?:y|%(?:25)*79)(?:J|%(?:25)*4[Aa])[^/]*/g;

function withoutTokens(path: string): string {
  return path.replace(tokenInPath, '[redacted]');
}
