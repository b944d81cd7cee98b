import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TokenPair } from '../../src';

/** Refreshes one token several times at once, from a moment on (Unix milliseconds). */
export interface RefreshOrder {
  readonly token: string;
  readonly count: number;
  readonly at: number;
}

/** What became of one refresh. */
export interface Refreshed {
  readonly pair?: TokenPair;
  readonly code?: string;
}

/** A process of its own that refreshes tokens. */
export class Refresher {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /**
   * @param script the file in this folder that the process runs
   * @param options what the script gets, as JSON
   */
  static async start(script: string, options: object): Promise<Refresher> {
    const child = fork(join(__dirname, script), [JSON.stringify(options)]);
    await once(child, 'message');
    return new Refresher(child);
  }

  /** @returns the results; undefined when the process died before it answered */
  async refresh(token: string, count = 1, at = 0): Promise<Refreshed[] | undefined> {
    const answer = new Promise<Refreshed[] | undefined>((resolve) => {
      this.#child.once('message', (results) => {
        resolve(results as Refreshed[]);
      });
      this.#child.once('exit', () => {
        resolve(undefined);
      });
    });
    // It may be dead already.
    this.#child.send({ token, count, at } satisfies RefreshOrder, () => {});
    const results = await answer;
    this.#child.removeAllListeners();
    return results;
  }

  /** Ends it at once, in the middle of what it does. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Lets it end by itself. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }
}
