import fc from 'fast-check';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** A place in a text, from 0 to 1. Doubles as fast-check has them are nearly all close to 0. */
const place = fc.nat(9_999).map((at) => at / 10_000);
const intruder = fc.oneof(
  fc.constantFrom(
    '.',
    '..',
    '=',
    '==',
    ' ',
    '\n',
    '\r\n',
    '\0',
    '+',
    '/',
    '%2E',
    'Bearer ',
    '"',
    ',',
    '~',
    '\uFEFF',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength: 1, maxLength: 8 }),
);

/** What becomes of a token; the other one is another good token. */
type TextMutation = (token: string, other: string) => string;

/** Mutations of a token's text, by what an attacker could do to it without a key. */
export const textMutations: fc.Arbitrary<TextMutation> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(
    ([at, bit]): TextMutation =>
      (token) =>
        flipped(token, at, bit),
  ),
  fc.tuple(place, fc.nat(2), fc.nat(7)).map(
    ([at, part, bit]): TextMutation =>
      (token) =>
        inPart(token, part, (bytes) => {
          const index = Math.floor(at * bytes.length);
          bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
          return bytes;
        }),
  ),
  fc.tuple(place, fc.boolean()).map(
    ([at, keepsStart]): TextMutation =>
      (token) =>
        keepsStart ? token.slice(0, indexIn(token, at)) : token.slice(indexIn(token, at) + 1),
  ),
  fc.tuple(place, place).map(
    ([at, otherAt]): TextMutation =>
      (token, other) =>
        token.slice(0, indexIn(token, at)) + other.slice(indexIn(other, otherAt)),
  ),
  place.map(
    (at): TextMutation =>
      (token, other) =>
        token.slice(0, indexIn(token, at)) + other.slice(indexIn(token, at)),
  ),
  fc.array(fc.nat(5), { minLength: 1, maxLength: 5 }).map((choice): TextMutation => (token, other) => {
    const parts = [...token.split('.'), ...other.split('.')];
    return choice.map((index) => parts[index]).join('.');
  }),
  fc.tuple(place, intruder).map(
    ([at, text]): TextMutation =>
      (token) =>
        token.slice(0, indexIn(token, at)) + text + token.slice(indexIn(token, at)),
  ),
  fc.tuple(place, intruder).map(
    ([at, text]): TextMutation =>
      (token) =>
        token.slice(0, indexIn(token, at)) + text + token.slice(indexIn(token, at) + text.length),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 64 })).map(
    ([at, length]): TextMutation =>
      (token) =>
        token.slice(0, indexIn(token, at)) + token.slice(indexIn(token, at) + length),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 64 })).map(([at, length]): TextMutation => (token) => {
    const index = indexIn(token, at);
    return token.slice(0, index + length) + token.slice(index);
  }),
  fc.tuple(fc.nat(2), fc.uint8Array({ maxLength: 300 })).map(
    ([part, bytes]): TextMutation =>
      (token) =>
        inPart(token, part, () => Buffer.from(bytes)),
  ),
);

function indexIn(text: string, at: number): number {
  return Math.floor(at * text.length);
}

function flipped(token: string, at: number, bit: number): string {
  const index = indexIn(token, at);
  const character = String.fromCharCode(token.charCodeAt(index) ^ (1 << bit));
  return token.slice(0, index) + character + token.slice(index + 1);
}

function inPart(token: string, at: number, change: (bytes: Buffer) => Buffer): string {
  const parts = token.split('.');
  parts[at] = change(Buffer.from(parts[at] ?? '', 'base64url')).toString('base64url');
  return parts.join('.');
}

/** One member of a header or of claims, and a value that it must not have; undefined takes it away. */
type BadMember = readonly [name: string, value: unknown];

const anything = fc.oneof(
  { arbitrary: fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }), weight: 4 },
  {
    arbitrary: fc.constantFrom(null, true, false, 0, 1, -1, '', '0', [], {}, [null], [[]], [1, 'a']),
    weight: 4,
  },
  { arbitrary: fc.constant(undefined), weight: 1 },
);

function badValues(name: string, mayBeGood: (value: unknown) => boolean): fc.Arbitrary<BadMember> {
  return anything.filter((value) => !mayBeGood(value)).map((value) => [name, value]);
}

const isAbsent = (value: unknown) => value === undefined;
const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isTextList = (value: unknown) => Array.isArray(value) && value.every(isText);
const isOneOf =
  (...good: unknown[]) =>
  (value: unknown) =>
    good.includes(value);

