import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { ownPrefix } from '../../support/redis-clients';
import { useRedis } from '../../support/use-redis';

describe('The throttle in two processes', () => {
  const prefix = ownPrefix();
  const url = useRedis(prefix);

  it('lets exactly the limit through, of forty at once', async () => {
    const script = join(__dirname, '../../support/throttle-process.js');
    const children = [0, 1].map(() => fork(script, [url(), prefix, 'ada']));
    try {
      await Promise.all(children.map((child) => once(child, 'message')));
      const counts = await Promise.all(children.map(countOf));
      expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(5);
    } finally {
      for (const child of children) child.kill();
    }
  }).timeout(120_000);
});

async function countOf(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message') as Promise<[number]>;
  child.send('go');
  const [count] = await answer;
  return count;
}
