import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { environmentWith } from '../../support/environment';

interface Report {
  readonly outcomes: Record<string, string>;
  readonly warnings: string[];
}

const copy = 'node_modules/routing-controllers/cjs/index.js';

describe('a server with rules of ours', () => {
  let report: Report;

  before(async () => {
    const env = { ...environmentWith(undefined), NODE_PATH: resolve('node_modules') };
    const child = fork(join(__dirname, '../../support/second-host-app.js'), { env });
    [report] = (await once(child, 'message')) as [Report];
    await once(child, 'exit');
  });

  it('warns where its checker is a stranger and none of ours exists yet', () => {
    expect(report.outcomes['early']).to.equal('started');
    expect(report.warnings).to.deep.equal([
      'JwtRoutesWarning: Guarded.method: there is a rule, but no checker of createAuthorizationChecker yet. The ' +
        'authorizationChecker of the server must call one',
    ]);
  });

  it('does not start from a second copy of routing-controllers, and does from the first', () => {
    const message = (where: string) =>
      `ConfigurationError: ${where}: its server is created by a second copy of routing-controllers, /${copy}, which would ` +
      'answer each rejection with 500: keep one copy, see npm ls routing-controllers';
    expect(report.outcomes).to.include({
      guarded: message('Guarded.method'),
      withOurs: message('Open.method'),
      own: 'started',
    });
  });

  it('leaves the servers of a second copy alone that have nothing of ours', () => {
    expect(report.outcomes['open']).to.equal('started');
  });
});
