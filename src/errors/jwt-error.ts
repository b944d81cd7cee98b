import { HttpError } from './host';
import { startNotes } from './notes';
import { responseHeaders, type Challenge } from './response-headers';

/**
 * The stable code of a rejection, in every body and on every error.
 *
 * @example
 * ```ts
 * const code: JwtErrorCode = 'ERR_JWT_EXPIRED';
 * ```
 */
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
  | 'ERR_JWT_CREDENTIALS'
  | 'ERR_JWT_THROTTLED'
  | 'ERR_JWT_STORE'
  | 'ERR_JWT_HOOK'
  | 'ERR_JWT_ISSUER'
  | 'ERR_JWT_CONFIGURATION';

/**
 * The base of everything this library throws. `instanceof JwtError` and {@link JwtError.code} tell the cases apart.
 *
 * It carries what both error modes of the host read: `httpCode` and `toJSON()` for its default handler, `status`,
 * `expose` and `headers` for Koa. A rejection has no stack: it is no fault, it must be cheap under a flood of bad
 * requests, and there is nothing to leak.
 *
 * @example
 * ```ts
 * app.use(async (ctx, next) => {
 *   try {
 *     await next();
 *   } catch (error) {
 *     if (error instanceof JwtError) logger.info(error.code);
 *     throw error;
 *   }
 * });
 * ```
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
  /** When another try makes sense, in seconds, where that is known. */
  declare readonly retryAfter: number | undefined;

  protected constructor(
    status: number,
    code: JwtErrorCode,
    message: string,
    challenge?: Challenge,
    retryAfter?: number,
  ) {
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
      headers: {
        value: responseHeaders(status, message, challenge, undefined, undefined, retryAfter),
        writable: true,
        configurable: true,
      },
      retryAfter: { value: retryAfter, writable: true, configurable: true },
      challenge: { value: challenge, writable: true, configurable: true },
    });
    this.code = code;
    this.status = status;
    this.expose = status < 500;
    startNotes(this);
  }

  /** The body of the response: a fixed message and the code, or what `formatError` returned for the request. */
  toJSON(): object {
    return { msg: this.message, code: this.code };
  }
}

/**
 * Stops the capture of stacks, which takes most of the time that an error takes. An assignment would throw
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
