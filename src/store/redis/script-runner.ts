import { setTimeout } from 'node:timers/promises';
import type { StoreLimits } from '../token-store';
import { ConnectionWatch } from './connection-watch';
import { late } from './prelude';
import type { ScriptCall, ScriptClient } from './redis-client';
import { RedisClock } from './redis-clock';
import type { Script } from './scripts';

/** What a cluster returns while a slot moves or a node is replaced. Nothing was run. */
const moving = /^(TRYAGAIN|CLUSTERDOWN|MOVED|ASK) /;

/** Milliseconds between two tries, and how long a caller without a deadline is tried for. */
const pause = 20;
const enough = 1000;

/** Runs scripts that have no effect after the deadline. */
export class ScriptRunner {
  readonly #client: ScriptClient;
  readonly #clock = new RedisClock();
  readonly #watch: ConnectionWatch;

  constructor(client: ScriptClient) {
    this.#client = client;
    this.#watch = new ConnectionWatch(() => client.isOpen());
  }

  /**
   * @param keys all that the script touches
   * @returns the verdict of the script and what belongs to it
   * @throws Error if Redis does, if the result is invalid, or if the command came too late. Then nothing was changed
   */
  async run(
    script: Script,
    keys: string[],
    given: string[],
    { deadline }: Partial<StoreLimits> = {},
  ): Promise<string[]> {
    const first = await this.#insist(script, keys, given, deadline);
    if (first[0] !== late) return first;
    // The first call, or the first after a clock was set: its result is the time.
    const second = await this.#insist(script, keys, given, deadline);
    if (second[0] === late) throw new Error('Redis came to it too late; nothing was changed');
    return second;
  }

  /** Tries again while the slot is on its way from one node to another. */
  async #insist(
    script: Script,
    keys: string[],
    given: string[],
    deadline: number | undefined,
  ): Promise<string[]> {
    const end = deadline ?? performance.now() + enough;
    let reason: Error | undefined;
    for (;;) {
      const sentAt = performance.now();
      // A process that is busy may get here too late. What Redis has said before explains more.
      if (deadline !== undefined && sentAt >= deadline)
        throw reason ?? new Error('the time limit has passed; nothing was changed');
      try {
        return await this.#attempt(script, keys, given, sentAt, deadline);
      } catch (error) {
        if (!isError(error, moving) || performance.now() + pause >= end) throw error;
        reason = error;
        await setTimeout(pause);
      }
    }
  }

  async #attempt(
    script: Script,
    keys: string[],
    given: string[],
    sentAt: number,
    deadline: number | undefined,
  ): Promise<string[]> {
    const patience = deadline === undefined ? undefined : deadline - sentAt;
    const end = deadline === undefined ? '' : String(this.#clock.deadlineOf(deadline));
    const slot = slotOf(keys);
    this.#watch.sent(slot, sentAt, patience ?? enough);
    const reply = await this.#evaluate(script, { keys, arguments: [end, ...given], patience }, slot);
    const [microseconds, ...answer] = textsOf(reply);
    const time = Number(microseconds);
    if (!Number.isFinite(time) || !script.verdicts.includes(answer[0] ?? '')) {
      throw new Error('Redis answered nonsense');
    }
    this.#clock.learn(sentAt, performance.now(), time / 1000);
    return answer;
  }

  async #evaluate({ sha, text }: Script, call: ScriptCall, slot: string): Promise<unknown> {
    try {
      const reply = await this.#client.evalSha(sha, call);
      this.#watch.answered(slot);
      return reply;
    } catch (error) {
      if (isError(error, /^[A-Z]+ /)) this.#watch.answered(slot);
      if (!isError(error, /^NOSCRIPT/)) throw error;
      return this.#client.eval(text, call);
    }
  }
}

/** The part of the name that is the same for all keys of a script. */
function slotOf([key = '']: string[]): string {
  return key.slice(0, key.indexOf('}'));
}

function isError(error: unknown, message: RegExp): error is Error {
  return error instanceof Error && message.test(error.message);
}

/** A client may be configured to return buffers, or strings for numbers. */
function textsOf(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}
