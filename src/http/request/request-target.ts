/** A scheme and an authority, as a request to a proxy has them (RFC 9112, section 3.2.2). */
const absoluteForm = /^[a-z][a-z0-9+.-]*:/i;

/**
 * The path in the target of a request.
 *
 * @throws TypeError when it has none
 */
export function pathIn(target: string): string {
  return absoluteForm.test(target) ? new URL(target).pathname : target.replace(/[?#].*$/s, '');
}

/** The query in the target of a request. */
export function queryIn(target: string): URLSearchParams {
  const start = target.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : target.slice(start + 1).replace(/#.*$/s, ''));
}
