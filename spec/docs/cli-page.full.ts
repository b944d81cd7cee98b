import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { commands } from '../../src/cli/registry';
import { readPage } from '../support/docs/page';
import { commandsOf } from '../support/docs/shell';

const path = 'docs/guides/cli.md';
const text = readFileSync(path, 'utf8');
const lines = readPage(path, text)
  .blocks.filter(({ language }) => language === 'sh')
  .flatMap((block) => commandsOf(block.text));

describe('The guide to the command line', function () {
  this.timeout(600_000);
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'jwt-guide-'));
    addTool('npx', `shift\nexec ${process.execPath} ${resolve('dist/src/cli/main.js')} "$@"`);
    addTool(
      'pbpaste',
      `exec ${process.execPath} ${resolve('dist/spec/support/issue-with-key-file.js')} keys.json`,
    );
    environment = { ...process.env, PATH: `${folder}:${String(process.env['PATH'])}` };
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  function addTool(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }

  // In the order of the page, as each uses what the ones before it left.
  for (const { line, comments } of lines) {
    it(`has a command that does what it says: ${line}`, () => {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
      });
      expect(stderr).to.equal('');
      expect(stdout.split('\n')).to.include.members(comments);
      expect(status).to.equal(comments.some((comment) => comment.startsWith('Rejected')) ? 1 : 0);
    });
  }

  it('has a place for each command', () => {
    const rows = [...text.matchAll(/^\| \[`(\w+)`\]/gm)].map(([, name]) => name);
    expect(rows).to.have.members(Object.keys(commands));
  });
});
