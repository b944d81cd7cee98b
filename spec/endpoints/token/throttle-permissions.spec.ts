import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Throttle } from '../../../src/endpoints/token/throttle';
import { resolveThrottle } from '../../../src/endpoints/token/throttle-options';
import { clientsOfUser, nodeRedis } from '../../support/redis-clients';
import { useOwnRedis } from '../../support/use-redis';

const password = 'a password of this spec';

/** The line of the guide to Redis, without ACL SETUSER and the name, and what the guide to endpoints adds. */
const [, , , ...ofStore] = (
  /^ACL SETUSER .*$/m.exec(readFileSync('docs/guides/redis.md', 'utf8'))?.[0] ?? ''
).split(' ');
const [more = ''] = /A user of the Redis ACL also needs[^.]*/.exec(
  readFileSync('docs/guides/endpoints.md', 'utf8'),
) ?? [''];
const ofThrottle = [...more.matchAll(/`(\+\w+)`/g)].map(([, rule = '']) => rule);

describe('The throttle, for a user of Redis with the permissions of the guides', () => {
  const redis = useOwnRedis();

  for (const [kind, connect] of Object.entries(clientsOfUser('jwt', password))) {
    it(`counts and takes back with ${kind}`, async () => {
      expect(ofThrottle).to.have.length.above(3);
      const owner = await nodeRedis(redis().url);
      const rules = [...ofStore, ...ofThrottle].map((rule) => (rule.startsWith('>') ? `>${password}` : rule));
      await owner.client.aclSetUser('jwt', ['reset', ...rules]);
      owner.close();
      const { client, close } = await connect(redis().url);
      try {
        const settings = resolveThrottle({ accountOf: () => '', redis: client }, class {});
        const throttle = new Throttle(settings as NonNullable<typeof settings>, 2000);
        for (let round = 0; round < 8; round++) await (await throttle.begin('ada', '203.0.113.7')).withdraw();
        await (await throttle.begin('ada', '203.0.113.7')).succeed();
      } finally {
        close();
      }
    });
  }
});
