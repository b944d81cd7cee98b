import { isReported, JwtError, markReported } from '../errors/errors';
import { report } from '../authentication/authenticate';
import type { HttpRequest } from '../http/request/http-request';
import type { JwtManager } from '../manager/jwt-manager';

/**
 * Reports an error of an endpoint on its own manager; a checker would report it on the default one.
 *
 * @returns the error, to be thrown
 */
export function markAndReport(error: unknown, request: HttpRequest, manager: JwtManager<object>): unknown {
  if (!(error instanceof JwtError) || isReported(error)) return error;
  report(error, { request, manager });
  return markReported(error);
}
