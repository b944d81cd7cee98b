import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const run = promisify(execFile);

interface Report {
  readonly results: readonly { readonly name: string; readonly ratio: number }[];
}

describe('the benchmarks', function () {
  this.timeout(600_000);
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const [json, svg] = [join(directory, 'report.json'), join(directory, 'chart.svg')];

  after(() => {
    rmSync(directory, { recursive: true });
  });

  it('measure protected methods on Koa and Express, and write a report and a chart', async () => {
    const options = ['--quick', '--only', 'routing-controllers', '--json', json, '--svg', svg];
    const { stdout } = await run(process.execPath, ['bench/protected.mjs', ...options]);
    const { results } = JSON.parse(readFileSync(json, 'utf8')) as Report;
    const names = results.map(({ name }) => name);
    for (const framework of ['Koa', 'Express'])
      for (const algorithm of ['HS256', 'RS256', 'ES256'])
        expect(names).to.include(`routing-controllers-jwt, ${framework}: ${algorithm}`);
    for (const { name, ratio } of results) {
      expect(ratio).to.be.greaterThan(0);
      expect(stdout).to.include(name);
      expect(readFileSync(svg, 'utf8')).to.include(name);
    }
  });

  it('measure other libraries alongside', async function () {
    if (!existsSync('bench/node_modules/koa-jwt')) this.skip();
    const apps = 'koa-jwt,express-jwt,nest,fastify,hono';
    await run(process.execPath, ['bench/protected.mjs', '--quick', '--only', apps, '--json', json]);
    const { results } = JSON.parse(readFileSync(json, 'utf8')) as Report;
    expect(results.map(({ ratio }) => ratio > 0)).to.deep.equal(Array(results.length).fill(true));
    expect(results).to.have.length(9);
  });

  it('count what one request crosses of the library', async () => {
    const { stdout } = await run(process.execPath, ['bench/walk.mjs', '--list']);
    const rows = [...stdout.matchAll(/'(Koa|Express), ([\w ]+)' +│ (\d+) +│ (\d+) +│ (\d+)/g)];
    expect(rows.map(([, framework, name]) => `${String(framework)}, ${String(name)}`)).to.deep.equal([
      'Koa, from the cache',
      'Koa, verified',
      'Express, from the cache',
      'Express, verified',
    ]);
    const [cached, verified] = rows.map(([, , , ...counts]) => counts.map(Number));
    for (const [index, count] of (cached ?? []).entries())
      expect(count).to.be.within(1, (verified?.[index] ?? 0) - 1);
    expect(stdout).to.match(/authenticate\.js: authenticate 1/);
    // What it crossed before there was one type of request for all frameworks, and a cache.
    const before = [29, 75, 101];
    for (const [index, count] of (cached ?? []).entries()) expect(count).to.be.at.most(before[index] ?? 0);
  });

  it('measure verification', async () => {
    const { stdout } = await run(process.execPath, ['bench/verify.mjs', '--quick']);
    expect(stdout).to.match(/HS256 .*\n(.*\n)*.*RS256/);
  });

  it('measure a flood of forged tokens', async () => {
    const { stdout } = await run(process.execPath, ['bench/flood.mjs', '--quick', '--seconds', '0.2']);
    expect(stdout).to.match(/HS256 .*\n(.*\n)*.*ES256/);
  });

  it('measure the start', async () => {
    const { stdout } = await run(process.execPath, ['bench/start.mjs', '--quick']);
    expect(stdout).to.include('routing-controllers-jwt');
  });
});
