/** A value and, on each of its levels, the place that follows. */
interface Place<T> {
  readonly value: T;
  readonly next: Links<T>;
}

type Links<T> = (Place<T> | undefined)[];

const highest = 16;

/** Values in the order of their keys, which are all different. Each step takes logarithmic time, whatever the order. */
export class SkipList<T, K> {
  readonly #keyOf: (value: T) => K;
  readonly #compare: (one: K, other: K) => number;
  #first: Links<T> = [];

  constructor(keyOf: (value: T) => K, compare: (one: K, other: K) => number) {
    this.#keyOf = keyOf;
    this.#compare = compare;
  }

  add(value: T): void {
    const height = randomHeight();
    if (height > this.#first.length) this.#first = linksOf(height, (level) => this.#first[level]);
    const path = this.#pathTo(this.#keyOf(value), 0);
    const place = { value, next: linksOf(height, (level) => path[level]?.[level]) };
    for (const [level, links] of path.slice(0, height).entries()) links[level] = place;
  }

  /** @param value one that is in this list */
  remove(value: T): void {
    for (const [level, links] of this.#pathTo(this.#keyOf(value), 0).entries()) {
      const place = links[level];
      if (place?.value === value) links[level] = place.next[level];
    }
  }

  /** The values in order; with a key, those that come after it. There need not be a value with this key. */
  *after(key?: K): Generator<T> {
    const links = key === undefined ? this.#first : this.#pathTo(key, 1)[0];
    for (let place = links?.[0]; place; place = place.next[0]) yield place.value;
  }

  /**
   * On each level the links of the last place before a key.
   *
   * @param limit 0 to stop before the key itself, 1 to pass it
   */
  #pathTo(key: K, limit: 0 | 1): Links<T>[] {
    const path: Links<T>[] = [];
    let links = this.#first;
    for (let level = this.#first.length - 1; level >= 0; level--) {
      for (
        let place = links[level];
        place && this.#compare(this.#keyOf(place.value), key) < limit;
        place = links[level]
      )
        links = place.next;
      path[level] = links;
    }
    return path;
  }
}

/** An array that grows by itself keeps room for sixteen more. */
function linksOf<T>(length: number, linkAt: (level: number) => Place<T> | undefined): Links<T> {
  return Array.from({ length }, (_, level) => linkAt(level));
}

function randomHeight(): number {
  let height = 1;
  while (height < highest && Math.random() < 0.25) height++;
  return height;
}
