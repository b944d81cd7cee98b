import { ConfigurationError } from '../../errors/errors';
import { isHttpToken } from '../http-token';
import type { TokenLocation } from './token-location';

/** @throws {@link ConfigurationError} when they are no locations, or none */
export function checkLocations(locations: unknown): asserts locations is readonly TokenLocation[] {
  const isList = Array.isArray(locations) && locations.length > 0;
  if (isList && locations.every((location: unknown) => isLocation(location))) return;
  throw new ConfigurationError(
    'locations must be a non-empty list of places, with name and read, such as new BearerHeader()',
  );
}

function isLocation(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, vary, read, confirm, describe } = value as Partial<Record<keyof TokenLocation, unknown>>;
  const isNamed = typeof name === 'string' && name !== '' && (vary === undefined || isHttpToken(vary));
  const isComplete = [confirm, describe].every(
    (member) => member === undefined || typeof member === 'function',
  );
  return isNamed && typeof read === 'function' && isComplete;
}
