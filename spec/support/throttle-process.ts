import 'reflect-metadata';
import { createClient } from 'redis';
import { Throttle } from '../../src/endpoints/token/throttle';
import { resolveThrottle } from '../../src/endpoints/token/throttle-options';

// A process of its own: attempts on one account, all at once when it is told to.

async function run(): Promise<void> {
  const [url = '', prefix = '', account = ''] = process.argv.slice(2);
  const redis = createClient({ url });
  await redis.connect();
  const settings = resolveThrottle({ redis, prefix, accountOf: () => '' }, class {});
  if (!settings) return;
  const throttle = new Throttle(settings, 5000);
  process.once('message', () => {
    const attempts = Array.from({ length: 20 }, () => throttle.begin(account, '192.0.2.1'));
    void Promise.allSettled(attempts).then((results) => {
      process.send?.(results.filter(({ status }) => status === 'fulfilled').length, () => {
        process.exit(0);
      });
    });
  });
  process.send?.('ready');
}

void run();
