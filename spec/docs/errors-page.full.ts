import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as library from '../../src';
import { reasonsInSource } from '../support/reasons';

const page = readFileSync('docs/guides/errors.md', 'utf8');
const events = readFileSync('docs/guides/events.md', 'utf8');
const classes = Object.values(library)
  .filter((value) => typeof value === 'function' && value.prototype instanceof library.JwtError)
  .map(({ name }) => name);

function generate(...args: string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, ['scripts/generate-docs.mjs', ...args], { encoding: 'utf8' });
}

describe('the page of errors', function () {
  this.timeout(600_000);
  let folder: string;

  before(() => {
    mkdirSync('.tmp', { recursive: true });
    folder = mkdtempSync(join('.tmp', 'errors-'));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  function save(text: string): string {
    const file = join(folder, 'errors.md');
    writeFileSync(file, text);
    return file;
  }

  it('equals what the code declares, as do the pages of options and events', () => {
    expect(generate('--check')).to.include({ status: 0, stderr: '' });
  });

  for (const [what, changed] of [
    ['a message', page.replace('| Token has expired ', '| Token is too old  ')],
    ['a challenge', page.replace('max_age="300"', 'max_age="3"')],
    ['the form', page.replace('| Class  ', '| Class ')],
  ] as const) {
    it(`is found out when ${what} differs`, () => {
      expect(changed).to.not.equal(page);
      expect(generate('--check', save(changed)).status).to.equal(1);
    });
  }

  it('is written anew, when asked for', () => {
    const file = save(page.replace('| Token has expired ', '| Token is over '));
    expect(generate(file).status).to.equal(0);
    expect(readFileSync(file, 'utf8')).to.equal(page);
  });

  it('must have places for what is generated', () => {
    const { status, stderr } = generate(save('# Errors\n'));
    expect(status).to.equal(1);
    expect(stderr).to.include('the page has no place for the responses');
  });

  it('has every error once in the table and once with its response', () => {
    const inTable = [...page.matchAll(/^\| `(\w+Error)` /gm)].map(([, name]) => name);
    const responses = [...page.matchAll(/^### (\w+Error)$/gm)].map(([, name]) => name);
    expect(inTable).to.have.members(classes);
    expect(responses).to.deep.equal(inTable);
  });

  it('names no error that nothing throws', () => {
    const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join('src', file), 'utf8'))
      .join('\n');
    expect(classes.filter((name) => !source.includes(`new ${name}(`))).to.deep.equal([]);
  });

  it('lists every reason that the source gives, and no other', () => {
    const section = events.split('## The reasons')[1]?.split('\n## ')[0] ?? '';
    const firstCells = [...section.matchAll(/^\| (`.+?`) +\| /gm)].map(([, cell = '']) => cell);
    const listed = firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, reason]) => reason));
    expect(listed.sort()).to.deep.equal(reasonsInSource());
  });
});
