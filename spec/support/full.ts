/** True in `npm run test:full`, where each spec takes its long form; `npm test` runs the short ones. */
export const isFull = process.env['SPECS'] === 'full';

/** All of them in the long form, and otherwise the first ones. */
export function shortList<T>(entries: readonly T[], length: number): readonly T[] {
  return isFull ? entries : entries.slice(0, length);
}

/** Defines a spec of the long form, such as one more that waits for a second. */
export function itInFull(title: string, body: Mocha.AsyncFunc): void {
  if (isFull) it(title, body);
}
