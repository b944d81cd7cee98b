import fc from 'fast-check';

/** JSON as it is written: an object is a list of members, so that a name can stand twice. */
export type Written =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Written[] }
  | { readonly kind: 'object'; readonly members: readonly Member[] };
type Member = readonly [name: string, value: Written];

const names = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    'toString',
    'a',
    'b',
    '"',
    '\\',
    ':',
    '":',
    '\\":',
    '{',
    '\u{1F600}',
  ),
);

const leaf = fc
  .oneof(fc.jsonValue({ maxDepth: 0, stringUnit: 'binary' }), names)
  .map((value): Written => ({ kind: 'value', text: JSON.stringify(value) }));

function membersOf(value: fc.Arbitrary<Written>): fc.Arbitrary<readonly Member[]> {
  return fc.uniqueArray(fc.tuple(names, value), { selector: ([name]) => name, maxLength: 5 });
}

const { node } = fc.letrec<{ node: Written }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('node'), { maxLength: 4 }).map((items): Written => ({ kind: 'list', items })),
    membersOf(tie('node')).map((members): Written => ({ kind: 'object', members })),
  ),
}));

/** An object in which no name stands twice. */
export const writtenObject = membersOf(node).map((members): Written => ({ kind: 'object', members }));

/** How an object is written: white space between everything, and escapes instead of characters. */
export interface Style {
  readonly space: string;
  readonly escaped: boolean;
}

export const styles: fc.Arbitrary<Style> = fc.record({
  space: fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), maxLength: 3 }),
  escaped: fc.boolean(),
});

/** Writes it down. */
export function textOf(written: Written, style: Style): string {
  const { space } = style;
  const join = (open: string, parts: string[], close: string) =>
    `${space}${open}${space}${parts.join(`${space},${space}`)}${space}${close}${space}`;
  switch (written.kind) {
    case 'value':
      return written.text;
    case 'list':
      return join(
        '[',
        written.items.map((item) => textOf(item, style)),
        ']',
      );
    case 'object':
      return join(
        '{',
        written.members.map((member) => memberText(member, style)),
        '}',
      );
  }
}

function memberText([name, value]: Member, style: Style): string {
  return `${nameText(name, style)}${style.space}:${style.space}${textOf(value, style)}`;
}

function nameText(name: string, { escaped }: Style): string {
  if (!escaped) return JSON.stringify(name);
  const units = Array.from({ length: name.length }, (_, at) =>
    name.charCodeAt(at).toString(16).padStart(4, '0'),
  );
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}

/** The same object with one of its members, at any depth, a second time; undefined when it has none. */
export function withNameTwice(written: Written, at: number, value: Written): Written | undefined {
  const objects = objectsIn(written).filter(({ members }) => members.length > 0);
  const chosen = objects[at % objects.length];
  const [name] = chosen?.members[at % chosen.members.length] ?? [];
  if (!chosen || name === undefined) return undefined;
  return replaced(written, chosen, { kind: 'object', members: [...chosen.members, [name, value]] });
}

type WrittenObject = Extract<Written, { kind: 'object' }>;

function objectsIn(written: Written): WrittenObject[] {
  if (written.kind === 'value') return [];
  if (written.kind === 'list') return written.items.flatMap(objectsIn);
  return [written, ...written.members.flatMap(([, value]) => objectsIn(value))];
}

function replaced(written: Written, old: Written, by: Written): Written {
  if (written === old) return by;
  if (written.kind === 'list')
    return { kind: 'list', items: written.items.map((item) => replaced(item, old, by)) };
  if (written.kind === 'value') return written;
  return {
    kind: 'object',
    members: written.members.map(([name, value]) => [name, replaced(value, old, by)]),
  };
}
