import { JwtError } from './jwt-error';

export { ConfigurationError } from './configuration-error';
export { hideStacks, JwtError, type JwtErrorCode } from './jwt-error';
export {
  withReason,
  copyNotes,
  isReported,
  markReported,
  originalOf,
  withOwner,
  reasonFor,
  type TokenOwner,
} from './notes';

/**
 * The request has no token (RFC 6750, section 3.1: the challenge has no `error`).
 *
 * @example
 * ```ts
 * jwtManager.on('rejected', ({ code }) => metrics.increment(code)); // 'ERR_JWT_MISSING'
 * ```
 */
export class TokenMissingError extends JwtError {
  constructor(message = 'Missing token') {
    super(401, 'ERR_JWT_MISSING', message);
  }
}

/**
 * The request is malformed: two tokens, a header that cannot be read, a refresh without a token (RFC 6750, section 2).
 *
 * @example
 * ```ts
 * class TenantToken implements TokenLocation {
 *   readonly name = 'X-Tenant Header';
 *
 *   read({ headers }: HttpRequest): string | undefined {
 *     if (headers['x-tenant'] === '') throw new InvalidRequestError();
 *     return headers['x-tenant']?.toString();
 *   }
 * }
 * ```
 */
export class InvalidRequestError extends JwtError {
  constructor(message = 'Malformed authorization') {
    super(400, 'ERR_JWT_REQUEST', message, { error: 'invalid_request' });
  }
}

/**
 * The token is not valid here: its signature, algorithm, key, format or one of its claims is wrong.
 *
 * @example
 * ```ts
 * await jwtManager.verify('anything'); // rejects with TokenInvalidError
 * ```
 */
export class TokenInvalidError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_INVALID', 'Token is invalid', { error: 'invalid_token' });
  }
}

/**
 * The token has expired. Reported only after the signature has been verified.
 *
 * @example
 * ```ts
 * try {
 *   return await jwtManager.verify(text);
 * } catch (error) {
 *   if (error instanceof TokenExpiredError) return undefined;
 *   throw error;
 * }
 * ```
 */
export class TokenExpiredError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_EXPIRED', 'Token has expired', { error: 'invalid_token' });
  }
}

const wrongTypeMessages = {
  access: 'Only access tokens are allowed',
  refresh: 'Only refresh tokens are allowed',
  ticket: 'Only tickets are allowed',
  any: 'Tickets are not allowed',
} as const;

/**
 * A token of another type was sent: a refresh token or a ticket where an access token is required, or vice versa.
 *
 * @example
 * ```ts
 * await jwtManager.verify(pair.refresh_token); // rejects with WrongTokenTypeError: only access tokens are allowed
 * ```
 */
export class WrongTokenTypeError extends JwtError {
  constructor(expected: 'access' | 'refresh' | 'ticket' | 'any') {
    super(401, 'ERR_JWT_TYPE', wrongTypeMessages[expected], { error: 'invalid_token' });
  }
}

/**
 * The token, its session or all tokens of its identity were revoked, the session is unknown, or the ticket was used.
 *
 * @example
 * ```ts
 * await jwtManager.revoke(text);
 * await jwtManager.verify(text); // rejects with TokenRevokedError
 * ```
 */
export class TokenRevokedError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_REVOKED', 'Token has been revoked', { error: 'invalid_token' });
  }
}

/**
 * A refresh token was used a second time. Its session is now revoked (RFC 9700, section 4.14.2).
 *
 * @example
 * ```ts
 * try {
 *   return await jwtManager.refresh(text);
 * } catch (error) {
 *   if (error instanceof RefreshReusedError) tokenCookies.clear(ctx);
 *   throw error;
 * }
 * ```
 */
export class RefreshReusedError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_REFRESH_REUSED', 'Refresh token has been used before', { error: 'invalid_token' });
  }
}

/**
 * The login is too long ago for this route, or was not strong enough (RFC 9470).
 *
 * @example
 * ```ts
 * throw new FreshTokenRequiredError(300); // the client asks for the password again
 * ```
 */
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

/**
 * The token lacks a role or scope, or the `check` of the route rejected it.
 *
 * @example
 * ```ts
 * if (token.identity !== order.owner) throw new PermissionDeniedError();
 * ```
 */
export class PermissionDeniedError extends JwtError {
  constructor(scope?: string) {
    super(403, 'ERR_JWT_DENIED', 'Permission denied', {
      error: 'insufficient_scope',
      ...(scope === undefined ? {} : { scope }),
    });
  }
}

/**
 * A cookie came without proof that a page of yours sent the request.
 *
 * @example
 * ```ts
 * class SignedHeader extends BearerHeader {
 *   confirm({ headers }: HttpRequest): void {
 *     if (!headers['x-signature']) throw new CsrfError();
 *   }
 * }
 * ```
 */
export class CsrfError extends JwtError {
  constructor() {
    super(403, 'ERR_JWT_CSRF', 'CSRF check failed');
  }
}

/**
 * The token store failed or returned something invalid. No request is let through.
 *
 * @example
 * ```ts
 * jwtManager.on('rejected', ({ code, cause }) => {
 *   if (code === 'ERR_JWT_STORE') logger.error(cause);
 * });
 * ```
 */
export class StoreUnavailableError extends JwtError {
  constructor() {
    super(503, 'ERR_JWT_STORE', 'Token store is unavailable');
  }
}

/**
 * The keys of a trusted issuer cannot be fetched. No request with one of its tokens is let through.
 *
 * @example
 * ```ts
 * jwtManager.on('rejected', ({ code, reason }) => {
 *   if (code === 'ERR_JWT_ISSUER') logger.error(reason);
 * });
 * ```
 */
export class IssuerUnavailableError extends JwtError {
  constructor() {
    super(503, 'ERR_JWT_ISSUER', 'Token issuer is unavailable');
  }
}

/**
 * A function of yours (`currentUserChecker`, `claimsFor`, a location) threw or took too long.
 *
 * @example
 * ```ts
 * jwtManager.on('rejected', ({ code, cause }) => {
 *   if (code === 'ERR_JWT_HOOK') logger.error(cause);
 * });
 * ```
 */
export class HookFailedError extends JwtError {
  constructor() {
    super(503, 'ERR_JWT_HOOK', 'Authentication is unavailable');
  }
}
