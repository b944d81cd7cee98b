import type { HttpRequest } from '../request/http-request';
import { beforeSending } from './before-sending';
import { addVary, membersOf, setHeader } from './header-fields';

/**
 * Every response of the request varies by these headers. No cache keeps a 401, nor the response of a route that issues
 * tokens (RFC 6749, section 5.1).
 */
export function guardAnswer({ res }: HttpRequest, vary: readonly string[], issuesTokens: boolean): void {
  beforeSending(res, (status) => {
    addVary(res, vary);
    if (status === 401 || issuesTokens) setHeader(res, 'Cache-Control', 'no-store');
  });
  addVary(res, vary);
}

/** No shared cache keeps the response, whatever the method declares (RFC 6750, section 2.3). */
export function answerPrivately({ res }: HttpRequest): void {
  beforeSending(res, () => {
    setHeader(res, 'Cache-Control', privately(membersOf(res, 'Cache-Control')));
  });
}

function privately(directives: readonly string[]): string {
  if (directives.some((directive) => /^(private|no-store)$/i.test(directive))) return directives.join(', ');
  return [
    'private',
    ...directives.filter((directive) => !/^(public|private|s-maxage)\b/i.test(directive)),
  ].join(', ');
}
