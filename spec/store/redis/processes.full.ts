import { RedisTokenStore } from '../../../src/redis';
import { testManager } from '../../support/manager';
import { describeProcesses } from '../../support/process-races';
import { nodeRedis, ownPrefix, type Connected } from '../../support/redis-clients';
import { Refresher } from '../../support/refresher';
import { useRedis } from '../../support/use-redis';

describe('A Redis and its processes', () => {
  const prefix = ownPrefix();
  const url = useRedis(prefix);
  let connected: Connected;

  before(async () => {
    connected = await nodeRedis(url());
  });
  after(() => {
    connected?.close();
  });

  describeProcesses('F1, F5: processes that share a Redis', {
    managerWith: (rotationGrace) =>
      testManager({
        store: new RedisTokenStore(connected.client, { prefix }),
        rotationGrace,
        storeTimeout: 30,
      }),
    startRefresher: (rotationGrace) =>
      Refresher.start('redis-refresher.js', { url: url(), prefix, rotationGrace }),
  });
});
