import type { HttpRequest } from '../http/request/http-request';

/**
 * @internal The path, for operators; undefined where the URL has none. What Node.js and Koa throw then holds all of the URL, with
 * the token that may be there.
 */
export function pathOf(request: HttpRequest): string | undefined {
  try {
    return withoutTokens(request.path);
  } catch {
    return undefined;
  }
}

/**
 * Events are logged, and an application may have tokens in its paths: their headers all begin alike, with `{"`, which
 * each letter of may be percent-encoded, however often.
 */
const tokenInPath = /(?:e|%(?:25)*65)(?:y|%(?:25)*79)(?:J|%(?:25)*4[Aa])[^/]*/g;

function withoutTokens(path: string): string {
  return path.replace(tokenInPath, '[redacted]');
}
