import type { JsonWebKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A key or a set of keys, as the published cases have them. */
export type JwkOrSet = JsonWebKey | { keys: JsonWebKey[] };

const directory = process.env['JWS_VECTORS'] ?? join(process.cwd(), '../shared/vectors');

/** Reads a file of published cases; without the files, the suite has one pending case that says what to do. */
export function readVectors<T>(name: string): T | undefined {
  const file = join(directory, name);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  it('vectors not found: set JWS_VECTORS');
  return undefined;
}

/** The key as a set of one. */
export function asSet(keys: JwkOrSet): { keys: JsonWebKey[] } {
  return Array.isArray(keys['keys']) ? (keys as { keys: JsonWebKey[] }) : { keys: [keys] };
}
