import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';

const run = promisify(execFile);

describe('the example of microservices, under load', function () {
  this.timeout(300_000);

  it('replaces its key three times in thirty seconds without a rejected request, and a token of the first key dies', async () => {
    const { stdout, stderr } = await run(process.execPath, ['dist/examples/microservices/rotate.js']);
    expect(stderr).to.equal('');
    const [, requests, refreshes] = /^Requests: (\d+), of which refreshes: (\d+)$/m.exec(stdout) ?? [];
    expect(Number(requests)).to.be.above(1000);
    expect(Number(refreshes)).to.be.above(30);
    expect(stdout.split('\n')).to.include.members([
      'The key changed 3 times.',
      'Rejected: none',
      'A token of the first key, on both services: 200 and 200, now 401 and 401',
    ]);
  });
});
