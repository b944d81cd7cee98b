import { expect } from 'chai';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

describe('addSecurity with protectByDefault', () => {
  it('describes what the checker that it is given does', async () => {
    const child = fork(join(__dirname, '../support/described-app.js'));
    const [security] = (await once(child, 'message')) as [unknown];
    await once(child, 'close');
    expect(security).to.deep.equal([
      [[], []],
      [[{ bearer: [] }], []],
    ]);
  });
});
