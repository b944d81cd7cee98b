import { readFileSync, statSync, type Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { ConfigurationError } from '../../errors/errors';
import { reject, type Key } from '../key';
import { isReference } from '../reference';
import type { KeyOptions } from './key-source';
import { readKeys } from './read-keys';

/** Larger files hold something other than keys. */
const maximumBytes = 1_048_576;

/** What keeps a file from being read for keys, if anything. Reading a device or a pipe might never end. */
export function faultInFile(stats: Stats): string | undefined {
  if (!stats.isFile()) return 'is not a file';
  return stats.size > maximumBytes ? 'is larger than 1 MiB, which is too large for keys' : undefined;
}

/** A longer name is shown only if it looks like a path: it may be a secret that was passed in its place. */
const longestShownName = 31;

/** A file with keys in any form that `KeySet.fromEnv` reads. Its errors show nothing of what it holds. */
export class KeyFile {
  readonly #path: string;
  /** What its errors start with. */
  readonly place: string;
  readonly #options: KeyOptions;

  constructor(path: unknown, options: KeyOptions) {
    if (typeof path !== 'string' || path === '')
      reject("KeySet.fromFile: path must be the path of a file, such as './jwks.json'");
    this.#path = path;
    const isShown = /^[\w.@ :~/\\-]+$/.test(path) && (path.length <= longestShownName || isReference(path));
    this.place = `KeySet.fromFile: ${isShown ? path : 'the file'}`;
    this.#options = options;
  }

  /** @throws {@link ConfigurationError} when it cannot be read */
  readSync(): string {
    try {
      this.#check(statSync(this.#path));
      return readFileSync(this.#path, 'utf8');
    } catch (error) {
      throw this.#faultFrom(error);
    }
  }

  /** @throws {@link ConfigurationError} when it cannot be read */
  async read(): Promise<string> {
    try {
      this.#check(await stat(this.#path));
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      throw this.#faultFrom(error);
    }
  }

  /** @throws {@link ConfigurationError} when the text holds no usable key */
  keysIn(text: string): readonly Key[] {
    return readKeys(text, this.place, this.#options);
  }

  #check(stats: Stats): void {
    const fault = faultInFile(stats);
    if (fault !== undefined) reject(`${this.place} ${fault}`);
  }

  #faultFrom(error: unknown): ConfigurationError {
    if (error instanceof ConfigurationError) return error;
    const { code } = error as NodeJS.ErrnoException;
    return new ConfigurationError(`${this.place} cannot be read: ${String(code)}`);
  }
}
