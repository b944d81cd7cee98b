import { createHash } from 'node:crypto';
import { placeholderWords, typedRuns } from './placeholder-words';
import { publishedSecrets } from './published-secrets';

/** Up to this many bytes, written again and again, are a pattern and not a secret. */
const longestUnit = 16;

/** A secret needs this many characters that no rule explains: 60 bits of base64, at the very least. */
const fewestUnexplained = 10;

/** Only the start of longer secrets is checked. */
const longestText = 512;

const gramLength = 4;
const runGrams = new Set(
  typedRuns.flatMap((run) => [...gramsOf(run), ...gramsOf(Array.from(run).reverse().join(''))]),
);
const wordPattern = new RegExp([...placeholderWords].sort((a, b) => b.length - a.length).join('|'), 'g');
const patterns: readonly RegExp[] = [
  wordPattern,
  /(.)\1\1+/g,
  /[\s\-_.,:/]/g,
  // A short word or number between separators: a, me, to, 256.
  /(?<=^|[\s\-_])(?:[a-z]{1,2}|\d{1,4})(?=$|[\s\-_])/g,
];
const leetspeak = {
  '@': 'a',
  $: 's',
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
} as const;

/**
 * Whether a secret can be guessed: a pattern, a placeholder, or one that was published, in a tutorial for example. It
 * may also be written in hex or base64.
 */
export function isGuessable(secret: Buffer): boolean {
  return (
    new Set(secret).size < 7 ||
    isRepetition(secret) ||
    spellingsOf(secret).some((text) => isPublished(text)) ||
    textsIn(secret).some((text) => isPlaceholder(text))
  );
}

/** Whether it is a short unit again and again: moved by the unit's length, it is the same. */
function isRepetition(secret: Buffer): boolean {
  for (let unit = 1; unit <= longestUnit; unit++) {
    if (secret.subarray(unit).equals(secret.subarray(0, -unit))) return true;
  }
  return false;
}

/** How pages may have written the same bytes. */
function spellingsOf(secret: Buffer): string[] {
  const encodings = ['utf8', 'hex', 'base64', 'base64url'] as const;
  return encodings.map((encoding) => secret.toString(encoding).trim().toLowerCase());
}

function isPublished(text: string): boolean {
  return publishedSecrets.has(createHash('sha256').update(text).digest('base64url').slice(0, 8));
}

/** The secret as text, where it is one, and the text that it encodes in base64 or hex. */
function textsIn(secret: Buffer): string[] {
  const text = secret.toString();
  if (!Buffer.from(text).equals(secret)) return [];
  const encodings = [/^[\w+/-]+=*$/.test(text) && 'base64', /^[\da-f]+$/i.test(text) && 'hex'] as const;
  const decoded = encodings.flatMap((encoding) => (encoding ? [Buffer.from(text, encoding).toString()] : []));
  return [text, ...decoded.filter((inner) => /^[\x20-\x7E\s]+$/.test(inner))];
}

function isPlaceholder(text: string): boolean {
  const start = text.slice(0, longestText).toLowerCase();
  if (start.startsWith('django-insecure-')) return true;
  const plain = start.replace(/[@$013457]/g, (character) => leetspeak[character as keyof typeof leetspeak]);
  return Math.min(unexplainedIn(start), unexplainedIn(plain)) < fewestUnexplained;
}

/** How many characters belong to no word, no run of the keyboard, no number and no repetition. */
function unexplainedIn(text: string): number {
  const explained = new Set<number>();
  const explain = (index: number, length: number): void => {
    for (let at = index; at < index + length; at++) explained.add(at);
  };
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) explain(match.index, match[0].length);
  }
  const seen = new Set<string>();
  gramsOf(text).forEach((gram, index) => {
    if (runGrams.has(gram) || seen.has(gram)) explain(index, gramLength);
    seen.add(gram);
  });
  return text.length - explained.size;
}

function gramsOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - gramLength + 1) }, (_, index) =>
    text.slice(index, index + gramLength),
  );
}
