import type { ResolvedRequirement } from '../authentication/requirement';
import type { KnownChecker } from '../controllers/host/known-checkers';
import type { JwtErrorCode } from '../errors/errors';
import type { Part, SecurityAlternatives } from './document';

const schemaName = 'JwtError';

const codes: readonly JwtErrorCode[] = [
  'ERR_JWT_MISSING',
  'ERR_JWT_INVALID',
  'ERR_JWT_EXPIRED',
  'ERR_JWT_TYPE',
  'ERR_JWT_REVOKED',
  'ERR_JWT_REFRESH_REUSED',
  'ERR_JWT_NOT_FRESH',
  'ERR_JWT_DENIED',
  'ERR_JWT_CSRF',
  'ERR_JWT_CREDENTIALS',
  'ERR_JWT_THROTTLED',
];

/** The schema of the bodies of errors, by its name. */
export function errorSchemas({ errorMessageKey, hasOwnErrors }: KnownChecker): Part {
  if (hasOwnErrors) return { [schemaName]: { type: 'object', description: 'An error.' } };
  const properties = {
    [errorMessageKey]: { type: 'string', description: 'What is wrong, for developers.' },
    code: { type: 'string', enum: codes, description: 'Identifies the error.' },
  };
  return { [schemaName]: { type: 'object', required: [errorMessageKey, 'code'], properties } };
}

/** The responses of a protected operation to a request that it rejects. */
export function errorResponses(
  { demands }: ResolvedRequirement,
  security: SecurityAlternatives | undefined,
  isJson: boolean,
): Part {
  const needsPermission = demands.all.some(({ demand }) => demand.stepUp === undefined);
  const needsCsrf = security?.some((schemes) =>
    Object.keys(schemes).some((name) => name.startsWith('csrf.')),
  );
  return {
    '401': {
      description: 'There is no token, or the operation does not accept it.',
      headers: {
        'WWW-Authenticate': { description: 'The challenge (RFC 6750).', schema: { type: 'string' } },
      },
      content: contentOf(isJson),
    },
    ...((needsPermission || needsCsrf) && {
      '403': {
        description: 'The user may not do this, or the CSRF check failed.',
        content: contentOf(isJson),
      },
    }),
  };
}

/** The body of an error. */
export function contentOf(isJson: boolean): Part {
  return isJson
    ? { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName}` } } }
    : { 'text/plain': { schema: { type: 'string' } } };
}
