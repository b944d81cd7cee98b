import { ExpressDriver, HttpError, KoaDriver } from 'routing-controllers';
import { ConfigurationError, JwtError } from '../../errors/errors';

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
  // Object(), because bundlers leave no cache. Only names: each route asks, and a cache may have thousands of modules.
  const cache = Object(require.cache) as typeof require.cache;
  const files = Object.keys(cache);
  if (files.length === modules) return [];
  modules = files.length;
  return files.flatMap((file) => {
    if (!entryPoint.test(file)) return [];
    // Empty as long as the copy is still being loaded.
    const { KoaDriver: koa, ExpressDriver: express } = cache[file]?.exports as Partial<Exports>;
    return koa && express && koa !== KoaDriver ? [{ file, drivers: [koa, express] }] : [];
  });
}

/**
 * Checks that what this library throws is an `HttpError` to the routing-controllers that the application imports. A
 * bundler that takes its ES modules for one and its CommonJS file for the other makes two classes of it.
 *
 * @throws {@link ConfigurationError} when it is not: each rejection would be answered with 500
 */
export function checkHttpError(theirs: Function = HttpError): void {
  if (JwtError.prototype instanceof theirs) return;
  throw new ConfigurationError(
    'routing-controllers is in this program twice, and would answer each rejection with 500: let your bundler leave ' +
      'routing-controllers and routing-controllers-jwt out (externals), or resolve both to their CommonJS files',
  );
}
