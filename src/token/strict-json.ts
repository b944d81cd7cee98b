import { isPlainObject, maximumDepth } from '../util/json';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a JSON object with the rules for tokens: well-formed UTF-8, no byte order mark, no duplicate member at any
 * depth (RFC 7515, section 4; RFC 7519, section 4; RFC 8725, section 3.7), nested no deeper than a copy survives. The
 * object has no prototype, so a polluted prototype adds no member.
 *
 * @returns undefined for anything else
 */
export function parseStrictObject(base64url: string): Record<string, unknown> | undefined {
  try {
    const text = utf8.decode(Buffer.from(base64url, 'base64url'));
    const json: unknown = JSON.parse(text);
    return isPlainObject(json) && !hasMembersTwice(json, text) ? withoutPrototype(json) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an object of some JSON has a member twice, of which a parser kept one, or is nested deeper than 32 levels. */
export function hasMembersTwice(json: unknown, text: string): boolean {
  return membersIn(json) !== membersWrittenIn(text);
}

function withoutPrototype(json: Record<string, unknown>): Record<string, unknown> {
  return Object.setPrototypeOf(json, null) as Record<string, unknown>;
}

/** Each member of an object has one colon outside of strings. JSON.parse keeps only one of two duplicate members. */
function membersWrittenIn(text: string): number {
  let members = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === 0x22) inString = !inString;
    else if (inString && character === 0x5c) index++;
    else if (!inString && character === 0x3a) members++;
  }
  return members;
}

/** NaN, which is equal to nothing, when the JSON is nested too deep. */
function membersIn(json: unknown, depth = 0): number {
  if (typeof json !== 'object' || json === null) return 0;
  if (depth === maximumDepth) return NaN;
  const values: unknown[] = Array.isArray(json) ? json : Object.values(json);
  let members = Array.isArray(json) ? 0 : values.length;
  for (const value of values) members += membersIn(value, depth + 1);
  return members;
}
