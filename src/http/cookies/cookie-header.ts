/** A cookie as the request names it; its value is untouched, quotes and all. */
export interface RequestCookie {
  readonly name: string;
  readonly value: string;
}

/**
 * All cookies of a request, in their order (RFC 6265, section 4.2.1). Most parsers keep the first of two cookies of one
 * name silently.
 *
 * @param header `req.headers.cookie`: Node joins several Cookie headers with `; `, an adapter may keep them as a list
 */
export function requestCookies(header: string | readonly string[] | undefined): RequestCookie[] {
  return [header ?? []]
    .flat()
    .flatMap((text) => text.split(';'))
    .flatMap((pair) => cookieOf(pair) ?? []);
}

function cookieOf(pair: string): RequestCookie | undefined {
  const equals = pair.indexOf('=');
  // A cookie without a name can be set by any page of the site.
  if (equals === -1) return undefined;
  return { name: unpadded(pair.slice(0, equals)), value: unpadded(pair.slice(equals + 1)) };
}

/** Removes spaces and tabs only: removing more would turn a name that any host may set into one of ours. */
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
