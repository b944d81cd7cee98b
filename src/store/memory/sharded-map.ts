const shardCount = 256;

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
    this.#change(key, (shard) => shard.set(key, value));
  }

  delete(key: string): void {
    this.#change(key, (shard) => shard.delete(key));
  }

  *[Symbol.iterator](): Generator<[string, V]> {
    for (const shard of this.#shards) yield* shard;
  }

  #change(key: string, change: (shard: Map<string, V>) => unknown): void {
    const shard = this.#shardOf(key);
    const before = shard.size;
    change(shard);
    this.#size += shard.size - before;
  }

  #shardOf(key: string): Map<string, V> {
    let hash = 0;
    for (let index = 0; index < key.length; index++) hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
    return this.#shards[(hash ^ (hash >>> 15)) & (shardCount - 1)] as Map<string, V>;
  }
}