/** Members of a header that make it one to be refused, where an algorithm and a key are pinned. */
export function badHeaderMembers(algorithm: string, kid: string): fc.Arbitrary<BadMember> {
  return fc.oneof(
    badValues('alg', isOneOf(algorithm)),
    badValues('kid', isOneOf(kid, undefined)),
    badValues('typ', isOneOf('at+jwt', 'rt+jwt')),
    ...['crit', 'b64', 'zip', 'cty', 'enc', '__proto__'].map((name) => badValues(name, isAbsent)),
  );
}

/** Claims that make a token one to be refused, for a manager without issuer and audience, at a time. */
export function badClaims(now: number): fc.Arbitrary<BadMember> {
  // The clocks of two servers may differ by five seconds.
  const latest = now + 5;
  const isPast = (value: unknown) => typeof value === 'number' && value >= 0 && value <= latest;
  const isFuture = (value: unknown) => typeof value === 'number' && value > now && value < now + 300_000_000;
  const optional = (isGood: (value: unknown) => boolean) => (value: unknown) =>
    isAbsent(value) || isGood(value);
  const ahead = fc
    .tuple(fc.constantFrom('iat', 'nbf', 'auth_time'), fc.integer({ min: 1, max: 2 ** 31 }))
    .map(([name, seconds]): BadMember => [name, latest + seconds]);
  return fc.oneof(
    ahead,
    badValues('sub', isText),
    badValues('jti', isText),
    badValues('iat', isPast),
    badValues('exp', isFuture),
    badValues('nbf', optional(isPast)),
    badValues('auth_time', optional(isPast)),
    badValues('iss', isAbsent),
    badValues('aud', isAbsent),
    badValues('sxp', isAbsent),
    badValues('access_aud', isAbsent),
    badValues('gen', isAbsent),
    badValues('sid', optional(isText)),
    badValues('scope', optional(isText)),
    badValues('roles', optional(isTextList)),
  );
}

/** What becomes of the JSON text of an object, so that it is none any more that may be taken. */
export const brokenDocuments: fc.Arbitrary<(json: string) => string | Buffer> = fc.oneof(
  place.map((at) => (json: string) => json.slice(0, indexIn(json, at))),
  place.map((at) => (json: string) => json.slice(indexIn(json, at) + 1)),
  fc.tuple(place, fc.constantFrom('\0', '\uFEFF', '}', ']', ':', '"', '\u00A0', '//', 'x')).map(
    ([at, text]) =>
      (json: string) =>
        at < 0.5 ? text + json : json + text,
  ),
  fc.nat(40).map((at) => (json: string) => withoutQuote(json, at)),
  fc
    .tuple(place, fc.constantFrom('ff', 'c0af', 'eda080', '80', 'f5808080'))
    .map(([at, hex]) => (json: string) => {
      const index = indexIn(json, at);
      return Buffer.concat([
        Buffer.from(json.slice(0, index)),
        Buffer.from(hex, 'hex'),
        Buffer.from(json.slice(index)),
      ]);
    }),
  fc.nat(20).map((at) => (json: string) => withMemberTwice(json, at)),
  fc
    .integer({ min: 32, max: 300 })
    .map((depth) => (json: string) => json.replace('}', `,"deep":${'['.repeat(depth)}${']'.repeat(depth)}}`)),
  fc.constantFrom(
    (json: string) => `[${json}]`,
    (json: string) => JSON.stringify(json),
    (json: string) => json + json,
    (json: string) => Buffer.from(json, 'utf16le'),
    (json: string) => json.replaceAll('"', "'"),
    (json: string) => json.replace('}', ',}'),
  ),
  fc
    .jsonValue({ maxDepth: 1 })
    .filter(isNoObject)
    .map((value) => () => JSON.stringify(value)),
);

function isNoObject(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Array.isArray(value);
}

function withoutQuote(json: string, at: number): string {
  const quotes = [...json.matchAll(/"/g)].map(({ index }) => index);
  const index = quotes[at % quotes.length] ?? 0;
  return json.slice(0, index) + json.slice(index + 1);
}

function withMemberTwice(json: string, at: number): string {
  const members = Object.entries(JSON.parse(json) as object);
  const [name, value] = members[at % members.length] ?? [];
  return json.replace(/\}$/, `,${JSON.stringify(name)}:${JSON.stringify(value)}}`);
}
