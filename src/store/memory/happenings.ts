import type { Evidence } from '../vouching';

/** A power of two. Names that share a count cost an answer more, and never a wrong one. */
const counts = 4096;

/** Counts what happens to subjects and tokens, by their names. */
export class Happenings {
  readonly #counts = new Uint32Array(counts);

  /** Something has happened that may have revoked a token. */
  note(name: string): void {
    const place = placeOf(name);
    this.#counts[place] = (this.#counts[place] as number) + 1;
  }

  /** Evidence that nothing has happened to either of them, until a time in Unix seconds. */
  none(one: string, other: string, until: number): Evidence {
    return new Nothing(this.#counts, placeOf(one), placeOf(other), until);
  }
}

class Nothing implements Evidence {
  readonly #counts: Uint32Array;
  readonly #one: number;
  readonly #other: number;
  readonly #sum: number;
  readonly #until: number;

  constructor(all: Uint32Array, one: number, other: number, until: number) {
    this.#counts = all;
    this.#one = one;
    this.#other = other;
    this.#until = until;
    this.#sum = this.#now();
  }

  holds(now: number): boolean {
    return now < this.#until && this.#now() === this.#sum;
  }

  /** Neither count goes down, so the sum changes with each of them. */
  #now(): number {
    return (this.#counts[this.#one] as number) + (this.#counts[this.#other] as number);
  }
}

function placeOf(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return (hash ^ (hash >>> 15)) & (counts - 1);
}
