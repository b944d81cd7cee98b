import { JwtError } from './jwt-error';
import { withReason } from './notes';

const misconfigured = 'Server configuration error';

/**
 * The library is used in a wrong way: an option, a requirement, a key, an argument of an issuing call. The message says
 * what to do and is for developers. A client gets a fixed message. This is the only error with a stack.
 *
 * @example
 * ```ts
 * new JwtManager({ secret: 'too short' }); // throws ConfigurationError
 * ```
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
  return withReason(error, original.message, original);
}
