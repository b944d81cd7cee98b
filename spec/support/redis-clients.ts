import { randomUUID } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster } from 'redis';
import type { IoredisClient, NodeRedisClient } from '../../src/redis';

/** A connected client and how it is closed. */
export interface Connected<C = NodeRedisClient | IoredisClient> {
  readonly client: C;
  readonly close: () => void;
}

/** Each kind of client that talks to one Redis. */
export const clientKinds: Readonly<Record<string, (url: string) => Promise<Connected>>> = {
  'a client of redis': nodeRedis,
  'a pool of redis': nodeRedisPool,
  'a client of ioredis': async (url) => ioredis(url),
};

/** Each kind of client that talks to a cluster. */
export const clusterKinds: Readonly<Record<string, (ports: readonly number[]) => Promise<Connected>>> = {
  'a cluster of redis': nodeRedisCluster,
  'a cluster of ioredis': async (ports) => ioredisCluster(ports),
};

/** It tries to connect again every 20 ms, and nothing is said of failures. */
export async function nodeRedis(url: string) {
  const client = createClient({ url, socket: { reconnectStrategy: 20 } });
  client.on('error', () => {});
  await client.connect();
  return {
    client,
    close: () => {
      client.destroy();
    },
  };
}

async function nodeRedisPool(url: string) {
  const client = createClientPool({ url }, { minimum: 2, maximum: 4 });
  client.on('error', () => {});
  await client.connect();
  return {
    client,
    close: () => {
      client.destroy();
    },
  };
}

async function nodeRedisCluster(ports: readonly number[]) {
  const client = createCluster({ rootNodes: ports.map((port) => ({ socket: { host: '127.0.0.1', port } })) });
  client.on('error', () => {});
  await client.connect();
  return {
    client,
    close: () => {
      client.destroy();
    },
  };
}

function ioredisCluster(ports: readonly number[]) {
  const client = new Cluster(ports.map((port) => ({ host: '127.0.0.1', port })));
  client.on('error', () => {});
  return {
    client,
    close: () => {
      client.disconnect();
    },
  };
}

/** It tries to connect again every 20 ms, and nothing is said of failures. */
export function ioredis(url: string, keyPrefix = '') {
  const client = new Redis(url, { keyPrefix, retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => {});
  return {
    client,
    close: () => {
      client.disconnect();
    },
  };
}

/** A prefix that nobody else uses. */
export function ownPrefix(): string {
  return `spec-${randomUUID()}`;
}

/** The names of all keys that contain the text. */
export async function keysWith(url: string, text: string): Promise<string[]> {
  const { client, close } = await nodeRedis(url);
  const keys: string[] = [];
  for await (const found of client.scanIterator({ MATCH: `*${text}*`, COUNT: 1000 })) keys.push(...found);
  close();
  return keys;
}

/** Removes what a spec has left. */
export async function removeKeysWith(url: string, text: string): Promise<void> {
  const keys = await keysWith(url, text);
  const { client, close } = await nodeRedis(url);
  for (let start = 0; start < keys.length; start += 1000)
    await client.unlink(keys.slice(start, start + 1000));
  close();
}

/** Clients that log in to Redis as a user of its ACL. */
export function clientsOfUser(
  username: string,
  password: string,
): Readonly<Record<string, (url: string) => Promise<Connected>>> {
  return {
    'a client of redis': async (url) => {
      const client = createClient({ url, username, password });
      client.on('error', () => {});
      await client.connect();
      return {
        client,
        close: () => {
          client.destroy();
        },
      };
    },
    'a client of ioredis': async (url) => {
      const client = new Redis(url, { username, password });
      return {
        client,
        close: () => {
          client.disconnect();
        },
      };
    },
  };
}
