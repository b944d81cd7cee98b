import { expect } from 'chai';
import { RedisTokenStore } from '../../../src/redis';
import { clusterKinds } from '../../support/redis-clients';
import { eachNode } from '../../support/redis-cluster';
import { newSession, now } from '../../support/redis-sessions';
import { useCluster } from '../../support/use-redis';

describe('A RedisTokenStore in a cluster of three', () => {
  const cluster = useCluster();

  for (const [kind, connect] of Object.entries(clusterKinds)) {
    it(`holds at least a fifth of 300 subjects on each node, with ${kind}`, async () => {
      const { client, close } = await connect(cluster().ports);
      const store = new RedisTokenStore(client);
      await eachNode(cluster().ports, (node) => node.flushAll());
      for (let index = 0; index < 300; index++) {
        const subject = `user ${String(index)}`;
        await store.createSession(newSession(subject, subject));
        await store.revokeToken({ jti: subject, subject, now, expiresAt: now + 60 });
      }
      const sizes = await eachNode(cluster().ports, (node) => node.dbSize());
      close();
      const sum = sizes.reduce((total, size) => total + size, 0);
      for (const size of sizes) expect(size / sum).to.be.above(0.2);
    });
  }
});
