/** Characters that a terminal acts upon or that reorder what is around them. */
const controls = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text of a token inside of other text. */
const tokenText = /(?<![\w-])ey[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;

/** JSON with its control characters escaped, so that a terminal shows it as it is. */
export function printable(json: unknown): string {
  return JSON.stringify(json).replace(
    controls,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A copy of parsed JSON without the texts of tokens. */
export function withoutTokens<T>(json: T): T {
  return strip(json) as T;
}

function strip(json: unknown): unknown {
  if (typeof json === 'string') return json.replace(tokenText, '[token]');
  if (Array.isArray(json)) return json.map(strip);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [strip(name), strip(value)]));
}
