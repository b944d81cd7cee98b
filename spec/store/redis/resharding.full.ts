import { expect } from 'chai';
import { RedisTokenStore } from '../../../src/redis';
import { clusterKinds } from '../../support/redis-clients';
import { eachNode } from '../../support/redis-cluster';
import { moveSlots, ShardTraffic, slotsOf, subjectsIn } from '../../support/redis-reshard';
import { useCluster } from '../../support/use-redis';

const moved = 300;

describe('A RedisTokenStore in a cluster whose slots move', () => {
  const cluster = useCluster();

  for (const [kind, connect] of Object.entries(clusterKinds)) {
    it(`gives no wrong answer and loses no logout, with ${kind}`, async function () {
      this.timeout(120_000);
      const { client, close } = await connect(cluster().ports);
      await eachNode(cluster().ports, (node) => node.flushAll());
      const [from = 0, to = 0] = cluster().ports;
      const before = await slotsOf(from);
      const store = new RedisTokenStore(client);
      const moving = new Set([...before].sort((one, other) => one - other).slice(0, moved));
      const movedSubjects = await subjectsIn(from, moving, 10);
      const subjects = [...movedSubjects, 'ada', 'bob', 'eve'];
      const traffic = new ShardTraffic(store, subjects);
      await traffic.start();
      const answeredBefore = new Map(traffic.answers);
      await moveSlots(from, to, moved);
      const answeredMeanwhile = movedSubjects.map(
        (subject) => (traffic.answers.get(subject) ?? 0) - (answeredBefore.get(subject) ?? 0),
      );
      await eachNode(cluster().ports, (node) => node.scriptFlush());
      await traffic.untilAnswered(traffic.answered + 200);
      await traffic.stop();
      close();
      const after = await slotsOf(from);
      expect(new Set([...before].filter((slot) => !after.has(slot)))).to.deep.equal(moving);
      expect(traffic.wrong).to.deep.equal([]);
      expect(Math.min(...answeredMeanwhile)).to.be.above(10);
      const failed = [...traffic.failed.keys()];
      const unmoved = failed.filter((subject) => !movedSubjects.includes(subject));
      expect(unmoved, [...traffic.errors].join()).to.deep.equal([]);
    });
  }
});
