/** A cookie as the request names it; its value is untouched, quotes and all. */
export interface RequestCookie {
  readonly name: string;
  readonly value: string;
}

/**
 * Every cookie of a request, from all its Cookie headers, in their order (RFC 6265, section 4.2.1). Most parsers keep the
 * first of two with one name and say nothing of the other.
 *
 * @param rawHeaders names and values in turn, as Node has them
 */
export function requestCookies(rawHeaders: readonly string[]): RequestCookie[] {
  return rawHeaders
    .filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'cookie')
    .flatMap((header) => header.split(';'))
    .flatMap((pair) => cookieOf(pair) ?? []);
}

function cookieOf(pair: string): RequestCookie | undefined {
  const equals = pair.indexOf('=');
  // Without a name, it is a value that anybody may have set.
  if (equals === -1) return undefined;
  return { name: unpadded(pair.slice(0, equals)), value: unpadded(pair.slice(equals + 1)) };
}

/** Without spaces and tabs alone: trimming more would make one of our names out of one that browsers let anybody set. */
function unpadded(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isPadding(text.charAt(start))) start++;
  while (end > start && isPadding(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function isPadding(character: string): boolean {
  return character === ' ' || character === '\t';
}
