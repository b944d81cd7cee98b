import { createHash } from 'node:crypto';
import { warn } from '../../util/warn';
import { reject, type Key } from '../key';
import type { KeyRing } from '../key-ring';
import type { KeyFile } from './key-file';

/** What a check of the file found: something to compare it by, and the keys or the error. */
interface Finding {
  readonly id: string;
  readonly keys: () => readonly Key[];
}

/** Loads the keys of a file again when it has changed. While the file is broken, the previous keys remain in use. */
export class FileFollower {
  readonly #file: KeyFile;
  readonly #ring: KeyRing;
  readonly #milliseconds: number;
  #seen: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: KeyFile, text: string, ring: KeyRing, seconds: number) {
    this.#file = file;
    this.#seen = digestOf(text);
    this.#ring = ring;
    this.#milliseconds = seconds * 1000;
    this.#schedule();
  }

  /** Leaves the keys as they are from now on. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#check(), this.#milliseconds).unref();
  }

  async #check(): Promise<void> {
    const finding = await this.#find();
    if (!this.#timer) return;
    if (finding.id !== this.#seen) this.#apply(finding);
    this.#schedule();
  }

  #find(): Promise<Finding> {
    return this.#file.read().then(
      (text) => ({ id: digestOf(text), keys: () => this.#file.keysIn(text) }),
      (error: unknown) => ({ id: messageOf(error), keys: () => reject(messageOf(error)) }),
    );
  }

  #apply({ id, keys }: Finding): void {
    this.#seen = id;
    try {
      this.#ring.load(keys(), this.#file.place);
    } catch (error) {
      warn('JwtKeyFileWarning', `The previous keys remain in use. ${messageOf(error)}`);
    }
  }
}

/** The text itself is not kept: it may be a secret. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function messageOf(error: unknown): string {
  return (error as Error).message;
}
