import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { noRedisServer } from '../support/redis-server';
import { requireService } from '../support/require-service';

describe('bench/scale.mjs', function () {
  this.timeout(600_000);
  before(function () {
    requireService(this, 'redis-server', noRedisServer());
  });

  it('measures what two processes know of a thousand revocations', () => {
    const text = execFileSync(process.execPath, ['bench/scale.mjs', '--smoke'], { encoding: 'utf8' });
    const { rows } = JSON.parse(text) as { rows: Record<string, unknown>[] };
    expect(rows).to.have.length(1);
    expect(rows[0]).to.include({ nodes: 1, processes: 2, revocations: 1000 });
    expect(rows[0]?.['checkNs']).to.be.above(0);
    expect(rows[0]?.['knownAfterMs']).to.have.keys('p50', 'p99', 'max');
  });
});
