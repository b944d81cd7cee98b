import { expect } from 'chai';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RouteDescription } from '../../src';

interface Report {
  statuses: Record<string, number[]>;
  elsewhere: number;
  without: { status: number; errors: number };
  foreign: { status: number; asked: number[] };
  routes: RouteDescription[];
}

describe('protectByDefault', () => {
  let report: Report;

  before(async () => {
    const child = fork(join(__dirname, '../support/protected-app.js'));
    [report] = (await once(child, 'message')) as [Report];
    await once(child, 'close');
  });

  it('guards every method that does not say otherwise', () => {
    expect(report.statuses).to.deep.equal({
      '/things/bare': [401, 200],
      '/things/token': [401, 200],
      '/things/admin': [401, 403],
      '/things/open': [200, 200],
      '/things/by-pattern-1': [401, 200],
      '/inherited': [401, 200],
    });
  });

  it('leaves the routes of a checker alone that does not ask for it', () => {
    expect(report.elsewhere).to.equal(200);
  });

  it('leaves a server without a checker as it is', () => {
    expect(report.without).to.deep.equal({ status: 200, errors: 0 });
  });

  it('asks a checker that may call ours', () => {
    expect(report.foreign).to.deep.equal({ status: 403, asked: [1] });
  });

  it('shows in the description of routes', () => {
    const things = report.routes.filter(({ controller }) => controller === 'Things');
    expect(things).to.deep.equal([
      { method: 'GET', path: '/things/bare', controller: 'Things', handler: 'bare', requirement: {} },
      { method: 'GET', path: '/things/token', controller: 'Things', handler: 'token', requirement: {} },
      {
        method: 'GET',
        path: '/things/admin',
        controller: 'Things',
        handler: 'admin',
        requirement: { roles: 'admin' },
      },
      { method: 'GET', path: '/things/open', controller: 'Things', handler: 'open', requirement: null },
      {
        method: 'GET',
        path: '/^\\/things\\/by-pattern-\\d+\\/?$/',
        controller: 'Things',
        handler: 'pattern',
        requirement: {},
      },
    ]);
  });

  it('says which routes stay open when it comes after their server', async () => {
    const child = fork(join(__dirname, '../support/late-protection-app.js'), { silent: true });
    const [warning] = (await once(child, 'message')) as [object];
    await once(child, 'exit');
    expect(warning).to.deep.equal({
      name: 'JwtRoutesWarning',
      message:
        'protectByDefault came too late for a server that has already been created. Open there are Late.bare',
    });
  });
});
