import { setTimeout } from 'node:timers/promises';
import { JwtError, type JwtManager, type TokenPair } from '../../src';

/** What became of one call of a manager. */
export interface Attempt {
  readonly operation: string;
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly took: number;
  /** `'ok'`, the code of the refusal, or what was thrown instead. */
  readonly result: string;
}

const operations = 7;

/** Calls everything that a manager asks its store, over and over, each operation on its own. */
export class Traffic {
  readonly attempts: Attempt[] = [];
  readonly #manager: JwtManager;
  #refreshed: TokenPair | undefined;
  #isOver = false;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(manager: JwtManager) {
    this.#manager = manager;
  }

  /** The operations are under way once it is settled. */
  async start(): Promise<void> {
    this.#refreshed = await this.#manager.createTokenPair('ada');
    const { access_token } = await this.#manager.createTokenPair('ada');
    const calls: Record<string, () => Promise<unknown>> = {
      login: () => this.#manager.createTokenPair('ada'),
      verify: () => this.#manager.verify(access_token),
      refresh: () => this.#refresh(),
      list: () => this.#manager.listSessions('bob'),
      revoke: async () => this.#manager.revoke(await this.#manager.createAccessToken('bob')),
      logout: () => this.#manager.revokeSession('nobody'),
      'logout everywhere': () => this.#manager.revokeAll('bob'),
    };
    const entries = Object.entries(calls);
    this.#loops = Promise.all(entries.map(([name, run]) => this.#repeat(name, run)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#loops;
  }

  /** Waits until each operation that was started since then has had this result. */
  async untilEach(result: string, since: number, patience = 15_000): Promise<void> {
    const from = performance.now();
    while (performance.now() < from + patience) {
      const found = this.attempts.filter(
        (attempt) => attempt.result === result && attempt.startedAt >= since,
      );
      if (new Set(found.map(({ operation }) => operation)).size === operations) return;
      await setTimeout(10);
    }
    throw new Error(
      `not all operations come to ${result}: ${JSON.stringify(this.attempts.slice(-operations))}`,
    );
  }

  /** As a client does: it goes on with the token that it has until it gets another one. */
  async #refresh(): Promise<void> {
    this.#refreshed = await this.#manager.refresh(this.#refreshed?.refresh_token ?? '');
  }

  async #repeat(operation: string, run: () => Promise<unknown>): Promise<void> {
    while (!this.#isOver) {
      const startedAt = performance.now();
      const result = await run().then(
        () => 'ok',
        (error: unknown) => (error instanceof JwtError ? error.code : String(error)),
      );
      this.attempts.push({ operation, startedAt, took: performance.now() - startedAt, result });
      await setTimeout(5);
    }
  }
}
