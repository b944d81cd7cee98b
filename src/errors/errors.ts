import { JwtError } from './jwt-error';
import { because } from './notes';

export { hideStacks, JwtError, type JwtErrorCode } from './jwt-error';
export { because, copyNotes, isReported, markReported, ofOwner, reasonFor, type TokenOwner } from './notes';

/** The request has no token (RFC 6750, section 3.1: the challenge has no `error`). */
export class TokenMissingError extends JwtError {
  constructor(message = 'Missing token') {
    super(401, 'ERR_JWT_MISSING', message);
  }
}

/** The request is malformed: two tokens, a header that cannot be read, a refresh without a token (RFC 6750, section 2). */
export class InvalidRequestError extends JwtError {
  constructor(message = 'Malformed authorization') {
    super(400, 'ERR_JWT_REQUEST', message, { error: 'invalid_request' });
  }
}

/** The token is not valid here: its signature, algorithm, key, format or one of its claims is wrong. */
export class TokenInvalidError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_INVALID', 'Token is invalid', { error: 'invalid_token' });
  }
}

/** The token has expired. Reported only after the signature has been verified. */
export class TokenExpiredError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_EXPIRED', 'Token has expired', { error: 'invalid_token' });
  }
}

/** A refresh token was sent where an access token is required, or vice versa. */
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

/** A refresh token was used a second time. Its session is now revoked (RFC 9700, section 4.14.2). */
export class RefreshReusedError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_REFRESH_REUSED', 'Refresh token has been used before', { error: 'invalid_token' });
  }
}

/** The login is too long ago for this route, or was not strong enough (RFC 9470). */
export class FreshTokenRequiredError extends JwtError {
  /**
   * @param maxAge how old the login may be, in seconds
   * @param acrValues the `acr` values of which a login must have one, space-separated
   */
  constructor(maxAge?: number, acrValues?: string) {
    super(401, 'ERR_JWT_NOT_FRESH', 'Fresh token required', {
      error: 'insufficient_user_authentication',
      ...(maxAge !== undefined && { maxAge }),
      ...(acrValues !== undefined && { acrValues }),
    });
  }
}

/** The token lacks a role or scope, or the `check` of the route rejected it. */
export class PermissionDeniedError extends JwtError {
  constructor(scope?: string) {
    super(403, 'ERR_JWT_DENIED', 'Permission denied', {
      error: 'insufficient_scope',
      ...(scope === undefined ? {} : { scope }),
    });
  }
}

/** A cookie came without proof that a page of yours sent the request. */
export class CsrfError extends JwtError {
  constructor() {
    super(403, 'ERR_JWT_CSRF', 'CSRF check failed');
  }
}

/** The token store failed or returned something invalid. No request is let through. */
export class StoreUnavailableError extends JwtError {
  constructor() {
    super(503, 'ERR_JWT_STORE', 'Token store is unavailable');
  }
}

/** The keys of a trusted issuer cannot be fetched. No request with one of its tokens is let through. */
export class IssuerUnavailableError extends JwtError {
  constructor() {
    super(503, 'ERR_JWT_ISSUER', 'Token issuer is unavailable');
  }
}

/** A function of yours (`currentUserChecker`, `claimsFor`, a location) threw or took too long. */
export class HookFailedError extends JwtError {
  constructor() {
    super(503, 'ERR_JWT_HOOK', 'Authentication is unavailable');
  }
}

const misconfigured = 'Server configuration error';

/**
 * The library is used in a wrong way: an option, a requirement, a key, an argument of an issuing call. The message says
 * what to do and is for developers. A client gets a fixed message. This is the only error with a stack.
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
