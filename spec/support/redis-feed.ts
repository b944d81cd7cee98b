import { setTimeout } from 'node:timers/promises';
import type { RevocationQuery, TokenStore } from '../../src';
import { nodeRedis } from './redis-clients';
import { now } from './redis-sessions';

/** The feeds look as if they had been kept for two hours: everything about tokens of the last hour is known. */
export async function ageFeeds(url: string, prefix: string): Promise<void> {
  const { client, close } = await nodeRedis(url);
  const id = `${String((now - 7200) * 1000)}-0`;
  const server = await serverOf(client);
  for (const shard of allShards) {
    await client.xAdd(`{${prefix}:${shard}}:x`, id, { begin: '' });
    await client.hSet(`{${prefix}:${shard}}:n`, 'server', server);
  }
  close();
}

/** What a Redis calls itself until it is started again. */
async function serverOf(client: { info(section: string): Promise<string> }): Promise<string> {
  return /run_id:(\w+)/.exec(await client.info('server'))?.[1] ?? '';
}

/** A time of which every feed tells, even one that begins only now. */
export function inAnHour(): number {
  return Math.floor(Date.now() / 1000) + 3700;
}

/** The names of all shards. */
export const allShards = Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0'));

/** Waits until the store answers without asking Redis. */
export async function untilSync(store: TokenStore, query: RevocationQuery): Promise<boolean> {
  for (;;) {
    const answer = store.isRevoked(query);
    if (typeof answer === 'boolean') return answer;
    await Promise.resolve(answer).catch(() => undefined);
    await setTimeout(2);
  }
}

/** Waits until the store answers this without asking Redis. */
export async function untilKnown(
  store: TokenStore,
  query: RevocationQuery,
  expected: boolean,
): Promise<void> {
  while ((await untilSync(store, query)) !== expected) await setTimeout(2);
}
