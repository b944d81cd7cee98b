import {
  withReason,
  InvalidRequestError,
  RefreshReusedError,
  TokenExpiredError,
  TokenInvalidError,
  TokenRevokedError,
  WrongTokenTypeError,
} from '../errors/errors';
import { isUpgrade } from '../http/cookies/csrf';
import type { TokenCarrier, TokenLocation } from '../http/locations/token-location';
import { clientDetails } from '../http/request/client-details';
import type { HttpRequest } from '../http/request/http-request';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';
import type { Token } from '../token/token';
import { clearAtLogout } from './clear-at-logout';
import { confirm } from './confirm';

/** An access token is refreshed in its last minute, or in the second half of its life if that is shorter; seconds. */
const dueWithin = 60;

/** A refresh token that may be used within a request. */
export interface RefreshCookie {
  readonly location: TokenLocation;
  readonly carrier: TokenCarrier;
  readonly text: string;
}

/** The new access token, and where the refresh token came. */
export interface Refreshed {
  readonly token: Token<object>;
  readonly location: TokenLocation;
}

/** What is known of a request whose access token is to be refreshed. */
export interface RefreshAttempt {
  readonly request: HttpRequest;
  readonly manager: JwtManager<object>;
  /** The one that is still valid. */
  readonly access: Token<object> | undefined;
  /** Whether the request may go on without any token. */
  readonly mayBeGuest: boolean;
  /** Told of each token as soon as it is verified, for reports. */
  readonly verified: (token: Token<object>) => void;
  /** Told of an error that does not reject the request. */
  readonly report: (error: unknown) => void;
}

/**
 * The refresh token that comes with a request, where its cookies refresh themselves: on routes for access tokens, unless
 * the access token came in another place. Never at an upgrade, which has no response to set cookies on.
 *
 * @throws InvalidRequestError (`ERR_JWT_REQUEST`) when there are two
 */
export function refreshCookieOf(
  request: HttpRequest,
  locations: readonly TokenLocation[],
  accessLocation: TokenLocation | undefined,
): RefreshCookie | undefined {
  if (isUpgrade(request)) return undefined;
  const found = locations.flatMap((location): RefreshCookie[] => {
    const { autoRefresh: carrier } = location;
    if (!carrier?.mayRefresh(request) || (accessLocation !== undefined && accessLocation !== location))
      return [];
    const text = location.read(request, 'refresh');
    return text === undefined ? [] : [{ location, carrier, text }];
  });
  if (found.length > 1)
    throw withReason(new InvalidRequestError('More than one token in the request'), 'two tokens');
  return found[0];
}

/** Whether it is time to refresh an access token that is still valid. */
export function isDue(token: Token<object>): boolean {
  const { iat, exp } = token.verifiedClaims();
  return token.secondsLeft() < Math.min(dueWithin, (exp - iat) / 2);
}

/**
 * Refreshes within the request: a rotation as `jwtManager.refresh` does it, with the new cookies in the response.
 *
 * @returns the new access token; undefined where the request goes on with what it has
 * @throws all that a refresh throws, CsrfError first
 */
export async function autoRefresh(
  attempt: RefreshAttempt,
  findCookie: () => RefreshCookie | undefined,
): Promise<Refreshed | undefined> {
  try {
    const cookie = findCookie();
    return cookie && (await rotate(attempt, cookie));
  } catch (error) {
    if (attempt.access) {
      // The access token is valid for some seconds more: only what also ends its session rejects the request.
      if (error instanceof TokenRevokedError || error instanceof RefreshReusedError) throw error;
      attempt.verified(attempt.access);
      attempt.report(error);
      return undefined;
    }
    if (attempt.mayBeGuest && isDead(error)) return undefined;
    throw error;
  }
}

async function rotate(
  { request, manager, access, verified }: RefreshAttempt,
  { location, carrier, text }: RefreshCookie,
): Promise<Refreshed | undefined> {
  const refresh = await coreOf(manager).authenticate(text, 'refresh');
  if (access && access.sessionId !== refresh.sessionId) return undefined;
  verified(refresh);
  await confirm(location, request, refresh, manager);
  const clearIfRevoked = clearAtLogout(manager, refresh, request, carrier);
  const pair = await coreOf(manager).rotate(refresh, clientDetails(request));
  carrier.set(request, pair);
  clearIfRevoked();
  const token = await coreOf(manager).authenticate(pair.access_token, 'access');
  verified(token);
  return { token, location };
}

/** Whether a refresh token is useless, and its owner a guest; one that was used before may have been stolen. */
function isDead(error: unknown): boolean {
  return [TokenInvalidError, TokenExpiredError, TokenRevokedError, WrongTokenTypeError].some(
    (kind) => error instanceof kind,
  );
}
