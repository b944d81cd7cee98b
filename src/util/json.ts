/** How deep the JSON of a token may be nested: what a handler returns must survive every recursive copy. */
export const maximumDepth = 32;

/** Whether a value is an object as JSON has it: no array, no null. Parsed JSON has no other instances. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether parsed JSON is nested no deeper than {@link maximumDepth}. */
export function isShallow(json: unknown, depth = 0): boolean {
  if (typeof json !== 'object' || json === null) return true;
  return depth < maximumDepth && Object.values(json).every((member) => isShallow(member, depth + 1));
}
