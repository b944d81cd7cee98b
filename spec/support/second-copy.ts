import { join } from 'node:path';
import type * as library from '../../src';

const source = join(__dirname, '../../src');

/** Loads the library a second time, as a package does that brings its own copy. */
export function secondCopy(): typeof library {
  const isOurs = (file: string) => file.startsWith(source);
  const first = Object.entries(require.cache).filter(([file]) => isOurs(file));
  for (const [file] of first) Reflect.deleteProperty(require.cache, file);
  try {
    return require('../../src') as typeof library; // eslint-disable-line @typescript-eslint/no-require-imports -- an import would give the first copy
  } finally {
    for (const file of Object.keys(require.cache).filter(isOurs)) Reflect.deleteProperty(require.cache, file);
    Object.assign(require.cache, Object.fromEntries(first));
  }
}
