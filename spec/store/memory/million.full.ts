import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { MillionReport } from '../../support/memory-million';

const script = join(__dirname, '../../support/memory-million.js');

describe('F12: A MemoryTokenStore that had a million entries', function () {
  this.timeout(600_000);
  let report: MillionReport;

  before(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script]);
    report = JSON.parse(stdout) as MillionReport;
  });

  it('has those that are alive once the others are over', () => {
    expect(report.filled).to.equal(1_000_000 + report.alive);
    expect(report.dropped).to.equal(1_000_000);
    expect(report.left).to.equal(report.alive);
    expect(report.isRight).to.equal(true);
  });

  it('takes within 10 % of the memory that it took before', () => {
    expect(report.heapAfter / report.heapBefore).to.be.below(1.1);
    // With a million entries it is another matter.
    expect(report.heapFilled / report.heapBefore).to.be.above(10);
  });
});
