import type { SessionRevokedEvent } from '../manager/events';
import { beforeSending } from '../http/answer/before-sending';
import type { TokenCarrier } from '../http/locations/token-location';
import type { HttpRequest } from '../http/request/http-request';
import type { JwtManager } from '../manager/jwt-manager';
import type { Token } from '../token/token';

/** A response that is to carry the cookies of a refresh and has not been sent. */
interface OpenResponse {
  readonly token: Token<object>;
  readonly clear: () => void;
}

const openResponses = new WeakMap<JwtManager<object>, Set<OpenResponse>>();

/**
 * Removes the cookies again that a refresh puts into a response, if the session is revoked before it is sent.
 *
 * @returns to be called once the cookies are in the response: the session may have been revoked before
 */
export function clearAtLogout(
  manager: JwtManager<object>,
  token: Token<object>,
  request: HttpRequest,
  carrier: TokenCarrier,
): () => void {
  const open = openResponsesOf(manager);
  let isRevoked = false;
  const clearIfRevoked = () => {
    if (isRevoked) carrier.retract(request, token.sessionId);
  };
  const response: OpenResponse = {
    token,
    clear: () => {
      isRevoked = true;
      clearIfRevoked();
    },
  };
  const forget = () => void open.delete(response);
  open.add(response);
  beforeSending(request.res, { adjust: forget });
  // Where the client has gone before anything was sent.
  request.res.once('close', forget);
  return clearIfRevoked;
}

function openResponsesOf(manager: JwtManager<object>): Set<OpenResponse> {
  const known = openResponses.get(manager);
  if (known) return known;
  const open = new Set<OpenResponse>();
  openResponses.set(manager, open);
  manager.on('sessionRevoked', (event) => {
    for (const { token, clear } of open) if (isAbout(event, token)) clear();
  });
  return open;
}

function isAbout(event: SessionRevokedEvent, { identity, sessionId }: Token<object>): boolean {
  if (event.sessionId !== undefined) return event.sessionId === sessionId;
  return event.identity === identity && event.exceptSessionId !== sessionId;
}
