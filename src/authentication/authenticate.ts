import type { Action } from 'routing-controllers';
import { isReported, TokenExpiredError, TokenMissingError, type JwtError } from '../errors/errors';
import type { TokenLocation } from '../http/locations/token-location';
import { clientDetails } from '../http/request/client-details';
import type { HttpRequest } from '../http/request/http-request';
import { prepareRejection, type RejectionForm } from '../http/answer/rejection';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import type { Token } from '../token/token';
import { isPromiseLike, type Soon } from '../util/promises';
import type { Admission } from './admission';
import { autoRefresh, isDue, refreshCookieOf, type Refreshed, type RefreshCookie } from './auto-refresh';
import { confirm } from './confirm';
import { userOf, type LoadUser } from './current-user';
import type { Presented } from './demands/demand';
import { meetDemands } from './demands/meet-demands';
import { findToken, type FoundToken } from './find-token';
import { rejectionFor } from './rejection-for';
import { pathOf } from './request-path';
import type { ResolvedRequirement } from './requirement';

/** @internal What is known of a request while it is judged. */
export interface Attempt {
  readonly request: HttpRequest;
  manager: JwtManager<object>;
  token?: Token<object> | undefined;
  /** What middleware has let the request in with: its token is not verified again. */
  readonly earlier?: Admission | undefined;
  /** Loads the user, where the application judges each account. */
  readonly loadUser?: LoadUser | undefined;
}

/** A token that was verified, and what is known of it. */
type Identified = Admission & { readonly token: Token<object> };

/** What one route requires of one request, and the text that was found. */
interface Examination {
  readonly attempt: Attempt;
  readonly requirement: ResolvedRequirement;
  readonly locations: readonly TokenLocation[];
  readonly action: Action;
  readonly found: FoundToken | undefined;
}

/**
 * @internal Finds the token of a request, verifies it and holds it against what is demanded: at once, unless there is
 * something to wait for.
 */
export function authenticate(
  attempt: Attempt,
  requirement: ResolvedRequirement,
  locations: readonly TokenLocation[],
  action: Action,
): Soon<Admission> {
  const found = findToken(attempt.request, locations, requirement.type);
  const examination = { attempt, requirement, locations, action, found };
  const before = identifiedBefore(examination);
  if (before) return demandAll(before, examination);
  const presented = found && verify(found, examination);
  if (isPromiseLike(presented)) return presented.then((token) => proceed(token, examination));
  return proceed(presented, examination);
}

/** What middleware knows of the token that the request has in these locations. */
function identifiedBefore({ attempt, requirement, locations, found }: Examination): Identified | undefined {
  const { type } = requirement;
  for (let known = attempt.earlier; known; known = known.earlier) {
    const { manager, token, text, location } = known;
    if (!token || manager !== attempt.manager || text !== found?.text || !location) continue;
    const isThere = found ? location === found.location : locations.includes(location);
    if (!isThere || (type !== 'any' && type !== token.type)) continue;
    attempt.token = token;
    return { ...known, token };
  }
  return undefined;
}

/** @returns undefined for a token that has expired where another one can be had for it */
function verify(found: FoundToken, examination: Examination): Soon<Token<object> | undefined> {
  const { attempt, requirement } = examination;
  let token: Soon<Token<object>>;
  try {
    token = coreOf(attempt.manager).authenticate(found.text, requirement.type);
  } catch (error) {
    return unlessExpired(error, examination);
  }
  if (!isPromiseLike(token)) return confirmed(token, found, attempt);
  return token.then(
    (late) => confirmed(late, found, attempt),
    (error: unknown) => unlessExpired(error, examination),
  );
}

function unlessExpired(error: unknown, examination: Examination): Token<object> | undefined {
  if (error instanceof TokenExpiredError && findCookie(examination)) return undefined;
  throw error;
}

function confirmed(token: Token<object>, { location }: FoundToken, attempt: Attempt): Soon<Token<object>> {
  attempt.token = token;
  const confirmation = confirm(location, attempt.request, token, attempt.manager);
  return confirmation ? confirmation.then(() => token) : token;
}

function proceed(presented: Token<object> | undefined, examination: Examination): Soon<Admission> {
  const { attempt, found } = examination;
  const { manager } = attempt;
  const { text, location } = found ?? {};
  const mayRefresh = canRefresh(examination) && (!presented || isDue(presented));
  if (!mayRefresh)
    return presented
      ? demandAll({ manager, token: presented, text, location }, examination)
      : withoutToken(examination);
  return refresh(presented, examination).then((refreshed) => {
    // A rotation has just shown that the session is alive.
    if (refreshed) return demandAll({ manager, ...refreshed, text, isAlive: true }, examination);
    return presented
      ? demandAll({ manager, token: presented, text, location }, examination)
      : withoutToken(examination);
  });
}

