import { stringifySetCookie, type SetCookie } from 'cookie';
import type { Context } from 'koa';
import { ConfigurationError } from '../../errors/errors';
import { beforeSending } from '../answer/before-sending';

/** What browsers keep of a cookie's name and value together (RFC 6265, section 6.1); a longer one is dropped silently. */
const maximumLength = 4096;

const linesByAnswer = new WeakMap<Context, Map<string, string>>();

/** @throws {@link ConfigurationError} when the response has been sent */
export function demandOpenResponse(context: Context): void {
  if (context.headerSent)
    throw new ConfigurationError('TokenCookies: cookies must be set before the response is sent');
}

/**
 * Puts cookies into the response, which is then not cached. A cookie replaces an earlier one of the same name, path and
 * domain. They reach the browser whatever becomes of the request: after a rotation, the old refresh token is useless.
 *
 * @throws {@link ConfigurationError} when a cookie is longer than browsers accept, or the response has been sent
 */
export function answerCookies(context: Context, cookies: readonly SetCookie[]): void {
  demandOpenResponse(context);
  for (const { name, value = '' } of cookies) {
    if (name.length + value.length > maximumLength)
      throw new ConfigurationError(
        `the token is too large for a cookie, which browsers take up to ${String(maximumLength)} bytes of: carry fewer claims`,
      );
  }
  const lines = linesOf(context);
  for (const cookie of cookies) {
    const line = stringifySetCookie(cookie);
    // At the end: a browser that does not keep two places apart keeps the later cookie.
    lines.delete(placeOf(line));
    lines.set(placeOf(line), line);
  }
  write(context, lines);
}

function linesOf(context: Context): Map<string, string> {
  const known = linesByAnswer.get(context);
  if (known) return known;
  const lines = new Map<string, string>();
  linesByAnswer.set(context, lines);
  beforeSending(context, () => {
    write(context, lines);
  });
  return lines;
}

function write(context: Context, lines: ReadonlyMap<string, string>): void {
  const present = [context.res.getHeader('Set-Cookie') ?? []].flat().map(String);
  const others = present.filter((line) => !lines.has(placeOf(line)));
  context.res.setHeader('Set-Cookie', [...others, ...lines.values()]);
  context.set('Cache-Control', 'no-store');
}

/** What makes a browser keep two cookies apart: name, domain, path (RFC 6265, section 5.3), and the partition. */
function placeOf(line: string): string {
  const [pair = '', ...attributes] = line.split('; ');
  const place = attributes.filter((attribute) => /^((domain|path)=|partitioned$)/i.test(attribute)).sort();
  return [pair.slice(0, pair.indexOf('=')), ...place].join(';');
}
