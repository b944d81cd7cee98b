import { stringifySetCookie, type SetCookie } from 'cookie';
import type { ServerResponse } from 'node:http';
import { ConfigurationError } from '../../errors/errors';
import { beforeSending } from '../answer/before-sending';
import { linesOf } from '../answer/header-fields';
import type { HttpRequest } from '../request/http-request';

/** What browsers keep of a cookie's name and value together (RFC 6265, section 6.1); a longer one is dropped silently. */
const maximumLength = 4096;

const linesByAnswer = new WeakMap<ServerResponse, Map<string, string>>();

/** @throws {@link ConfigurationError} when the response has been sent */
export function demandOpenResponse({ res }: HttpRequest): void {
  if (res.headersSent)
    throw new ConfigurationError('TokenCookies: cookies must be set before the response is sent');
}

/**
 * Puts cookies into the response, which is then not cached. A cookie replaces an earlier one of the same name, path and
 * domain. They reach the browser whatever becomes of the request: after a rotation, the old refresh token is useless.
 *
 * @throws {@link ConfigurationError} when a cookie is longer than browsers accept, or the response has been sent
 */
export function answerCookies(request: HttpRequest, cookies: readonly SetCookie[]): void {
  demandOpenResponse(request);
  for (const { name, value = '' } of cookies) {
    if (name.length + value.length > maximumLength)
      throw new ConfigurationError(
        `the token is too large for a cookie, which browsers take up to ${String(maximumLength)} bytes of: carry fewer claims`,
      );
  }
  const lines = cookiesOf(request.res);
  for (const cookie of cookies) {
    const line = stringifySetCookie(cookie);
    // At the end: a browser that does not keep two places apart keeps the later cookie.
    lines.delete(placeOf(line));
    lines.set(placeOf(line), line);
  }
  write(request.res, lines);
}

function cookiesOf(res: ServerResponse): Map<string, string> {
  const known = linesByAnswer.get(res);
  if (known) return known;
  const lines = new Map<string, string>();
  linesByAnswer.set(res, lines);
  const adjust = () => {
    write(res, lines);
  };
  beforeSending(res, { adjust });
  return lines;
}

function write(res: ServerResponse, lines: ReadonlyMap<string, string>): void {
  const present = linesOf(res, 'Set-Cookie');
  const others = present.filter((line) => !lines.has(placeOf(line)));
  res.setHeader('Set-Cookie', [...others, ...lines.values()]);
  res.setHeader('Cache-Control', 'no-store');
}

/** What makes a browser keep two cookies apart: name, domain, path (RFC 6265, section 5.3), and the partition. */
function placeOf(line: string): string {
  const [pair = '', ...attributes] = line.split('; ');
  const place = attributes.filter((attribute) => /^((domain|path)=|partitioned$)/i.test(attribute)).sort();
  return [pair.slice(0, pair.indexOf('=')), ...place].join(';');
}
