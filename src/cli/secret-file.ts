import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { faultInFile } from '../keys/sources/key-file';
import { CommandError, fileHints } from './command';

/**
 * Creates a file that only its user can read (mode 0600). It appears with its whole content or not at all.
 *
 * @throws CommandError if it exists or cannot be written
 */
export function createSecretFile(path: string, text: string): Promise<void> {
  return replace(path, () => {
    // A link that leads nowhere is there as well.
    if (lstatSync(path, { throwIfNoEntry: false }))
      throw new CommandError(`${path} exists already. It was not changed`);
    return { text, mode: 0o600 };
  });
}

/**
 * Replaces the content of a file. Anyone who reads it meanwhile gets the old or the new content as a whole. Owner and
 * mode stay, except that others no longer have access. A second call at the same time fails.
 *
 * @param change returns the new text, and throws to leave the file as it is
 * @throws CommandError if the file cannot be read or written
 */
export async function changeSecretFile(
  path: string,
  change: (text: string) => string | Promise<string>,
): Promise<void> {
  // A link stays a link.
  const target = attempt(path, 'read', () => realpathSync(path));
  await replace(target, async () => {
    const stats = attempt(path, 'read', () => statSync(target));
    const fault = faultInFile(stats);
    if (fault !== undefined) throw new CommandError(`${path} cannot be read: it ${fault}`);
    const text = attempt(path, 'read', () => readFileSync(target, 'utf8'));
    return { text: await change(text), mode: stats.mode & 0o660, owner: stats };
  });
}

/** What a file is to be. */
interface Content {
  readonly text: string;
  readonly mode: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** Writes a file beside it, which also keeps out a second process, and renames it. */
async function replace(path: string, contentOf: () => Content | Promise<Content>): Promise<void> {
  const temporary = `${path}.new`;
  const descriptor = attempt(path, 'written', () => openNew(temporary));
  try {
    const content = await contentOf();
    attempt(path, 'written', () => {
      fill(descriptor, content);
      renameSync(temporary, path);
    });
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function fill(descriptor: number, { text, mode, owner }: Content): void {
  if (owner) fchownSync(descriptor, owner.uid, owner.gid);
  fchmodSync(descriptor, mode);
  writeFileSync(descriptor, text);
  fsyncSync(descriptor);
}

function openNew(temporary: string): number {
  try {
    return openSync(temporary, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandError(
      `${temporary} exists: another process is changing the file, or was interrupted. If none is running, remove it`,
    );
  }
}

/** @throws CommandError if the file system does not allow it */
export function attempt<T>(path: string, verb: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CommandError(`${path} cannot be ${verb}: ${fileHints[code] ?? code}`);
  }
}
