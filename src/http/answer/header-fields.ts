import type { ServerResponse } from 'node:http';

/** Sets a header, unless the response has been sent. */
export function setHeader(res: ServerResponse, name: string, value: string | readonly string[]): void {
  if (!res.headersSent) res.setHeader(name, value);
}

/** Removes a header, unless the response has been sent. */
export function removeHeader(res: ServerResponse, name: string): void {
  if (!res.headersSent) res.removeHeader(name);
}

/** The lines of a header. */
export function linesOf(res: ServerResponse, name: string): string[] {
  const value = res.getHeader(name) ?? [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** The members of a header that is a list, such as `Vary`. */
export function membersOf(res: ServerResponse, name: string): string[] {
  return linesOf(res, name)
    .flatMap((line) => line.split(','))
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

/** Adds the names that are missing in the `Vary` of a response (RFC 9110, section 12.5.5). */
export function addVary(res: ServerResponse, names: readonly string[]): void {
  const present = membersOf(res, 'Vary');
  const lower = new Set(present.map((name) => name.toLowerCase()));
  const missing = names.filter((name) => !lower.has(name.toLowerCase()));
  const isOneLine = linesOf(res, 'Vary').length < 2;
  if (!lower.has('*') && (missing.length > 0 || !isOneLine))
    setHeader(res, 'Vary', [...present, ...missing].join(', '));
}
