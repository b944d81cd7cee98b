import { setTimeout } from 'node:timers/promises';
import { nodeRedis } from './redis-clients';
import { startRedis, type RedisServer } from './redis-server';

/** Three masters that share all slots. */
export interface RedisCluster {
  readonly ports: readonly number[];
  remove(): Promise<void>;
}

const slots = [
  [0, 5460],
  [5461, 10_922],
  [10_923, 16_383],
] as const;

/** Starts a cluster and waits until it takes commands. */
export async function startCluster(): Promise<RedisCluster> {
  const servers = await Promise.all(slots.map(() => startRedis('--cluster-enabled', 'yes')));
  for (const [index, server] of servers.entries()) await configure(server, index, servers);
  for (const server of servers) await untilWhole(server);
  return {
    ports: servers.map(({ port }) => port),
    remove: async () => {
      for (const server of servers) await server.remove();
    },
  };
}

async function configure({ url }: RedisServer, index: number, all: readonly RedisServer[]): Promise<void> {
  const { client, close } = await nodeRedis(url);
  const [first = 0, last = 0] = slots[index] ?? [];
  await client.clusterAddSlotsRange({ start: first, end: last });
  await client.sendCommand(['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
  for (const { port } of all.slice(0, index)) await client.clusterMeet('127.0.0.1', port);
  close();
}

async function untilWhole({ url }: RedisServer): Promise<void> {
  const { client, close } = await nodeRedis(url);
  for (let attempt = 0; attempt < 2400; attempt++) {
    const state = await client.clusterInfo();
    if (state.includes('cluster_state:ok') && state.includes('cluster_known_nodes:3')) {
      close();
      return;
    }
    await setTimeout(25);
  }
  close();
  throw new Error('the cluster does not come together');
}

/** Asks one node after the other. */
export async function eachNode<T>(
  ports: readonly number[],
  ask: (client: Awaited<ReturnType<typeof nodeRedis>>['client']) => Promise<T>,
): Promise<T[]> {
  const answers: T[] = [];
  for (const port of ports) {
    const { client, close } = await nodeRedis(`redis://127.0.0.1:${String(port)}`);
    answers.push(await ask(client));
    close();
  }
  return answers;
}
