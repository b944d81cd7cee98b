import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import type { KeyUseReport } from '../support/key-use-app';

describe('the keys of a manager', () => {
  let reports: KeyUseReport[];

  before(async () => {
    const child = fork(join(__dirname, '../support/key-use-app.js'));
    [reports] = (await once(child, 'message')) as [KeyUseReport[]];
    await once(child, 'close');
  });

  it('are parsed when it is made', () => {
    expect(reports).to.have.length(14);
    for (const { algorithm, atConstruction } of reports)
      expect(atConstruction.parsed, algorithm).to.be.at.least(2);
  });

  it('are not parsed again, whatever is issued or verified', () => {
    for (const { algorithm, afterwards } of reports) {
      expect(afterwards, algorithm).to.include({ parsed: 0, usedAsText: 0 });
      expect(afterwards.used, algorithm).to.be.at.least(12);
    }
  });

  it('were used for good and for bad tokens', () => {
    for (const { algorithm, taken, refused } of reports)
      expect({ taken, refused }, algorithm).to.deep.equal({ taken: 4, refused: 6 });
  });
});
