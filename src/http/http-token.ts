const httpToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Whether a value is an HTTP token, such as the name of a header (RFC 9110, section 5.6.2). */
export function isHttpToken(value: unknown): value is string {
  return typeof value === 'string' && httpToken.test(value);
}
