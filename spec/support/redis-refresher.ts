import 'reflect-metadata';
import { Redis } from 'ioredis';
import { JwtManager } from '../../src';
import { RedisTokenStore } from '../../src/redis';
import { secret } from './manager';
import { serveRefreshes } from './serve-refreshes';

// A process of its own.

interface RefresherOptions {
  readonly url: string;
  readonly prefix: string;
  readonly rotationGrace: number;
}

async function run({ url, prefix, rotationGrace }: RefresherOptions): Promise<void> {
  const client = new Redis(url);
  const store = new RedisTokenStore(client, { prefix });
  await serveRefreshes(new JwtManager({ secret, store, rotationGrace, storeTimeout: '30s' }), () => {
    client.disconnect();
  });
}

void run(JSON.parse(process.argv[2] ?? '') as RefresherOptions);
