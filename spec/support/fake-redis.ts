import type { NodeRedisClient } from '../../src/redis';

/** What a command was given. */
export interface FakeCall {
  readonly sha: string;
  /** Until when the script may take effect: milliseconds of the clock of Redis. */
  readonly deadline: number;
}

/** A Redis that runs no script: it knows the time and judges deadlines by it. */
export class FakeRedis implements NodeRedisClient {
  readonly calls: FakeCall[] = [];
  /** How far its clock is ahead of `performance.now()`, in milliseconds. */
  ahead = 1_000_000;
  /** What it answers with instead, where it is set. */
  reply: ((call: FakeCall) => unknown) | undefined;

  async evalSha(sha: string, { arguments: [end] }: { arguments: string[] }): Promise<unknown> {
    const call = { sha, deadline: end === '' ? Infinity : Number(end) / 1000 };
    this.calls.push(call);
    if (this.reply) return this.reply(call);
    const now = performance.now() + this.ahead;
    return [Math.floor(now * 1000), now > call.deadline ? 'late' : 'revoked'];
  }

  eval(script: string, options: { arguments: string[] }): Promise<unknown> {
    return this.evalSha(script, options);
  }
}
