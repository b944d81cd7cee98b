import { ConfigurationError, withoutDetails } from '../errors/configuration-error';
import { HookFailedError, JwtError, withReason } from '../errors/errors';

/** What the client is told. What is wrong with the server, it is not. */
export function rejectionFor(error: unknown): JwtError {
  if (error instanceof ConfigurationError) return withoutDetails(error);
  if (error instanceof JwtError) return error;
  return withReason(new HookFailedError(), 'unexpected error', error);
}
