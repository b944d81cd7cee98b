import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { nodeRedis } from './redis-clients';
import { freePort, startRedis, untilReady, type RedisServer } from './redis-server';

/** A primary, its replica, and one sentinel that watches them. */
export interface RedisSentinel {
  readonly port: number;
  readonly primary: RedisServer;
  /** Waits until the replica has everything that the primary has. */
  untilReplicated(): Promise<void>;
  /** Tells the sentinel to make the replica the primary. */
  failover(): Promise<void>;
  remove(): Promise<void>;
}

/** The name by which clients ask for the primary. */
export const sentinelName = 'store';

/** Starts all three and waits until the sentinel knows the replica. */
export async function startSentinel(): Promise<RedisSentinel> {
  const primary = await startRedis('--repl-diskless-sync-delay', '0');
  const replica = await startRedis('--replicaof', '127.0.0.1', String(primary.port));
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'sentinel-'));
  const path = join(directory, 'sentinel.conf');
  writeFileSync(path, configuration(port, primary.port));
  const child = spawn('redis-server', [path, '--sentinel'], { stdio: 'ignore' });
  await untilReady(port);
  const ask = async (...command: string[]) => {
    const { client, close } = await nodeRedis(`redis://127.0.0.1:${String(port)}`);
    const reply = await client.sendCommand(['SENTINEL', ...command, sentinelName]);
    close();
    return JSON.stringify(reply);
  };
  while (!/"master-link-status"[,:]"ok"/.test(await ask('REPLICAS'))) await setTimeout(50);
  return {
    port,
    primary,
    untilReplicated: async () => {
      const { client, close } = await nodeRedis(`redis://127.0.0.1:${String(primary.port)}`);
      await client.set('last', 'written');
      while (Number(await client.sendCommand(['WAIT', '1', '1000'])) < 1);
      close();
    },
    failover: async () => {
      await ask('FAILOVER');
    },
    remove: async () => {
      child.kill('SIGKILL');
      await primary.remove();
      await replica.remove();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function configuration(port: number, primary: number): string {
  return [
    `port ${String(port)}`,
    'bind 127.0.0.1',
    `sentinel monitor ${sentinelName} 127.0.0.1 ${String(primary)} 1`,
    `sentinel down-after-milliseconds ${sentinelName} 1500`,
    `sentinel failover-timeout ${sentinelName} 3000`,
  ].join('\n');
}
