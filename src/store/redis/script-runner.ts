import type { StoreLimits } from '../token-store';
import type { ScriptCall, ScriptClient } from './redis-client';
import { RedisClock } from './redis-clock';
import { late, type Script } from './scripts';

/** Runs scripts that refuse to take effect after the deadline. */
export class ScriptRunner {
  readonly #client: ScriptClient;
  readonly #clock = new RedisClock();

  constructor(client: ScriptClient) {
    this.#client = client;
  }

  /**
   * @param keys at least one; the first tells the script what all keys start with
   * @returns the verdict of the script and what belongs to it
   * @throws Error when Redis does, when it answers nonsense, and when it came too late: then nothing was changed
   */
  async run(
    script: Script,
    keys: string[],
    given: string[],
    { deadline }: Partial<StoreLimits> = {},
  ): Promise<string[]> {
    const first = await this.#attempt(script, keys, given, deadline);
    if (first[0] !== late) return first;
    // The first call of all, or one after a clock was set: what it answered is the time.
    const second = await this.#attempt(script, keys, given, deadline);
    if (second[0] === late) throw new Error('Redis came to it too late; nothing was changed');
    return second;
  }

  async #attempt(
    script: Script,
    keys: string[],
    given: string[],
    deadline: number | undefined,
  ): Promise<string[]> {
    const sentAt = performance.now();
    const patience = deadline === undefined ? undefined : deadline - sentAt;
    if (patience !== undefined && patience <= 0) throw new Error('the time is over; nothing was changed');
    const end = deadline === undefined ? '' : String(this.#clock.deadlineOf(deadline));
    const reply = await this.#evaluate(script, { keys, arguments: [end, ...given], patience });
    const [microseconds, ...answer] = textsOf(reply);
    const time = Number(microseconds);
    if (!Number.isFinite(time) || !script.verdicts.includes(answer[0] ?? '')) {
      throw new Error('Redis answered nonsense');
    }
    this.#clock.learn(sentAt, performance.now(), time / 1000);
    return answer;
  }

  async #evaluate({ sha, text }: Script, call: ScriptCall): Promise<unknown> {
    try {
      return await this.#client.evalSha(sha, call);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return this.#client.eval(text, call);
    }
  }
}

/** A client may be set to answer with buffers, or with strings for numbers. */
function textsOf(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}
