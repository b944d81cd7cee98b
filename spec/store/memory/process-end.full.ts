import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const library = join(__dirname, '../../../src');

describe('A process with a MemoryTokenStore', function () {
  this.timeout(600_000);

  it('ends by itself while there are entries that a timer will sweep', async () => {
    const program = `
      const { JwtManager } = require(${JSON.stringify(library)});
      const manager = new JwtManager({ secret: 'kq4Zr0pX7uV2bN8mT1sW6yL3dH9gJ5cFaEoQiRtUxYz' });
      manager.createTokenPair('ada').then(() => manager.revokeAll('ada')).then(() => console.log('done'));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { timeout: 20_000 });
    expect(stdout).to.equal('done\n');
  });
});
