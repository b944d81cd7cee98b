/** The longest text that is looked at, in characters. */
export const maximumLength = 8192;

/** The three parts of a token, still encoded. */
export interface CompactToken {
  readonly header: string;
  readonly claims: string;
  readonly signature: string;
}

const shape = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * Takes the text of a token apart (RFC 7515, section 7.1) without decoding anything.
 * Each part must be the one canonical spelling of its bytes (RFC 4648, section 3.5): a second spelling of a good
 * token would pass a check that goes by the text.
 *
 * @returns undefined when it is no token
 */
export function splitCompact(text: unknown): CompactToken | undefined {
  if (typeof text !== 'string' || text.length > maximumLength) return undefined;
  const [, header = '', claims = '', signature = ''] = shape.exec(text) ?? [];
  return isCanonical(header) && isCanonical(claims) && isCanonical(signature)
    ? { header, claims, signature }
    : undefined;
}

function isCanonical(part: string): boolean {
  const last = part.charAt(part.length - 1);
  switch (part.length % 4) {
    case 0:
      return part !== '';
    case 2:
      return 'AQgw'.includes(last);
    case 3:
      return 'AEIMQUYcgkosw048'.includes(last);
    default:
      return false;
  }
}
