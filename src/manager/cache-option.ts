import { count } from '../util/option-parsers';
import { parseOptions } from '../util/options';

/** The option `cache`: the number of entries, 0 without a cache. */
export function cacheOf(cache: unknown = {}, name: string): number {
  if (cache === false) return 0;
  const example = '{ maxEntries: 50_000 }, or false';
  return parseOptions(name, cache as object, { maxEntries: count(10_000) }, example).maxEntries;
}
