import { ExpressDriver, KoaDriver } from 'routing-controllers';

/** A copy of routing-controllers in this process that is not the one this library uses. */
export interface OtherCopy {
  readonly file: string;
  readonly drivers: readonly [typeof KoaDriver, typeof ExpressDriver];
}

type Exports = { readonly KoaDriver: typeof KoaDriver; readonly ExpressDriver: typeof ExpressDriver };

const entryPoint = /[\\/]routing-controllers[\\/]cjs[\\/]index\.js$/;
let modules = 0;

/** Finds the copies that were loaded since it was asked last. */
export function otherCopies(): OtherCopy[] {
  // A spread, because bundlers leave no cache.
  const loaded = Object.entries({ ...require.cache });
  if (loaded.length === modules) return [];
  modules = loaded.length;
  return loaded.flatMap(([file, found]) => {
    if (!entryPoint.test(file)) return [];
    // Empty as long as the copy is still being loaded.
    const { KoaDriver: koa, ExpressDriver: express } = found?.exports as Partial<Exports>;
    return koa && express && koa !== KoaDriver ? [{ file, drivers: [koa, express] }] : [];
  });
}
