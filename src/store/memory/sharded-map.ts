const shardCount = 256;

/** Keys are ids and hashes, whose ends are random. */
const hashedCharacters = 8;

/**
 * A Map that is many small ones. A Map moves all of its entries when it grows or shrinks: with a million of them,
 * nothing else would run for tens of milliseconds.
 */
export class ShardedMap<V> {
  readonly #shards = Array.from({ length: shardCount }, () => new Map<string, V>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(key: string): boolean {
    return this.#shardOf(key).has(key);
  }

  get(key: string): V | undefined {
    return this.#shardOf(key).get(key);
  }

  set(key: string, value: V): void {
    const shard = this.#shardOf(key);
    if (!shard.has(key)) this.#size++;
    shard.set(key, value);
  }

  delete(key: string): void {
    if (this.#shardOf(key).delete(key)) this.#size--;
  }

  /** Any key, or undefined if there is none. */
  firstKey(): string | undefined {
    return this.#shards
      .find(({ size }) => size > 0)
      ?.keys()
      .next().value;
  }

  /** What it consists of. */
  get shards(): readonly ReadonlyMap<string, V>[] {
    return this.#shards;
  }

  #shardOf(key: string): Map<string, V> {
    let hash = 0;
    for (let index = Math.max(0, key.length - hashedCharacters); index < key.length; index++)
      hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
    return this.#shards[(hash ^ (hash >>> 15)) & (shardCount - 1)] as Map<string, V>;
  }
}