function withoutToken({ attempt, requirement, locations }: Examination): Admission {
  const { manager, earlier } = attempt;
  if (requirement.optional) return { manager, token: undefined, earlier };
  const [first, ...others] = locations;
  throw new TokenMissingError(
    first && others.length === 0 ? `Missing ${first.nameFor?.(requirement.type) ?? first.name}` : undefined,
  );
}

function canRefresh({ attempt, requirement, locations }: Examination): boolean {
  if (requirement.type !== 'access' || coreOf(attempt.manager).limits.rotationGrace === 0) return false;
  return locations.some(hasAutoRefresh);
}

function hasAutoRefresh({ autoRefresh: carrier }: TokenLocation): boolean {
  return carrier !== undefined;
}

/** Read only where it is needed: with a domain, a sibling host could add a second one to every request. */
function findCookie(examination: Examination): RefreshCookie | undefined {
  const { attempt, locations, found } = examination;
  return canRefresh(examination) ? refreshCookieOf(attempt.request, locations, found?.location) : undefined;
}

function refresh(
  access: Token<object> | undefined,
  examination: Examination,
): Promise<Refreshed | undefined> {
  const { attempt, requirement, found } = examination;
  const { request, manager } = attempt;
  const refreshAttempt = {
    request,
    manager,
    access,
    mayBeGuest: requirement.optional && !found,
    verified: (token: Token<object>) => (attempt.token = token),
    report: (error: unknown) => {
      const rejection = rejectionFor(error);
      if (rejection.status >= 500) report(rejection, attempt);
    },
  };
  return autoRefresh(refreshAttempt, () => findCookie(examination));
}

/** A token that is held against what the route requires. */
interface Candidate extends Presented {
  readonly identified: Identified;
  readonly examination: Examination;
}

function demandAll(identified: Identified, examination: Examination): Soon<Admission> {
  const { attempt, requirement, action } = examination;
  const { limits } = coreOf(attempt.manager);
  const { first, all } = requirement.demands;
  const candidate = { token: identified.token, action, limits, user: undefined, identified, examination };
  return after(meetDemands(first, candidate, all), demandAlive, candidate);
}

function demandAlive(candidate: Candidate): Soon<Admission> {
  const { token, identified, examination } = candidate;
  const { request, manager } = examination.attempt;
  const isSkipped = identified.isAlive === true || examination.requirement.skipRevocationCheck;
  const pending = isSkipped ? undefined : coreOf(manager).demandAlive(token, request, clientDetails);
  return after(pending, demandUser, candidate);
}

function demandUser(candidate: Candidate): Soon<Admission> {
  const { identified, examination, action } = candidate;
  const { manager, token, loadUser: loadedBy, user } = identified;
  const { loadUser } = examination.attempt;
  if (!loadUser) return demandLast(candidate);
  if (loadedBy === loadUser) return demandLast({ ...candidate, user });
  return userOf(loadUser, token, manager, action).then((loaded) =>
    demandLast({ ...candidate, user: loaded }),
  );
}

function demandLast(candidate: Candidate): Soon<Admission> {
  const { last, all } = candidate.examination.requirement.demands;
  return after(meetDemands(last, candidate, all), useTicket, candidate);
}

/** Middleware that let the request in has used the ticket already. */
function useTicket(candidate: Candidate): Soon<Admission> {
  const { token, identified, examination } = candidate;
  const isUnused = token.type === 'ticket' && !identified.isAlive;
  const pending = isUnused ? coreOf(examination.attempt.manager).tickets.use(token) : undefined;
  return after(pending, admissionFor, candidate);
}

function admissionFor({ identified, examination, user }: Candidate): Admission {
  const { manager, token, text, location } = identified;
  const { attempt, requirement } = examination;
  const isAlive = identified.isAlive === true || !requirement.skipRevocationCheck;
  return {
    manager,
    token,
    text,
    location,
    isAlive,
    loadUser: attempt.loadUser,
    user,
    earlier: attempt.earlier,
  };
}

function after(
  pending: void | Promise<void>,
  next: (candidate: Candidate) => Soon<Admission>,
  candidate: Candidate,
): Soon<Admission> {
  return pending ? pending.then(() => next(candidate)) : next(candidate);
}

/** @internal Makes a rejection of what was thrown, for the client to see, and tells the operators. */
export function reject(error: unknown, attempt: Attempt, form: RejectionForm): JwtError {
  const rejection = rejectionFor(error);
  const response = prepareRejection(rejection, attempt.request, form);
  // The error itself: a ConfigurationError is told to the client by another one.
  if (!isReported(error)) report(rejection, attempt);
  return response;
}

/** @internal Tells the operators whom and what was rejected. */
export function report(rejection: JwtError, { request, manager, token }: Attempt): void {
  const { method, ip } = request;
  coreOf(manager).report(rejection, token, { method, path: pathOf(request), ip });
}
