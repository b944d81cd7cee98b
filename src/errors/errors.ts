import { HttpError } from './host';
import { responseHeaders, type Challenge } from './response-headers';

/** The stable code of a refusal, in every body and on every error. */
export type JwtErrorCode =
  | 'ERR_JWT_MISSING'
  | 'ERR_JWT_REQUEST'
  | 'ERR_JWT_INVALID'
  | 'ERR_JWT_EXPIRED'
  | 'ERR_JWT_TYPE'
  | 'ERR_JWT_REVOKED'
  | 'ERR_JWT_REFRESH_REUSED'
  | 'ERR_JWT_NOT_FRESH'
  | 'ERR_JWT_DENIED'
  | 'ERR_JWT_CSRF'
  | 'ERR_JWT_STORE'
  | 'ERR_JWT_HOOK'
  | 'ERR_JWT_CONFIGURATION';

/** Why a request was refused, for operators: never part of a response. */
export interface RejectionReason {
  readonly reason: string;
  readonly cause?: unknown;
}

/** Whose token was refused. */
export interface TokenOwner {
  readonly identity?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly sessionId?: string | undefined;
}

const reasons = new WeakMap<JwtError, RejectionReason & TokenOwner>();

/**
 * The base of everything this library throws. `instanceof JwtError` and {@link JwtError.code} tell the cases apart.
 *
 * It carries what both error modes of the host read: `httpCode` and `toJSON()` for its default handler, `status`,
 * `expose` and `headers` for Koa. A refusal has no stack: it is no fault, it must be cheap under a flood of bad
 * requests, and there is nothing to leak.
 */
export abstract class JwtError extends HttpError {
  /** The stable code, for programs. */
  readonly code: JwtErrorCode;
  /** The HTTP status, as Koa reads it. */
  status: number;
  /** Whether Koa may show the message to the client. */
  expose: boolean;
  /** The headers that belong to the answer; not enumerable, so that nothing prints them into a body. @see RFC 6750, section 3 */
  declare headers: Record<string, string>;
  /** What `WWW-Authenticate` says, where the answer has one. */
  declare readonly challenge: Challenge | undefined;

  protected constructor(status: number, code: JwtErrorCode, message: string, challenge?: Challenge) {
    const showStacks = hideStacks();
    super(status);
    showStacks();
    Object.setPrototypeOf(this, new.target.prototype);
    // Deleted, not emptied: the host prints `stack` into a text answer while it is there.
    delete this.stack;
    Object.defineProperties(this, {
      // Not assigned: a frozen `Error.prototype` does not allow it.
      message: { value: message, writable: true, configurable: true, enumerable: true },
      name: { value: new.target.name, writable: true, configurable: true },
      headers: { value: responseHeaders(status, message, challenge), writable: true, configurable: true },
      challenge: { value: challenge, writable: true, configurable: true },
    });
    this.code = code;
    this.status = status;
    this.expose = status < 500;
  }

  /** The body of the response: a fixed message and the code, or what `formatError` returned for the request. */
  toJSON(): object {
    return { msg: this.message, code: this.code };
  }
}

/**
 * @internal Stops the capture of stacks, which takes most of the time that an error takes. An assignment would throw
 * where `Error` is frozen or the limit is read-only: stacks are captured there.
 *
 * @returns a function that undoes it
 */
export function hideStacks(): () => void {
  const limit = Error.stackTraceLimit;
  const isHidden = Reflect.set(Error, 'stackTraceLimit', 0);
  return () => {
    if (isHidden) Error.stackTraceLimit = limit;
  };
}

/** No token came with the request (RFC 6750, section 3.1: the challenge says nothing more). */
export class TokenMissingError extends JwtError {
  constructor(message = 'Missing token') {
    super(401, 'ERR_JWT_MISSING', message);
  }
}

/** The request is malformed: two credentials, a header that cannot be read, a refresh without a token (RFC 6750, section 2). */
export class InvalidRequestError extends JwtError {
  constructor(message = 'Malformed authorization') {
    super(400, 'ERR_JWT_REQUEST', message, { error: 'invalid_request' });
  }
}

/** The token is not one of ours, or not for here: bad signature, algorithm, key, format, claim. */
export class TokenInvalidError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_INVALID', 'Token is invalid', { error: 'invalid_token' });
  }
}

/** The token was good and is over; said only after its signature held. */
export class TokenExpiredError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_EXPIRED', 'Token has expired', { error: 'invalid_token' });
  }
}

