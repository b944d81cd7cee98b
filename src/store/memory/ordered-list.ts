/** The position of a value in an {@link OrderedList}. */
export interface Place<T> {
  readonly value: T;
  newer: Place<T> | undefined;
  older: Place<T> | undefined;
}

/**
 * A linked list in ascending order of a rank. A new value nearly always belongs at the newest end, and so adding takes one
 * step, as does removing.
 */
export class OrderedList<T> {
  readonly #rank: (value: T) => number;
  #size = 0;
  newest: Place<T> | undefined;
  oldest: Place<T> | undefined;

  constructor(rank: (value: T) => number) {
    this.#rank = rank;
  }

  get size(): number {
    return this.#size;
  }

  add(value: T): Place<T> {
    const rank = this.#rank(value);
    let older = this.newest;
    while (older && this.#rank(older.value) > rank) older = older.older;
    const newer = older ? older.newer : this.oldest;
    const place: Place<T> = { value, newer, older };
    this.#join(older, place);
    this.#join(place, newer);
    this.#size++;
    return place;
  }

  /** @param place one that is in this list */
  remove({ newer, older }: Place<T>): void {
    this.#join(older, newer);
    this.#size--;
  }

  #join(older: Place<T> | undefined, newer: Place<T> | undefined): void {
    if (older) older.newer = newer;
    else this.oldest = newer;
    if (newer) newer.older = older;
    else this.newest = older;
  }
}
