import { JwtError } from './jwt-error';

/**
 * The credentials of a login are wrong: the user is unknown, or the password is wrong.
 *
 * @example
 * ```ts
 * if (!(await users.verify(username, password))) throw new BadCredentialsError();
 * ```
 */
export class BadCredentialsError extends JwtError {
  constructor() {
    super(401, 'ERR_JWT_CREDENTIALS', 'Bad username or password');
  }
}

/**
 * Too many logins have failed, see `createTokenController`. `Retry-After` is the time to wait.
 *
 * @example
 * ```ts
 * throw new TooManyAttemptsError(900);
 * ```
 */
export class TooManyAttemptsError extends JwtError {
  /** @param retryAfter when the next attempt is allowed, in seconds */
  constructor(retryAfter: number) {
    super(429, 'ERR_JWT_THROTTLED', 'Too many attempts', undefined, retryAfter);
  }
}