/** A refresh token where an access token belongs, or the other way round. */
export class WrongTokenTypeError extends JwtError {
  constructor(expected: 'access' | 'refresh') {
    super(401, 'ERR_JWT_TYPE', `Only ${expected} tokens are allowed`, { error: 'invalid_token' });
  }
}

/** The token, its session or all tokens of its identity were revoked, or the session is unknown. */
export class TokenRevokedError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_REVOKED', 'Token has been revoked', { error: 'invalid_token' });
  }
}

/** A refresh token came a second time: its session is now revoked (RFC 9700, section 4.14.2). */
export class RefreshReusedError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_REFRESH_REUSED', 'Refresh token has been used before', { error: 'invalid_token' });
  }
}

/** The login is too long ago for this route (RFC 9470). */
export class FreshTokenRequiredError extends JwtError {
  constructor(maxAge: number) {
    super(401, 'ERR_JWT_NOT_FRESH', 'Fresh token required', {
      error: 'insufficient_user_authentication',
      maxAge,
    });
  }
}

/** A role, a scope or the route's own `check` says no. */
export class PermissionDeniedError extends JwtError {
  constructor(scope?: string) {
    super(403, 'ERR_JWT_DENIED', 'Permission denied', {
      error: 'insufficient_scope',
      ...(scope === undefined ? {} : { scope }),
    });
  }
}

/** A cookie came without the proof that our own page sent it. */
export class CsrfError extends JwtError {
  constructor() {
    super(403, 'ERR_JWT_CSRF', 'CSRF check failed');
  }
}

/** The token store did not answer, or answered nonsense: nothing is let in. */
export class StoreUnavailableError extends JwtError {
  constructor() {
    super(503, 'ERR_JWT_STORE', 'Token store is unavailable');
  }
}

/** A function of the application's (`loadUser`, `claimsFor`, a location) threw or hung. */
export class HookFailedError extends JwtError {
  constructor() {
    super(503, 'ERR_JWT_HOOK', 'Authentication is unavailable');
  }
}

const misconfigured = 'Server configuration error';

/**
 * The library is used wrongly: an option, a requirement, a key, an argument of an issuing call.
 * The message says what to do and is for developers; a client sees a fixed sentence. It alone has a stack.
 */
export class ConfigurationError extends JwtError {
  constructor(message: string) {
    super(500, 'ERR_JWT_CONFIGURATION', message);
    Error.captureStackTrace(this, new.target);
  }

  override toJSON(): object {
    return { msg: misconfigured, code: this.code };
  }
}

/**
 * @internal The same as a client may see it: the fixed sentence, also where the host shows the message, and no stack,
 * which it would show as well. Operators find the original as the cause.
 */
export function withoutDetails(original: ConfigurationError): ConfigurationError {
  const error = new ConfigurationError(misconfigured);
  delete error.stack;
  Object.defineProperties(error, {
    cause: { value: original, writable: true, configurable: true },
    // Koa logs this where there is no stack.
    toString: { value: () => String(original), writable: true, configurable: true },
  });
  return because(error, original.message, original);
}

/** @internal Notes for operators why an error was thrown; returns the error, to be thrown. */
export function because<E extends JwtError>(error: E, reason: string, cause?: unknown): E {
  reasons.set(error, cause === undefined ? { reason } : { reason, cause });
  return error;
}

/** @internal Notes for operators whose token it was that an error refuses; returns the error, to be thrown. */
export function ofOwner<E extends JwtError>(error: E, owner: TokenOwner): E {
  reasons.set(error, { ...reasonFor(error), ...owner });
  return error;
}

const reported = new WeakSet<JwtError>();

/** @internal Notes that the manager has told operators of an error, before it reaches whoever answers the request. */
export function markReported(error: JwtError): JwtError {
  reported.add(error);
  return error;
}

/** @internal Whether {@link markReported} noted it. */
export function isReported(error: unknown): boolean {
  return reported.has(error as JwtError);
}

/** @internal What {@link because} and {@link ofOwner} noted. */
export function reasonFor(error: JwtError): RejectionReason & TokenOwner {
  return reasons.get(error) ?? { reason: error.message };
}

/** @internal Copies what {@link because}, {@link ofOwner} and {@link markReported} noted to a copy of the error. */
export function copyNotes(error: JwtError, copy: JwtError): void {
  reasons.set(copy, reasonFor(error));
  if (isReported(error)) markReported(copy);
}
