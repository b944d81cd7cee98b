import { isReported, TokenExpiredError, TokenMissingError, type JwtError } from '../errors/errors';
import { prepareRejection, type RejectionForm } from '../http/answer/rejection';
import type { HttpRequest } from '../http/request/http-request';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import type { Token } from '../token/token';
import { isPromiseLike, type Soon } from '../util/promises';
import type { Admission } from './admission';
import type { Attempt } from './attempt';
import { autoRefresh, isDue, refreshCookieOf, type Refreshed, type RefreshCookie } from './auto-refresh';
import { confirm } from './confirm';
import { findToken, type FoundToken } from './find-token';
import { judge } from './judge';
import { rejectionFor } from './rejection-for';
import { pathOf } from './request-path';

/**
 * @internal Finds the token of a request, verifies it and holds it against what is required: at once, unless there is
 * something to wait for.
 */
export function authenticate(attempt: Attempt): void | Promise<void> {
  const { request, gate, earlier } = attempt;
  const whole = gate.header?.whole(request);
  const known = whole === undefined || earlier ? undefined : recognize(whole, attempt);
  if (known) return proceed(known, attempt);
  const found = findToken(request, gate.locations, gate.requirement.type);
  attempt.text = found?.text;
  attempt.location = found?.location;
  if (earlier && recall(earlier, attempt)) return judge(attempt);
  const token = found && verify(found, attempt, whole);
  if (isPromiseLike(token)) return token.then((late) => proceed(late, attempt));
  return proceed(token, attempt);
}

/** The token of a header that was seen before. */
function recognize(whole: string, attempt: Attempt): Token<object> | undefined {
  const { core, header, requirement } = attempt.gate;
  const known = core.verifier.known(whole, requirement.type, header?.lead, attempt);
  if (!known) return undefined;
  attempt.text = known.raw;
  attempt.location = header;
  return known;
}

/** Takes over what middleware knows of the token that the request has in these locations. */
function recall(earlier: Admission, attempt: Attempt): boolean {
  const { gate, text, location: place } = attempt;
  const { type } = gate.requirement;
  for (let known: Admission | undefined = earlier; known; known = known.earlier) {
    const { manager, token, location } = known;
    if (!token || manager !== attempt.manager || text !== known.text || !location) continue;
    const isThere = place ? location === place : gate.locations.includes(location);
    if (!isThere || (type !== 'any' && type !== token.type)) continue;
    Object.assign(attempt, { token, text, location, before: known, isAlive: known.isAlive === true });
    return true;
  }
  return false;
}

/** @returns undefined for a token that has expired where another one can be had for it */
function verify(
  found: FoundToken,
  attempt: Attempt,
  whole: string | undefined,
): Soon<Token<object> | undefined> {
  const { core, requirement } = attempt.gate;
  let token: Soon<Token<object>>;
  try {
    token = core.authenticate(found.text, requirement.type, whole);
  } catch (error) {
    return unlessExpired(error, attempt);
  }
  if (!isPromiseLike(token)) return confirmed(token, found, attempt);
  return token.then(
    (late) => confirmed(late, found, attempt),
    (error: unknown) => unlessExpired(error, attempt),
  );
}

function unlessExpired(error: unknown, attempt: Attempt): Token<object> | undefined {
  if (error instanceof TokenExpiredError && findCookie(attempt)) return undefined;
  throw error;
}

function confirmed(token: Token<object>, { location }: FoundToken, attempt: Attempt): Soon<Token<object>> {
  attempt.token = token;
  const confirmation = location.confirm && confirm(location, attempt.request, token, attempt.manager);
  return confirmation ? confirmation.then(() => token) : token;
}

function proceed(presented: Token<object> | undefined, attempt: Attempt): void | Promise<void> {
  if (!attempt.gate.canRefresh || (presented && !isDue(presented))) return goOn(presented, attempt);
  return refresh(presented, attempt).then((refreshed) => {
    attempt.now = undefined;
    if (!refreshed) return goOn(presented, attempt);
    // A rotation has just shown that the session is alive.
    Object.assign(attempt, { ...refreshed, isAlive: true });
    return judge(attempt);
  });
}

function goOn(presented: Token<object> | undefined, attempt: Attempt): void | Promise<void> {
  attempt.token = presented;
  if (presented) return judge(attempt);
  const { requirement, locations } = attempt.gate;
  if (requirement.optional) return undefined;
  const [first, ...others] = locations;
  throw new TokenMissingError(
    first && others.length === 0 ? `Missing ${first.nameFor?.(requirement.type) ?? first.name}` : undefined,
  );
}

/** Read only where it is needed: with a domain, a sibling host could add a second one to every request. */
function findCookie({ gate, request, location }: Attempt): RefreshCookie | undefined {
  return gate.canRefresh ? refreshCookieOf(request, gate.locations, location) : undefined;
}

function refresh(access: Token<object> | undefined, attempt: Attempt): Promise<Refreshed | undefined> {
  const { request, manager, gate, text } = attempt;
  const refreshAttempt = {
    request,
    manager,
    access,
    mayBeGuest: gate.requirement.optional && text === undefined,
    verified: (token: Token<object>) => (attempt.token = token),
    report: (error: unknown) => {
      const rejection = rejectionFor(error);
      if (rejection.status >= 500) report(rejection, attempt);
    },
  };
  return autoRefresh(refreshAttempt, () => findCookie(attempt));
}

/** @internal What operators are told of a rejected request. */
export interface Rejected {
  readonly request: HttpRequest;
  readonly manager: JwtManager<object>;
  readonly token?: Token<object> | undefined;
}

/** @internal Makes a rejection of what was thrown, for the client to see, and tells the operators. */
export function reject(error: unknown, rejected: Rejected, form: RejectionForm): JwtError {
  const rejection = rejectionFor(error);
  const response = prepareRejection(rejection, rejected.request, form);
  // The error itself: a ConfigurationError is told to the client by another one.
  if (!isReported(error)) report(rejection, rejected);
  return response;
}

/** @internal Tells the operators whom and what was rejected. */
export function report(rejection: JwtError, { request, manager, token }: Rejected): void {
  const { method, ip } = request;
  coreOf(manager).report(rejection, token, { method, path: pathOf(request), ip });
}
