import { spawnSync } from 'node:child_process';
import { expect } from 'chai';

/** Loads each file of the build as the first one of a program, and prints those that cannot be. */
const script = `
  require('reflect-metadata');
  const { readdirSync } = require('node:fs');
  const { resolve } = require('node:path');
  const root = resolve('dist/src');
  const files = readdirSync(root, { recursive: true }).filter((file) => file.endsWith('.js'));
  const failures = files.filter((file) => {
    for (const id of Object.keys(require.cache)) if (id.startsWith(root)) delete require.cache[id];
    try {
      require(resolve(root, file));
    } catch {
      return true;
    }
  });
  console.log(JSON.stringify({ loaded: files.length, failures }));
`;

describe('the files of the build', () => {
  it('can each be loaded first', () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--eval', script], { encoding: 'utf8' });
    expect(stderr).to.equal('');
    const { loaded, failures } = JSON.parse(stdout) as { loaded: number; failures: string[] };
    expect(loaded).to.be.above(30);
    expect(failures).to.deep.equal([]);
  });
});
