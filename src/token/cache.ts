import type { Key } from '../keys/key';
import type { Token } from './token';

/** A verified token, with everything that may end its validity without the store. */
export interface KnownToken<C extends object> {
  readonly token: Token<C>;
  /** As in the header. */
  readonly kid: string | undefined;
  readonly key: Key;
  /** When its times are valid, in Unix seconds: from the first until before the second. */
  readonly validFrom: number;
  readonly validUntil: number;
}

interface Entry<C extends object> extends KnownToken<C> {
  readonly text: string;
  readonly place: number;
  wasUsed: boolean;
}

/** Entries are found by the end of the text and its length, as a number: a key of hundreds of characters costs more to hash. */
const hashedCharacters = 8;

/** `maxEntries` tokens of this length take all of the room. Most are shorter. */
const charactersPerEntry = 1024;

/** How many entries are asked to make room for a new one, so that adding never takes long. */
const attempts = 8;

/**
 * Verified tokens by their exact text. The end of a text only leads to an entry, and the whole text decides.
 *
 * Entries make room in turn, but one that was used since its last turn stays: tokens that are used once do not displace
 * those in use.
 */
export class TokenCache<C extends object> {
  readonly #maxEntries: number;
  readonly #maxCharacters: number;
  readonly #entries = new Map<number, Entry<C>>();
  readonly #places: (Entry<C> | undefined)[] = [];
  /** The place whose turn it is. */
  #next = 0;
  #characters = 0;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
    this.#maxCharacters = maxEntries * charactersPerEntry;
  }

  find(text: string): KnownToken<C> | undefined {
    const entry = this.#entries.get(endOf(text));
    if (entry?.text !== text) return undefined;
    entry.wasUsed = true;
    return entry;
  }

  /** Does nothing if the entries whose turn it is are all in use. */
  add(text: string, { token, kid, key, validFrom, validUntil }: KnownToken<C>): void {
    this.delete(text);
    const place = this.#placeFor(text.length);
    if (place === undefined) return;
    const entry = { text, token, kid, key, validFrom, validUntil, place, wasUsed: false };
    this.#entries.set(endOf(text), entry);
    this.#places[place] = entry;
    this.#characters += text.length;
  }

  delete(text: string): void {
    const end = endOf(text);
    const entry = this.#entries.get(end);
    if (!entry) return;
    this.#entries.delete(end);
    this.#places[entry.place] = undefined;
    this.#characters -= entry.text.length;
  }

  #placeFor(length: number): number | undefined {
    if (length > this.#maxCharacters) return undefined;
    const isRoom = this.#characters + length <= this.#maxCharacters;
    if (isRoom && this.#places.length < this.#maxEntries) return this.#places.length;
    for (let left = attempts; left > 0; left--) {
      const place = this.#next;
      this.#next = (place + 1) % this.#places.length;
      if (this.#isFreed(place) && this.#characters + length <= this.#maxCharacters) return place;
    }
    return undefined;
  }

  #isFreed(place: number): boolean {
    const entry = this.#places[place];
    if (entry?.wasUsed) {
      entry.wasUsed = false;
      return false;
    }
    if (entry) this.delete(entry.text);
    return true;
  }
}

function endOf(text: string): number {
  // A header and the token in it have the same end.
  let hash = text.length;
  for (let index = Math.max(0, text.length - hashedCharacters); index < text.length; index++)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}
