/** Which names a token must have, or must not. */
export interface NameRule {
  readonly rule: 'any' | 'all' | 'deny';
  readonly names: readonly string[];
}

/** Whether the names of a token are as a rule requires. */
export function satisfies(present: readonly string[], { rule, names }: NameRule): boolean {
  if (rule === 'all') return names.every((name) => present.includes(name));
  const isAmong = names.some((name) => present.includes(name));
  // With `deny`, a token that says nothing about its roles may be of the denied role all the same.
  return rule === 'deny' ? present.length > 0 && !isAmong : isAmong;
}

/** Whether a value is an object, as far as the compiler did not see it. */
export function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
