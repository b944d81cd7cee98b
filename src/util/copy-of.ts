/** Copies a text of Latin-1 characters: a part of a longer text, such as a header with many cookies, keeps all of it in memory. */
export function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
