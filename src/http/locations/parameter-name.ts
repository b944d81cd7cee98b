import { withReason, ConfigurationError, InvalidRequestError } from '../../errors/errors';

/** @throws {@link ConfigurationError} when it cannot name a parameter */
export function parameterName(name: unknown, what: string): string {
  if (typeof name !== 'string' || name === '')
    throw new ConfigurationError(`${what} must be the name of a parameter, such as 'access_token'`);
  return name;
}

/**
 * What a parameter says, which must be one text.
 *
 * @throws InvalidRequestError (`ERR_JWT_REQUEST`) when it is empty, or no text at all
 */
export function onlyText(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw malformedParameter('no text in the parameter');
  return value;
}

/** The rejection of a parameter that cannot be read; it does not say what stands there. */
export function malformedParameter(reason: string): InvalidRequestError {
  return withReason(new InvalidRequestError('Malformed token parameter'), reason);
}
