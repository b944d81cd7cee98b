import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Name and version of this package. */
export function ownPackage(): { readonly name: string; readonly version: string } {
  const text = readFileSync(join(__dirname, '../../../package.json'), 'utf8');
  return JSON.parse(text) as { name: string; version: string };
}
